import type { ReactElement } from "react";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import { PartialNotice } from "../../../components/state-views.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { reasonText } from "../../../components/reason-text.ts";
import { costWarningText } from "../cost/cost-warning-text.ts";
import styles from "./export.module.css";
import type { ExportSubject } from "./export-subject.ts";

const MAX_REASONS = 3;

/** What one must know before a whole range is exported: that it is more than the screen, what it costs, what moves. */
export function exportWarnings(
  subject: ExportSubject,
  estimate: CostEstimate | undefined,
  t: Translate,
  formats: Formats,
): readonly string[] {
  const { rows, lastSeconds, live } = subject;
  const reasons = rows?.completeness.verdict === "incomplete" ? rows.completeness.reasons : [];
  const isCut = reasons.some(({ kind }) => kind === "limit-reached");
  const otherReasons = reasons.filter(({ kind }) => kind !== "limit-reached" && kind !== "stopped");
  const shown = rows === null ? null : { count: rows.total, rows: formats.number(rows.total) };
  return [
    ...(shown !== null && isCut ? [t("exports.warning.limit", shown)] : []),
    ...(shown !== null && !isCut && reasons.some(({ kind }) => kind === "stopped")
      ? [t("exports.warning.stopped", shown)]
      : []),
    ...(otherReasons.length === 0
      ? []
      : [
          t("exports.warning.incomplete"),
          ...otherReasons.slice(0, MAX_REASONS).map((reason) => reasonText(reason, t, formats)),
        ]),
    ...(live ? [t("exports.warning.live")] : []),
    ...(!live && lastSeconds !== null
      ? [t("exports.warning.relative", { duration: formats.duration(lastSeconds * 1_000) })]
      : []),
    ...(estimate?.warnings ?? []).map((warning) => costWarningText(warning, t, formats)),
  ];
}

interface ExportWarningsProps {
  readonly subject: ExportSubject;
  readonly estimate: CostEstimate | undefined;
}

export function ExportWarnings({ subject, estimate }: ExportWarningsProps): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const warnings = exportWarnings(subject, estimate, t, formats);
  if (warnings.length === 0) return null;
  return (
    <PartialNotice>
      <ul className={styles.warnings} data-many={warnings.length > 1 || undefined}>
        {warnings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </PartialNotice>
  );
}
