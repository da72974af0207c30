import { DOCTOR_STEPS, type DoctorStep, type DoctorStepName } from "../../../src-shared/api/sites.api.ts";

/** The newest word on a step replaces the one before. */
export function noteStep(steps: readonly DoctorStep[], step: DoctorStep): DoctorStep[] {
  return [...steps.filter((known) => known.step !== step.step), step];
}

/** All steps in their order; those that were not reached yet are `waiting`. */
export function orderedSteps(
  steps: readonly DoctorStep[],
): readonly (DoctorStep | { readonly step: DoctorStepName; readonly state: "waiting" })[] {
  return DOCTOR_STEPS.map((name) => steps.find((step) => step.step === name) ?? { step: name, state: "waiting" });
}

export type DoctorOutcome = "running" | "passed" | "warned" | "failed";

export function doctorOutcome(steps: readonly DoctorStep[], ended: boolean): DoctorOutcome {
  if (steps.some((step) => step.state === "failed")) return "failed";
  if (!ended) return "running";
  return steps.some((step) => step.state === "warned") ? "warned" : "passed";
}
