import type { DoctorStep, DoctorStepName } from "../../../src-shared/api/sites.api.ts";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { Advice } from "./doctor-advice.ts";
import { adviceFor } from "./doctor-advice.ts";

/** How a step came out. `stop` ends the examination: what follows would only repeat this failure. */
export interface StepResult {
  readonly state: "passed" | "warned" | "failed" | "skipped";
  /** Evidence in technical words; what servers said in it is bounded. */
  readonly detail?: string;
  readonly advice?: Advice;
  readonly error?: AppError;
  readonly stop?: boolean;
}

export const MAX_DETAIL_CHARACTERS = 2_000;

export function passed(detail: string): StepResult {
  return { state: "passed", detail };
}

export function warned(key: string, detail: string, params: Advice["params"] = {}): StepResult {
  return { state: "warned", detail, advice: { key, params } };
}

export function skipped(key: string, params: Advice["params"] = {}): StepResult {
  return { state: "skipped", advice: { key, params } };
}

export function failed(error: AppError, stop = true, detail?: string): StepResult {
  return { state: "failed", error, advice: adviceFor(error), stop, ...(detail === undefined ? {} : { detail }) };
}

/** Runs a step; an `AppError` is its failure. A cancelled examination ends by `request.cancelled`. */
export async function examine(run: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await run();
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return failed(error);
  }
}

export function stepView(step: DoctorStepName, result: StepResult, tookMs: number): DoctorStep {
  return {
    step,
    state: result.state,
    ...(result.state === "skipped" ? {} : { tookMs }),
    ...(result.detail === undefined ? {} : { detail: result.detail.slice(0, MAX_DETAIL_CHARACTERS) }),
    ...(result.error === undefined ? {} : { error: result.error.toWire() }),
    ...(result.advice === undefined ? {} : { advice: result.advice.key, params: { ...result.advice.params } }),
  };
}
