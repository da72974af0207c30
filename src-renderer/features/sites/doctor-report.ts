import type { DoctorStep, Site } from "../../../src-shared/api/sites.api.ts";
import { errorText } from "../../components/error-text.ts";
import type { Formats } from "../../hooks/formats.ts";
import type { Translate } from "../../hooks/use-translate.ts";
import { orderedSteps, type DoctorOutcome } from "./doctor-steps.ts";

interface DoctorFindings {
  readonly site: Site;
  readonly steps: readonly DoctorStep[];
  readonly outcome: DoctorOutcome;
  readonly startedAtMs: number;
}

/** What the doctor found, as plain text for a ticket. */
export function doctorReport(t: Translate, formats: Formats, findings: DoctorFindings): string {
  const { site, steps, outcome, startedAtMs } = findings;
  const lines = orderedSteps(steps).flatMap((step) => {
    const name = t.dynamic(`doctor.step.${step.step}`, {}, step.step);
    if (step.state === "waiting") return [`- ${name}: ${t("app.doctorState.waiting")}`];
    const took = step.tookMs === undefined ? "" : ` (${formats.duration(step.tookMs)})`;
    return [
      `- ${name}: ${t(`app.doctorState.${step.state}`)}${took}`,
      ...(step.detail === undefined ? [] : [`  ${step.detail}`]),
      ...(step.error === undefined ? [] : [`  ${step.error.code}: ${errorText(t, step.error)}`]),
      ...(step.advice === undefined ? [] : [`  ${t.dynamic(`doctor.advice.${step.advice}`, step.params ?? {})}`]),
    ];
  });
  return [
    t("app.doctor.title", { site: site.name }),
    site.origin,
    formats.dateTime(startedAtMs),
    t(`app.doctor.outcome.${outcome}`),
    "",
    ...lines,
    "",
  ].join("\n");
}
