import type { ReactElement } from "react";
import type { OperationReport, PlanStep } from "../../src-shared/model/health/operation.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { CodeText } from "./code-text.tsx";
import { readableParams } from "./operation-text.ts";
import styles from "./operation-steps.module.css";
import { StatusShape, type StatusTone } from "./status-shape.tsx";

export type StepProgress = OperationReport["steps"][number];

const TONES: Readonly<Record<StepProgress["state"], StatusTone>> = {
  waiting: "idle",
  running: "working",
  done: "good",
  failed: "bad",
  skipped: "doubt",
};

interface OperationStepsProps {
  readonly steps: readonly PlanStep[];
  /** How each goes, in the same order; left out for a plan that nobody has applied. */
  readonly progress?: readonly StepProgress[];
  /** Whose words they are told in: `<texts>.step.<key>` and `<texts>.detail.<key>`. */
  readonly texts?: StepTexts;
}

/** The steps of an operation in their order, with what is sent to the letter; with `progress` how far they are. */
export function OperationSteps({ steps, progress, texts = "operations" }: OperationStepsProps): ReactElement {
  return (
    <ol className={styles.steps}>
      {steps.map((step, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- steps have no name but their place
        <Step key={place} place={place} progress={progress?.[place]} step={step} texts={texts} />
      ))}
    </ol>
  );
}

type StepTexts = "operations" | "limits" | "storage";

const TEXTS = {
  operations: { step: (key: string) => `operations.step.${key}`, detail: (key: string) => `operations.detail.${key}` },
  limits: { step: (key: string) => `limits.step.${key}`, detail: (key: string) => `limits.detail.${key}` },
  storage: { step: (key: string) => `storage.step.${key}`, detail: (key: string) => `storage.detail.${key}` },
} as const;

interface StepProps {
  readonly step: PlanStep;
  readonly place: number;
  readonly progress: StepProgress | undefined;
  readonly texts: StepTexts;
}

function Step({ step, place, progress, texts }: StepProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const current = progress?.state === "running";
  return (
    <li aria-current={current ? "step" : undefined} className={styles.step} data-state={progress?.state}>
      <span className={styles.mark}>
        {progress === undefined ? (
          <span className={styles.number}>{formats.number(place + 1)}</span>
        ) : (
          <StatusShape label={t(`operations.stepState.${progress.state}`)} tone={TONES[progress.state]} />
        )}
      </span>
      <div className={styles.content}>
        <p className={styles.text}>
          <CodeText text={t.dynamic(TEXTS[texts].step(step.key), readableParams(t, formats, step.params), step.key)} />
        </p>
        {step.request === null ? null : <code className={styles.request}>{step.request}</code>}
        {progress?.detail == null ? null : (
          <p className={styles.detail}>
            {t.dynamic(
              TEXTS[texts].detail(progress.detail.key),
              readableParams(t, formats, progress.detail.params),
              progress.detail.key,
            )}
          </p>
        )}
      </div>
      <span className={styles.kind}>
        {progress === undefined ? t(`operations.stepKind.${step.kind}`) : <Took progress={progress} />}
      </span>
    </li>
  );
}

function Took({ progress }: { readonly progress: StepProgress }): ReactElement | null {
  const formats = useFormats();
  const { startedAtMs, endedAtMs } = progress;
  if (startedAtMs === null) return null;
  if (endedAtMs === null)
    return <time dateTime={new Date(startedAtMs).toISOString()}>{formats.time(startedAtMs)}</time>;
  return <span title={formats.dateTime(endedAtMs)}>{formats.duration(Math.max(0, endedAtMs - startedAtMs))}</span>;
}
