import type { ReactElement } from "react";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { Completeness } from "../../../../src-shared/model/completeness.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { reasonText } from "../../../components/reason-text.ts";
import { redactedText } from "../../../components/redacted-text.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import type { JobOutcome } from "./job-outputs.ts";
import styles from "./outcome.module.css";

const MAX_LISTED = 50;
const TONES = { complete: "good", unknown: "doubt", incomplete: "bad" } as const;

/** What a job has done, in words: how many lines, whether all of them, what was made unreadable, what went wrong. */
export function OutcomeView({ outcome }: { readonly outcome: JobOutcome }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { completeness, intact, problems } = outcome;
  return (
    <div className={styles.outcome}>
      {completeness === null ? null : <CompletenessVerdict completeness={completeness} />}
      {intact === null ? null : (
        <p>
          <Badge tone={intact ? "good" : "bad"}>{t(intact ? "exports.job.intact" : "exports.job.notIntact")}</Badge>
        </p>
      )}
      <Facts facts={outcomeFacts(outcome, t, formats)} />
      {problems.length === 0 ? null : <Problems problems={problems} />}
    </div>
  );
}

/** The figures of an outcome, those that its kind has. */
export function outcomeFacts(outcome: JobOutcome, t: Translate, formats: Formats): readonly Fact[] {
  const { linesRead, linesWritten, duplicatesDropped, lineBytes, files, sizeBytes, redacted, parts, place } = outcome;
  const hidden = redactedText(redacted, t, formats);
  const written = files === null ? sizeBytes : files;
  return [
    ...(linesRead === null
      ? []
      : [{ label: t("exports.job.linesRead"), value: amount(linesRead, lineBytes, formats) }]),
    ...(linesWritten === null ? [] : [{ label: t("exports.job.linesWritten"), value: formats.number(linesWritten) }]),
    ...(duplicatesDropped === null || duplicatesDropped === 0
      ? []
      : [
          {
            label: t("exports.job.duplicates"),
            value: t("exports.job.duplicatesText", counted(duplicatesDropped, formats)),
          },
        ]),
    ...(written === null
      ? []
      : [
          {
            label: files === null ? t("exports.job.size") : t("exports.job.files"),
            value: filesText(files, sizeBytes, formats),
          },
        ]),
    ...(parts === null
      ? []
      : [
          {
            label: t("exports.job.parts"),
            value:
              parts.resumed === 0
                ? t("exports.job.partsText", { done: formats.number(parts.done), total: formats.number(parts.total) })
                : t("exports.job.partsResumed", {
                    done: formats.number(parts.done),
                    total: formats.number(parts.total),
                    resumed: formats.number(parts.resumed),
                  }),
          },
        ]),
    ...(hidden === null ? [] : [{ label: t("exports.job.redacted"), value: hidden }]),
    ...(place === "" ? [] : [{ label: t("exports.job.place"), value: withVisibleCharacters(place), mono: true }]),
  ];
}

function amount(lines: number, bytes: number | null, formats: Formats): string {
  return bytes === null ? formats.number(lines) : `${formats.number(lines)} · ${formats.bytes(bytes)}`;
}

function filesText(files: number | null, sizeBytes: number | null, formats: Formats): string {
  const parts = [files === null ? null : formats.number(files), sizeBytes === null ? null : formats.bytes(sizeBytes)];
  return parts.filter((part) => part !== null).join(" · ");
}

function counted(count: number, formats: Formats): { readonly count: number; readonly lines: string } {
  return { count, lines: formats.number(count) };
}

function CompletenessVerdict({ completeness }: { readonly completeness: Completeness }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { verdict, reasons } = completeness;
  return (
    <div className={styles.verdict}>
      <p className={styles.verdictHead}>
        <Badge tone={TONES[verdict]}>{t(`explore.completeness.${verdict}`)}</Badge>
        <span>{t(`exports.job.verdict.${verdict}`)}</span>
      </p>
      {reasons.length === 0 ? null : (
        <ul className={styles.reasons}>
          {reasons.slice(0, MAX_LISTED).map((reason, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- reasons have no name but their place
            <li key={index}>{reasonText(reason, t, formats)}</li>
          ))}
          {reasons.length > MAX_LISTED ? <MoreOf count={reasons.length - MAX_LISTED} /> : null}
        </ul>
      )}
    </div>
  );
}

function Problems({ problems }: { readonly problems: readonly ArchiveProblem[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <section aria-label={t("exports.job.problems")}>
      <h4 className={styles.heading}>{t("exports.job.problems")}</h4>
      <ul className={styles.reasons}>
        {problems.slice(0, MAX_LISTED).map(({ part, error, count }) => (
          <li key={`${part} ${error.code}`}>
            <span className={styles.part}>{withVisibleCharacters(part)}</span>
            {withVisibleCharacters(errorText(t, error))}
            {count > 1 ? ` (${t("exports.job.times", { count, times: formats.number(count) })})` : null}
          </li>
        ))}
        {problems.length > MAX_LISTED ? <MoreOf count={problems.length - MAX_LISTED} /> : null}
      </ul>
    </section>
  );
}

function MoreOf({ count }: { readonly count: number }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return <li>{t("exports.job.more", { count, more: formats.number(count) })}</li>;
}
