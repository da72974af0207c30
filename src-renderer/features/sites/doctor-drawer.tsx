import { IconRefresh } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { DoctorStep, Site } from "../../../src-shared/api/sites.api.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { wireErrorOf } from "../../hooks/wire-error-of.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { useRpcStream } from "../../rpc/use-rpc-stream.ts";
import styles from "./doctor-drawer.module.css";
import { doctorReport } from "./doctor-report.ts";
import { DoctorStepRow } from "./doctor-step-row.tsx";
import { doctorOutcome, noteStep, orderedSteps } from "./doctor-steps.ts";

interface DoctorDrawerProps {
  readonly site: Site;
  readonly onClose: () => void;
}

/** Walks the connection step by step and says at which one it fails and what to do. */
export function DoctorDrawer({ site, onClose }: DoctorDrawerProps): ReactElement {
  const t = useTranslate();
  const [run, setRun] = useState(0);
  return (
    <Drawer initialWidth={480} onClose={onClose} title={t("app.doctor.title", { site: site.name })}>
      <DoctorRun key={run} onAgain={() => setRun(run + 1)} site={site} />
    </Drawer>
  );
}

function DoctorRun({ site, onAgain }: { readonly site: Site; readonly onAgain: () => void }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const tenant = useWorkspace((state) => (state.site === site.id ? state.tenant : null));
  const [steps, setSteps] = useState<readonly DoctorStep[]>([]);
  const [ended, setEnded] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const [startedAtMs] = useState(() => Date.now());
  // A tenant of the workspace is plain text there; the core checks it again.
  const [asked] = useState({ site: site.id, ...(tenant === null ? {} : { tenant: tenant as TenantId }) });
  useRpcStream("sites", "doctor", asked, {
    onData: (step) => setSteps((before) => noteStep(before, step)),
    onEnd: () => setEnded(true),
    onError: (thrown) => {
      setEnded(true);
      setError(wireErrorOf(thrown));
    },
  });

  const outcome = doctorOutcome(steps, ended);
  return (
    <div className={styles.run}>
      <div className={styles.summary}>
        <p aria-live="polite" className={styles.outcome}>
          {t(`app.doctor.outcome.${outcome}`)}
        </p>
        <CopyButton
          label={t("app.doctor.copy")}
          size={28}
          text={() => Promise.resolve(doctorReport(t, formats, { site, steps, outcome, startedAtMs }))}
        />
        <Button compact icon={IconRefresh} loading={!ended} onClick={onAgain}>
          {t("app.doctor.again")}
        </Button>
      </div>
      {error === null ? null : <ErrorPanel error={error} onRetry={onAgain} />}
      <ol className={styles.steps}>
        {orderedSteps(steps).map((step) => (
          <DoctorStepRow ended={ended} key={step.step} step={step} />
        ))}
      </ol>
    </div>
  );
}
