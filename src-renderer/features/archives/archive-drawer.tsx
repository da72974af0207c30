import { IconFileSearch, IconShieldCheck } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { Button } from "../../components/button.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useExploreArchive } from "../../hooks/use-explore-archive.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { ArchiveDetails } from "./archive-details.tsx";
import styles from "./archive-drawer.module.css";
import { CapsuleDetails } from "./capsule-details.tsx";
import { ImportForm } from "./import-form.tsx";
import { JobStarted } from "./job-started.tsx";

interface ArchiveDrawerProps {
  readonly archive: ArchiveDescription;
  readonly onClose: () => void;
}

/** Everything that is known of one archive, and what can be done with it. */
export function ArchiveDrawer({ archive, onClose }: ArchiveDrawerProps): ReactElement {
  const t = useTranslate();
  const explore = useExploreArchive();
  const noLogs = useForbidden("logs.read");
  const verify = useChange("archives", "verify");
  return (
    <Drawer
      actions={<CopyButton label={t("archives.copyPath")} size={28} text={archive.path} />}
      initialWidth={480}
      onClose={onClose}
      title={archive.title}
    >
      <div className={styles.content}>
        <div className={styles.actions}>
          <Button disabledReason={noLogs} icon={IconFileSearch} onClick={() => void explore(archive)} tone="primary">
            {t("archives.explore")}
          </Button>
          <Button icon={IconShieldCheck} loading={verify.pending} onClick={() => verify.fire({ archive: archive.id })}>
            {t("archives.verify")}
          </Button>
        </div>
        {verify.error === undefined ? null : <ErrorPanel error={verify.error} title={t("archives.verifyFailed")} />}
        {verify.data === undefined ? null : <JobStarted job={verify.data.job} text={t("archives.verifyStarted")} />}
        {archive.kind === "capsule" ? <CapsuleDetails archive={archive} /> : null}
        <ArchiveDetails archive={archive} />
        <ImportForm archive={archive} />
        <RemoveArchive archive={archive} onRemoved={onClose} />
      </div>
    </Drawer>
  );
}

function RemoveArchive({
  archive,
  onRemoved,
}: {
  readonly archive: ArchiveDescription;
  readonly onRemoved: () => void;
}): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("archives.open");
  const close = useChange("archives", "close");
  const isCurrent = useWorkspace((state) => state.source.kind === "archive" && state.source.archive === archive.id);
  const leaveArchive = useWorkspace((state) => state.leaveArchive);
  const remove = async (): Promise<void> => {
    await close.run({ archive: archive.id });
    if (isCurrent) leaveArchive();
    onRemoved();
  };
  return (
    <footer className={styles.foot}>
      {close.error === undefined ? null : <ErrorPanel error={close.error} title={t("archives.removeFailed")} />}
      <ConfirmButton
        confirmLabel={t("archives.remove")}
        disabledReason={forbidden}
        label={t("archives.remove")}
        loading={close.pending}
        // A failure is shown from `error`; the promise's own rejection is that same failure.
        onConfirm={() => void remove().catch(() => undefined)}
        question={t("archives.removeQuestion")}
      />
    </footer>
  );
}
