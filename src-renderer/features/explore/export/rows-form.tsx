import { SegmentedControl } from "@mantine/core";
import { IconFileDownload } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { RedactionPattern } from "../../../../src-shared/model/redaction-pattern.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import type { RowsAtHand } from "./export-subject.ts";
import styles from "./export.module.css";
import { FILE_FORMATS, type FileFormat } from "./read-selection.ts";
import { redactedText } from "../../../components/redacted-text.ts";
import { RedactionField } from "./redaction-field.tsx";
import { useRowsSaving, type RowsSavingState } from "./use-rows-saving.ts";

interface RowsFormProps {
  readonly rows: RowsAtHand;
  readonly onClose: () => void;
}

/** The rows of the screen as one small file, at once. */
export function RowsForm({ rows, onClose }: RowsFormProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { api } = useRpc();
  const forbidden = useForbidden("logs.export");
  const [which, setWhich] = useState<"chosen" | "all">(rows.chosen === null ? "all" : "chosen");
  const [format, setFormat] = useState<FileFormat>("ndjson");
  const [redact, setRedact] = useState<readonly RedactionPattern[]>([]);
  const { state, start, cancel } = useRowsSaving(api.exports);
  const stretch = which === "chosen" && rows.chosen !== null ? rows.chosen : { from: 0, to: rows.total };
  const isSaving = state.phase === "saving";
  const counted = (count: number) => ({ count, rows: formats.number(count) });
  return (
    <div className={styles.form}>
      <fieldset className={styles.group} disabled={isSaving}>
        <legend className={styles.legend}>{t("exports.rows.which")}</legend>
        {rows.chosen === null ? (
          <p className={styles.note}>
            {t("exports.rows.all", counted(rows.total))} · {t("exports.rows.chooseHint")}
          </p>
        ) : (
          <SegmentedControl
            aria-label={t("exports.rows.which")}
            className={styles.choice ?? ""}
            data={[
              { value: "chosen", label: t("exports.rows.chosen", counted(rows.chosen.to - rows.chosen.from)) },
              { value: "all", label: t("exports.rows.all", counted(rows.total)) },
            ]}
            onChange={(value) => setWhich(value === "chosen" ? "chosen" : "all")}
            value={which}
          />
        )}
      </fieldset>
      {rows.growing && which === "all" ? <PartialNotice>{t("exports.rows.growing")}</PartialNotice> : null}
      <fieldset className={styles.group} disabled={isSaving}>
        <legend className={styles.legend}>{t("exports.format")}</legend>
        <SegmentedControl
          aria-label={t("exports.format")}
          className={styles.choice ?? ""}
          data={FILE_FORMATS.map((value) => ({ value, label: t(`exports.format.${value}`) }))}
          onChange={(value) => setFormat(FILE_FORMATS.find((one) => one === value) ?? "ndjson")}
          value={format}
        />
        <p className={styles.note}>{t(`exports.format.${format}.text`)}</p>
      </fieldset>
      <RedactionField onChange={setRedact} value={redact} />
      <SavingState state={state} />
      <div className={styles.actions}>
        {isSaving ? (
          <Button onClick={cancel}>{t("exports.rows.stop")}</Button>
        ) : (
          <Button
            disabledReason={forbidden}
            icon={IconFileDownload}
            onClick={() => start({ set: rows.set, rows: stretch, format, redact })}
            tone="primary"
          >
            {t("exports.rows.save", counted(stretch.to - stretch.from))}
          </Button>
        )}
        {isSaving ? null : (
          <Button onClick={onClose} tone="quiet">
            {state.phase === "saved" ? t("exports.close") : t("exports.cancel")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** How far the saving is, and what came of it. */
function SavingState({ state }: { readonly state: RowsSavingState }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (state.phase === "idle") return null;
  if (state.phase === "failed") return <ErrorPanel error={state.error} title={t("exports.rows.failed")} />;
  if (state.phase === "cancelled") return <output className={styles.note}>{t("exports.rows.cancelled")}</output>;
  const { rows, totalRows, redacted } = state.progress;
  const hidden = redactedText(redacted, t, formats);
  if (state.phase === "saving") {
    return (
      <div className={styles.saving}>
        <ProgressBar
          fraction={totalRows === 0 ? null : Math.min(1, rows / totalRows)}
          label={t("exports.rows.saving")}
        />
        <span className={styles.note}>
          {t("exports.rows.progress", { done: formats.number(rows), rows: formats.number(totalRows) })}
        </span>
      </div>
    );
  }
  return (
    <output className={styles.saved}>
      <StatusShape tone="good" />
      <span>
        {t("exports.rows.saved", {
          count: rows,
          rows: formats.number(rows),
          file: state.file,
          size: formats.bytes(state.sizeBytes),
        })}
        {hidden === null ? null : ` ${t("exports.redacted", { what: hidden })}`}
      </span>
    </output>
  );
}
