import type { ReactElement } from "react";
import type { Runbook, RunbookRun } from "../../../../src-shared/model/storage/recovery.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RunStep } from "./run-step.tsx";
import styles from "./runbooks.module.css";

interface RunDrawerProps {
  readonly run: RunbookRun;
  /** `null` where this version has not the runbook any more: its steps are then shown by their names. */
  readonly runbook: Runbook | null;
  readonly onClose: () => void;
}

/** One run of a runbook: each step with who did it when, what they saw, and what the console found. */
export function RunDrawer({ run, runbook, onClose }: RunDrawerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const mayNot = useForbidden("storage.restore");
  const mark = useChange("recovery", "markRunbookStep");
  const check = useChange("recovery", "checkRunbookStep");
  const error = mark.error ?? check.error;
  const current = run.steps.find(({ state }) => state === "open")?.step ?? null;
  const params = { who: withVisibleCharacters(run.startedBy), at: formats.dateTime(run.startedAtMs) };
  return (
    <Drawer
      initialWidth={560}
      onClose={onClose}
      title={t.dynamic(`runbook.${run.runbook}.title`, {}, withVisibleCharacters(run.runbook))}
    >
      <div className={styles.drawer}>
        <p className={styles.muted}>{t("runbook.by", params)}</p>
        {runbook === null ? <p>{t("runbook.unknown")}</p> : null}
        {error === undefined ? null : <ErrorPanel error={error} title={t("runbook.changeFailed")} />}
        <ol className={styles.steps}>
          {run.steps.map((step) => (
            <RunStep
              current={step.step === current}
              definition={runbook?.steps.find(({ id }) => id === step.step) ?? null}
              // What somebody else kept meanwhile is what the field shows next.
              key={`${step.step} ${step.atMs ?? 0}`}
              mayNot={mayNot}
              onCheck={() => check.fire({ run: run.run, step: step.step })}
              onMark={(state, note) => mark.fire({ run: run.run, step: step.step, state, note })}
              pending={mark.pending || check.pending}
              runbook={run.runbook}
              step={step}
            />
          ))}
        </ol>
      </div>
    </Drawer>
  );
}
