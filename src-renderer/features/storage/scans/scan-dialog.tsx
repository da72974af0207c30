import { Modal } from "@mantine/core";
import { useState, type FormEvent, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { useAnswer, useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { emptyScan, scanEstimate, scanProblems, scanRequestOf, type ScanField } from "./scan-draft.ts";
import { ScanEstimateLine } from "./scan-estimate-line.tsx";
import { ScanFields } from "./scan-fields.tsx";
import styles from "./scans.module.css";

interface ScanDialogProps {
  readonly store: Store;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Begins a scan: what of the bucket, how thoroughly, how gently. It goes on as a job when the dialog is closed. */
export function ScanDialog({ store, opened, onClose }: ScanDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      closeOnClickOutside={false}
      onClose={onClose}
      opened={opened}
      size={640}
      title={t("storage.scan.title", { store: store.config.name })}
    >
      <ScanForm onClose={onClose} store={store} />
    </Modal>
  );
}

function ScanForm({ store, onClose }: Omit<ScanDialogProps, "opened">): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("storage.scan");
  const overview = useAnswer("storage", "overview", { store: store.id });
  const [openedAtMs] = useState(() => Date.now());
  const [draft, setDraft] = useState(() => emptyScan(openedAtMs));
  const [tried, setTried] = useState(false);
  const scan = useChange("storage", "scan");
  const problems = scanProblems(draft);
  const problemOf = (field: ScanField): string | undefined => {
    const problem = problems[field];
    return tried && problem !== undefined ? t(`storage.scan.problem.${problem}`) : undefined;
  };
  const isRunning = overview.data?.current?.state === "running";
  const disabledReason = forbidden ?? (isRunning ? t("storage.scan.alreadyRunning") : undefined);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length > 0 || disabledReason !== undefined || scan.pending) return;
    // A failure is shown from `error`.
    scan.run(scanRequestOf(store.id, draft, Date.now())).then(onClose, () => undefined);
  };
  const tenants = [...new Set(overview.data?.days.map(({ tenant }) => tenant))].toSorted();
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit}>
      <ScanFields
        draft={draft}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        problemOf={problemOf}
        ownRate={store.config.bytesPerSecond}
        tenants={tenants}
      />
      <ScanEstimateLine
        estimate={Object.keys(problems).length > 0 ? null : scanEstimate(overview.data, draft, openedAtMs)}
        known={overview.data !== undefined}
      />
      {scan.error === undefined ? null : <ErrorPanel error={scan.error} title={t("storage.scan.startFailed")} />}
      <div className={styles.actions}>
        <Button disabledReason={disabledReason} loading={scan.pending} tone="primary" type="submit">
          {t("storage.scan.begin")}
        </Button>
        <Button onClick={onClose} tone="quiet">
          {t("storage.cancel")}
        </Button>
      </div>
    </form>
  );
}
