import type { ReactElement } from "react";
import type { Job } from "../../src-shared/model/job.ts";
import type { OperationReport } from "../../src-shared/model/health/operation.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./operation-outcome.module.css";
import { StatusShape, type StatusTone } from "./status-shape.tsx";

export const OPERATION_OUTCOMES = [
  "running",
  "verified",
  "not-verified",
  "failed",
  "cancelled",
  "interrupted",
] as const;
export type OperationOutcomeKind = (typeof OPERATION_OUTCOMES)[number];

const TONES: Readonly<Record<OperationOutcomeKind, StatusTone>> = {
  running: "working",
  verified: "good",
  "not-verified": "warning",
  failed: "bad",
  cancelled: "doubt",
  interrupted: "warning",
};

/** What came of an operation. Done is not yet verified: only what was looked at afterwards and found so is. */
export function operationOutcome(
  state: Job["state"],
  report: Pick<OperationReport, "verified"> | null,
): OperationOutcomeKind {
  switch (state) {
    case "queued":
    case "running":
    case "paused":
      return "running";
    case "succeeded":
      return report?.verified === true ? "verified" : "not-verified";
    case "failed":
    case "cancelled":
    case "interrupted":
      return state;
  }
}

export function operationOutcomeTone(kind: OperationOutcomeKind): StatusTone {
  return TONES[kind];
}

/** The outcome big and calm, with what it means. */
export function OperationOutcome({ kind }: { readonly kind: OperationOutcomeKind }): ReactElement {
  const t = useTranslate();
  return (
    <output className={styles.outcome} data-kind={kind}>
      <span className={styles.shape}>
        <StatusShape tone={TONES[kind]} />
      </span>
      <span className={styles.words}>
        <span className={styles.word}>{t(`operations.outcome.${kind}`)}</span>
        <span className={styles.text}>{t(`operations.outcome.${kind}Text`)}</span>
      </span>
    </output>
  );
}
