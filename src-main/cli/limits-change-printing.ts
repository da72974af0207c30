import type { JobState } from "../../src-shared/model/job.ts";
import type { LimitChangeReport, LimitPlan } from "../../src-shared/model/tenants/limit-change.ts";
import type { CliText } from "./cli-text.ts";
import { terminalSafe } from "./terminal.ts";

type Params = Readonly<Record<string, string | number>>;

/** A plan for a terminal: values before and after, what speaks against it, its diff, and what is done. */
export function limitPlanText(text: CliText, plan: LimitPlan): string {
  const { place, edits, problems, capacity, lately, expiry, steps, diff } = plan;
  return printed([
    `ConfigMap ${place.namespace}/${place.name} ${place.key} (${place.resourceVersion})`,
    ...edits.map(({ tenant, key, before, after, used }) => {
      const now = used === null ? "" : ` (${used})`;
      return `  ${tenant} ${key}: ${before ?? "-"} → ${after ?? "-"}${now}`;
    }),
    ...problems.map(({ code, weight, params }) => `  ${MARKS[weight]} ${say(text, `limits.problem.${code}`, params)}`),
    ...capacity.map(
      ({ of, before, after, capacity: most, from }) =>
        `  = ${of}: ${figure(before)} → ${figure(after)} / ${figure(most)} (${say(text, `limits.capacity.${from}`, {})})`,
    ),
    ...expiry.map(
      ({ tenant, key, restores, expiresAtMs }) =>
        `  ~ ${tenant} ${key}: ${restores ?? "-"} @ ${new Date(expiresAtMs).toISOString()}`,
    ),
    ...lately.slice(0, 5).map(({ who, atMs, what }) => `  @ ${new Date(atMs).toISOString()} ${who} ${what}`),
    ...(diff === "" ? [] : diff.trimEnd().split("\n")),
    ...steps.flatMap(({ key, params, request }, at) => [
      `${String(at + 1).padStart(2)}. ${say(text, `limits.step.${key}`, params)}`,
      ...(request === null ? [] : [`      ${request}`]),
    ]),
  ]);
}

/** What was done, step by step, who has taken it, and whether it was seen to hold. */
export function limitReportText(text: CliText, job: string, ended: JobState, report: LimitChangeReport): string {
  const { plan, steps, convergence, held, verified } = report;
  const rows = plan.steps.map(({ key, params }, at) => {
    const step = steps[at];
    const state = text.sentence(`operations.stepState.${step?.state ?? "waiting"}`);
    const detail = step?.detail == null ? "" : `: ${say(text, `limits.detail.${step.detail.key}`, step.detail.params)}`;
    return `${String(at + 1).padStart(2)}. [${state}] ${say(text, `limits.step.${key}`, params)}${detail}`;
  });
  const waiting = convergence.filter(({ state }) => state !== "taken");
  const outcome = ended === "cancelled" || ended === "failed" ? ended : verified ? "verified" : "not-verified";
  return printed([
    ...rows,
    ...waiting.map(({ instance, state }) => `  ? ${instance}: ${state}`),
    ...held
      .filter(({ value }) => value !== null)
      .map(({ tenant, key, value }) => `  ${tenant} ${key} = ${value ?? ""}`),
    `${text.sentence(`operations.outcome.${outcome}`)} (${job})`,
  ]);
}

const MARKS = { stops: "x", warns: "!" } as const;

function figure(value: number | null): string {
  return value === null ? "?" : String(Math.round(value));
}

function say(text: CliText, key: string, params: Params): string {
  return text.sentence(key, params);
}

/** Names and texts of servers are data: nothing in them steers the terminal. */
function printed(lines: readonly string[]): string {
  return `${lines.map((line) => terminalSafe(line)).join("\n")}\n`;
}
