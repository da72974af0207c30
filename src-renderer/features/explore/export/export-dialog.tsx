import { Modal, SegmentedControl } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { useNotice } from "../../../hooks/use-notice.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { ExportSubject } from "./export-subject.ts";
import styles from "./export.module.css";
import { JobForm } from "./job-form.tsx";
import { RowsForm } from "./rows-form.tsx";

interface ExportDialogProps {
  /** What is exported, as it was when the dialog was opened; `null` while it is closed. */
  readonly subject: ExportSubject | null;
  readonly onClose: () => void;
}

/** Takes lines out of the console: the whole range as a job, or the rows on the screen as a file. */
export function ExportDialog({ subject, onClose }: ExportDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      onClose={onClose}
      opened={subject !== null}
      size={680}
      title={t("exports.title")}
    >
      {subject === null ? null : <ExportWays onClose={onClose} subject={subject} />}
    </Modal>
  );
}

const WAYS = ["job", "rows"] as const;
type Way = (typeof WAYS)[number];

function ExportWays({ subject, onClose }: { readonly subject: ExportSubject; readonly onClose: () => void }) {
  const t = useTranslate();
  const tell = useNotice();
  const { rows } = subject;
  const [way, setWay] = useState<Way>(rows !== null && rows.chosen !== null ? "rows" : "job");
  return (
    <div className={styles.dialog}>
      {/* Takes the focus as the dialog opens: the next Tab is on the choice, and Enter does nothing yet. */}
      <div className={styles.ways} data-autofocus tabIndex={-1}>
        <SegmentedControl
          aria-label={t("exports.way")}
          data={WAYS.map((value) => ({
            value,
            label: t(`exports.way.${value}`),
            disabled: value === "rows" && rows === null,
          }))}
          fullWidth
          onChange={(value) => setWay(WAYS.find((one) => one === value) ?? "job")}
          value={way}
        />
        <p className={styles.note}>
          {t(`exports.way.${way}.text`)} {rows === null ? t("exports.way.noRows") : null}
        </p>
      </div>
      {way === "rows" && rows !== null ? (
        <RowsForm onClose={onClose} rows={rows} />
      ) : (
        <JobForm
          onCancel={onClose}
          onStarted={() => {
            tell("info", t("exports.started"));
            onClose();
          }}
          subject={subject}
        />
      )}
    </div>
  );
}
