import { IconDeviceFloppy } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Drill } from "../../../../src-shared/model/storage/recovery.ts";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Drawer } from "../../../components/drawer.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ReportView } from "./report-view.tsx";
import styles from "./report.module.css";

interface ReportDrawerProps {
  readonly drill: Drill;
  readonly onClose: () => void;
}

/** The signed report of one drill in the window's language, and the way to a file of it. */
export function ReportDrawer({ drill, onClose }: ReportDrawerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const question = { drill: drill.drill, language: formats.locale };
  const { data, error, ask } = useAsked("recovery", "drillReport", question);
  const save = useChange("recovery", "saveDrillReport");
  return (
    <Drawer
      actions={
        <Button compact icon={IconDeviceFloppy} loading={save.pending} onClick={() => save.fire(question)}>
          {t("storage.drill.save")}
        </Button>
      }
      initialWidth={640}
      onClose={onClose}
      title={t("storage.drill.report", { at: formats.dateTime(drill.endedAtMs) })}
    >
      <div className={styles.drawer}>
        {save.error === undefined ? null : <ErrorPanel error={save.error} title={t("storage.drill.saveFailed")} />}
        {save.data === undefined ? null : <SavedFiles files={save.data.files} />}
        {data !== undefined ? (
          <ReportView html={data.html} />
        ) : error === undefined ? (
          <LoadingView rows={12} />
        ) : (
          <FailedView error={error} onRetry={ask} title={t("storage.drill.reportFailed")} />
        )}
      </div>
    </Drawer>
  );
}

function SavedFiles({ files }: { readonly files: readonly string[] }): ReactElement {
  const t = useTranslate();
  return (
    <output>
      <p>{t("storage.drill.saved")}</p>
      <ul className={styles.files}>
        {files.map((file) => (
          <li key={file}>
            <code>{file}</code>
            <CopyButton label={t("app.copy")} size={20} text={file} />
          </li>
        ))}
      </ul>
    </output>
  );
}
