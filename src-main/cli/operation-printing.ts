import type { OperationPlan, OperationReport, PlanStep } from "../../src-shared/model/health/operation.ts";
import { operationSubject } from "../../src-shared/api/health.api.ts";
import type { JobState } from "../../src-shared/model/job.ts";
import type { CliText } from "./cli-text.ts";
import { terminalSafe } from "./terminal.ts";

type Params = PlanStep["params"];

/** A plan for a terminal: whether it is safe and why, the steps with what is sent, what it does, and its diff. */
export function planText(text: CliText, plan: OperationPlan): string {
  const { operation, safe, steps, effects, diff, preview } = plan;
  const lines = [
    `${text.sentence(`operations.kind.${operation.kind}`)}: ${operationSubject(operation)}`,
    text.sentence(`operations.safe.${safe.answer}`),
    ...safe.reasons.map(({ kind, weight, params }) => `  ${MARKS[weight]} ${say(text, `health.safe.${kind}`, params)}`),
    ...safe.checked.map((kind) => `  + ${text.sentence(`health.checked.${kind}`)}`),
    ...steps.flatMap((step, place) => [
      `${String(place + 1).padStart(2)}. ${say(text, `operations.step.${step.key}`, step.params)}`,
      ...(step.request === null ? [] : [`      ${step.request}`]),
    ]),
    ...effects.map(({ key, params }) => `  - ${say(text, `operations.effect.${key}`, params)}`),
    ...(diff === "" ? [] : diff.trimEnd().split("\n")),
    ...preview.map(({ timestampNs, line }) => `  ${timestampNs} ${line}`),
  ];
  return printed(lines);
}

/** What was done, step by step, and whether it was seen to be. */
export function reportText(text: CliText, ended: JobState, { plan, steps, verified }: OperationReport): string {
  const lines = plan.steps.map((step, place) => {
    const done = steps[place];
    const state = text.sentence(`operations.stepState.${done?.state ?? "waiting"}`);
    const detail =
      done?.detail == null ? "" : `: ${say(text, `operations.detail.${done.detail.key}`, done.detail.params)}`;
    return `${String(place + 1).padStart(2)}. [${state}] ${say(text, `operations.step.${step.key}`, step.params)}${detail}`;
  });
  const outcome = ended === "cancelled" || ended === "failed" ? ended : verified ? "verified" : "not-verified";
  return printed([...lines, text.sentence(`operations.outcome.${outcome}`)]);
}

const MARKS = { stops: "x", doubts: "?", notes: "!" } as const;

/** Durations and times in units of a terminal: seconds, and ISO. */
function say(text: CliText, key: string, params: Params): string {
  const readable = Object.entries(params).map(([name, value]) => {
    if (typeof value !== "number") return [name, value];
    if (/(?:^at|At)Ms$/.test(name)) return [name, new Date(value).toISOString()];
    if (/(?:^ms|Ms)$/.test(name)) return [name, `${Math.round(value / 1_000)} s`];
    return [name, value];
  });
  return text.sentence(key, Object.fromEntries(readable));
}

/** Names and texts of servers are data: nothing in them steers the terminal. */
function printed(lines: readonly string[]): string {
  return `${lines.map((line) => terminalSafe(line)).join("\n")}\n`;
}
