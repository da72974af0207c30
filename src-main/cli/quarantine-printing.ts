import type { JobState } from "../../src-shared/model/job.ts";
import type { QuarantineBatch, QuarantinePlan, QuarantineReport } from "../../src-shared/model/storage/quarantine.ts";
import type { CliText } from "./cli-text.ts";
import { terminalSafe } from "./terminal.ts";

const SHOWN = 20;
const MARKS = { stops: "x", doubts: "!", notes: "·" } as const;

/** A plan for a terminal: objects and what is left of their lines, what speaks against it, and what is done. */
export function quarantinePlanText(text: CliText, plan: QuarantinePlan): string {
  const { items, problems, preflight, steps } = plan;
  return printed([
    `${plan.batch}: ${plan.count} objects, ${plan.bytes} bytes`,
    ...items
      .slice(0, SHOWN)
      .map(({ key, kind, remains }) => `  ${kind.padEnd(20)} ${key} (${text.sentence(`storage.remains.${remains}`)})`),
    ...(plan.count > SHOWN ? [`  … ${plan.count - SHOWN}`] : []),
    ...problems.map(
      ({ code, weight, params }) => `  ${MARKS[weight]} ${text.sentence(`storage.problem.${code}`, params)}`,
    ),
    ...preflight
      .filter(({ state }) => state !== "passed")
      .map(({ check, state, reason, params }) => {
        const why = reason === null ? "" : text.sentence(`storage.preflight.${check}.${reason}`, params);
        return `  ${state === "failed" ? "x" : "!"} ${text.sentence(`storage.preflight.${check}`)}: ${why}`;
      }),
    ...steps.flatMap(({ key, params, request }, at) => [
      `${String(at + 1).padStart(2)}. ${text.sentence(`storage.step.${key}`, params)}`,
      ...(request === null ? [] : [`      ${request}`]),
    ]),
  ]);
}

/** What was done, step by step, and what stayed where it was. */
export function quarantineReportText(text: CliText, job: string, state: JobState, report: QuarantineReport): string {
  const rows = report.plan.steps.map(({ key, params }, at) => {
    const step = report.steps[at];
    const told = text.sentence(`operations.stepState.${step?.state ?? "waiting"}`);
    const detail =
      step?.detail == null ? "" : `: ${text.sentence(`storage.detail.${step.detail.key}`, step.detail.params)}`;
    return `${String(at + 1).padStart(2)}. [${told}] ${text.sentence(`storage.step.${key}`, params)}${detail}`;
  });
  return printed([
    ...rows,
    ...report.left.slice(0, SHOWN).map(({ key, problem }) => `  x ${key}: ${problem}`),
    ...report.canaries.map(
      ({ tenant, day, state: told, before, after }) =>
        `  ${told === "works" ? "=" : "?"} ${tenant} ${day}: ${before ?? "?"} → ${after ?? "?"}`,
    ),
    `${report.copied} copied, ${report.verified} verified, ${report.removed} removed, ${report.leftCount} left`,
    `${report.plan.batch}: ${state} (${job})`,
  ]);
}

/** One batch on one line, with its problem. */
export function batchText(text: CliText, batch: QuarantineBatch): string {
  const when = batch.atMs === 0 ? "-" : new Date(batch.atMs).toISOString();
  const state = text.sentence(`storage.batchState.${batch.state}`);
  const problem = batch.problem === null ? "" : ` ! ${batch.problem}`;
  return printed([
    `${batch.batch} ${when} ${state} ${batch.principal} ${batch.count} objects, ${batch.bytes} bytes: ${batch.reason}${problem}`,
  ]);
}

function printed(lines: readonly string[]): string {
  return lines.map((line) => `${terminalSafe(line)}\n`).join("");
}
