import { IconListCheck, IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { CostlyShape, UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { Badge } from "../../../components/badge.tsx";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Bytes } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useAsked } from "../../../hooks/use-asked.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { CostActions } from "./cost-actions.tsx";
import styles from "./cost-card.module.css";
import { fixText } from "./fix-text.ts";
import { priceText, shareText } from "./usage-texts.ts";
import usageStyles from "./usage.module.css";

const NAMES_SHOWN = 3;

/** The dearest shapes of queries, at most ten, each with what would make it cheaper and what that saves. */
export function FixesView({ range }: { readonly range: UsageRange }): ReactElement {
  const t = useTranslate();
  const { data, error, loading, asking, ask } = useAsked("usage", "fixes", { range }, { keepPrevious: true });
  // Only for the unit of money; the report itself is in the cache or a small question.
  const { data: report } = useAnswer("usage", "report", { by: "tenant", range, limit: 1 });
  const currency = report?.prices.currency ?? "";
  if (data === undefined) {
    return (
      <div className={usageStyles.content}>
        {loading || error === undefined ? (
          <LoadingView rowHeight={72} rows={6} />
        ) : (
          <FailedView error={error} onRetry={ask} title={t("usage.fixes.failed")} />
        )}
      </div>
    );
  }
  return (
    <div aria-busy={asking || undefined} className={styles.fixes}>
      {error === undefined ? null : <FailedView error={error} onRetry={ask} title={t("usage.fixes.failed")} />}
      <div className={styles.fixesHead}>
        <p className={styles.muted}>{t("usage.fixes.text")}</p>
        <Button compact icon={IconRefresh} loading={asking} onClick={ask} tone="quiet">
          {t("usage.again")}
        </Button>
      </div>
      {data.length === 0 ? (
        <EmptyView icon={IconListCheck} text={t("usage.fixes.emptyText")} title={t("usage.fixes.empty")} />
      ) : (
        <ol className={styles.shapes}>
          {data.map((shape, place) => (
            <li key={`${place} ${shape.shape}`}>
              <ShapeCard currency={currency} place={place + 1} shape={shape} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

interface ShapeCardProps {
  readonly shape: CostlyShape;
  readonly place: number;
  readonly currency: string;
}

function ShapeCard({ shape: costly, place, currency }: ShapeCardProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { shape, example, queries, failed, bytes, share, scanPrice, fixes, tenants, users, sources } = costly;
  return (
    <article aria-label={t("usage.fixes.place", { place: formats.number(place) })} className={styles.shape}>
      <span aria-hidden className={styles.place}>
        {place}
      </span>
      <div className={styles.shapeBody}>
        <header className={styles.cardHead}>
          <strong>
            <Bytes value={bytes} />
          </strong>
          <span>{t("usage.fixes.share", { share: shareText(share, formats) })}</span>
          {scanPrice === null ? null : <span>{priceText(scanPrice, { currency }, formats)}</span>}
          <span className={styles.muted}>
            {t("usage.fixes.queries", { count: queries, queries: formats.number(queries) })}
          </span>
          {failed === 0 ? null : (
            <Badge tone="bad">
              {t("usage.fixes.failedQueries", { count: failed, failed: formats.number(failed) })}
            </Badge>
          )}
          <span className={styles.cardTools}>
            <CopyButton label={t("usage.cost.copy")} size={20} text={example.query} />
          </span>
        </header>
        <pre className={styles.query}>{withVisibleCharacters(shape === "" ? example.query : shape)}</pre>
        <p className={styles.who}>
          <span>{namesText("tenant", tenants, t, formats)}</span>
          <span>{namesText("user", users, t, formats)}</span>
          <span>{namesText("source", sources, t, formats)}</span>
        </p>
        <ul aria-label={t("usage.fixes.what")} className={styles.fixList}>
          {fixes.map((fix) => (
            <li key={`${fix.kind} ${JSON.stringify(fix.params)}`}>
              <span>{fixText(fix, t, formats)}</span>
              <span className={styles.saves}>
                {fix.savesBytes === null
                  ? t("usage.fixes.savesUnknown")
                  : t("usage.fixes.saves", {
                      bytes: formats.bytes(fix.savesBytes),
                      share: shareText(bytes === 0 ? 0 : fix.savesBytes / bytes, formats),
                    })}
              </span>
            </li>
          ))}
          {fixes.length === 0 ? <li className={styles.muted}>{t("usage.fixes.none")}</li> : null}
        </ul>
        <CostActions cost={example} />
      </div>
    </article>
  );
}

/** `payments, cards and 4 more`; names are data of strangers. */
export function namesText(
  of: "tenant" | "user" | "source",
  names: readonly string[],
  t: Translate,
  formats: Formats,
): string {
  const told = names.filter((name) => name !== "").map(withVisibleCharacters);
  if (told.length === 0) return t(`usage.untold.${of}`);
  const shown = told.slice(0, NAMES_SHOWN);
  return told.length > NAMES_SHOWN
    ? t("usage.fixes.more", { names: shown.join(", "), more: formats.number(told.length - NAMES_SHOWN) })
    : formats.list(shown);
}
