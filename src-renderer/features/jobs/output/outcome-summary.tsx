import type { ReactElement } from "react";
import { Badge } from "../../../components/badge.tsx";
import { redactedText } from "../../../components/redacted-text.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import type { JobOutcome } from "./job-outputs.ts";
import styles from "./outcome-summary.module.css";

/** An outcome in one line: `1,204,332 lines · 312 MiB in 14 files`, and whether it is whole. */
export function OutcomeSummary({ outcome }: { readonly outcome: JobOutcome }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const verdict = outcome.completeness?.verdict;
  return (
    <span className={styles.summary}>
      {verdict === undefined ? null : (
        <Badge tone={verdict === "complete" ? "good" : verdict === "unknown" ? "doubt" : "bad"}>
          {t(`explore.completeness.${verdict}`)}
        </Badge>
      )}
      {outcome.intact === null ? null : (
        <Badge tone={outcome.intact ? "good" : "bad"}>
          {t(outcome.intact ? "exports.job.intact" : "exports.job.notIntact")}
        </Badge>
      )}
      <span>{outcomeSummary(outcome, t, formats)}</span>
    </span>
  );
}

/** The figures of one line, joined with points; empty where an outcome has none. */
export function outcomeSummary(outcome: JobOutcome, t: Translate, formats: Formats): string {
  const { linesWritten, files, sizeBytes, redacted, problems } = outcome;
  const hidden = redactedText(redacted, t, formats);
  const size = sizeBytes === null ? null : formats.bytes(sizeBytes);
  const parts = [
    linesWritten === null ? null : t("exports.job.lines", { count: linesWritten, lines: formats.number(linesWritten) }),
    files === null || size === null
      ? size
      : t("exports.job.inFiles", { count: files, files: formats.number(files), size }),
    hidden === null ? null : t("exports.job.hidden", { what: hidden }),
    problems.length === 0
      ? null
      : t("exports.job.withProblems", { count: problems.length, problems: formats.number(problems.length) }),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
