import { IconWand } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { CardinalityReport } from "../../../../src-shared/model/tenants/cardinality.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { partialText } from "./cardinality-texts.ts";
import styles from "./cardinality.module.css";
import { Growth } from "./growth.tsx";

interface ReportFiguresProps {
  readonly report: CardinalityReport;
  readonly onSuggested: () => void;
}

/** How many streams there are, by whom, and how much of them was read. */
export function ReportFigures({ report, onSuggested }: ReportFiguresProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { series, seriesKnown, sampledShare, seriesDayBefore, memoryStreams, partial, suggested, takenAtMs } = report;
  return (
    <>
      <dl className={styles.figures}>
        <Figure name={t("cardinality.figure.streams")}>
          {formats.number(series)}
          {seriesDayBefore === null ? null : <Growth before={seriesDayBefore} now={series / sampledShare} />}
        </Figure>
        <Figure name={t("cardinality.figure.share")}>{formats.percent(sampledShare)}</Figure>
        <Figure name={t("cardinality.figure.known")} tip={t("cardinality.figure.knownTip")}>
          {seriesKnown === null ? t("cardinality.unknown") : formats.number(seriesKnown)}
        </Figure>
        <Figure name={t("cardinality.figure.memory")} tip={t("cardinality.figure.memoryTip")}>
          {memoryStreams === null ? t("cardinality.unknown") : formats.number(memoryStreams)}
        </Figure>
        <Figure name={t("cardinality.figure.taken")}>
          <RelativeTime atMs={takenAtMs} />
        </Figure>
        {report.request.selector === "" ? null : (
          <Figure name={t("cardinality.selector")}>
            <code>{withVisibleCharacters(report.request.selector)}</code>
          </Figure>
        )}
      </dl>
      {partial.length === 0 ? null : (
        <div className={styles.notice}>
          <PartialNotice>
            {partial.slice(0, 4).map((each, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- notes have no other name
              <div key={at}>{partialText(t, formats, each)}</div>
            ))}
            {partial.length > 4 ? <div>{t("cardinality.partial.more", { count: partial.length - 4 })}</div> : null}
          </PartialNotice>
        </div>
      )}
      {suggested.length === 0 ? null : (
        <div className={styles.suggested}>
          <span>
            {t("cardinality.suggested", {
              labels: formats.list(suggested.map(({ label }) => withVisibleCharacters(label))),
            })}
          </span>
          <Button compact icon={IconWand} onClick={onSuggested}>
            {t("cardinality.trySuggested")}
          </Button>
        </div>
      )}
    </>
  );
}

function Figure({
  name,
  tip,
  children,
}: {
  readonly name: string;
  readonly tip?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className={styles.figure} title={tip}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
