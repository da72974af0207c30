import type { JobState } from "../../src-shared/model/job.ts";
import type { RestorePlan, RestoreReport } from "../../src-shared/model/storage/restore.ts";
import type { CliText } from "./cli-text.ts";
import { terminalSafe } from "./terminal.ts";

const SHOWN = 20;
const MARKS = { stops: "x", doubts: "!", notes: "·" } as const;

/** A plan for a terminal: what is brought back, what stays lost, what speaks against it, and what is done. */
export function restorePlanText(text: CliText, plan: RestorePlan): string {
  const { counts, lost, problems, preflight, steps, diff } = plan;
  const lines = diff.trimEnd().split("\n");
  return printed([
    `${plan.id}: ${plan.chunks} chunks, ${plan.indexFiles} index files, ${plan.bytes} bytes`,
    `  ${counts.sound} sound, ${counts.missing} missing, ${counts.damaged} damaged: ${counts.restorable} restorable, ${counts.lost} lost`,
    ...problems.map(
      ({ code, weight, params }) => `  ${MARKS[weight]} ${text.sentence(`storage.problem.${code}`, params)}`,
    ),
    ...preflight
      .filter(({ state }) => state !== "passed")
      .map(({ check, state, reason, params }) => {
        const why = reason === null ? "" : text.sentence(`storage.preflight.${check}.${reason}`, params);
        return `  ${state === "failed" ? "x" : "!"} ${text.sentence(`storage.preflight.${check}`)}: ${why}`;
      }),
    ...lost.slice(0, SHOWN).map((stream) => {
      const [from, through] = [stream.fromMs, stream.throughMs].map((ms) => new Date(ms).toISOString());
      return `  - ${stream.tenant} ${stream.fingerprint} ${from} to ${through}: ${stream.chunks} chunks`;
    }),
    ...lines.slice(0, SHOWN),
    ...(lines.length > SHOWN ? [`  … ${lines.length - SHOWN}`] : []),
    ...steps.flatMap(({ key, params, request }, at) => [
      `${String(at + 1).padStart(2)}. ${text.sentence(`storage.step.${key}`, params)}`,
      ...(request === null ? [] : [`      ${request}`]),
    ]),
  ]);
}

/** What was done, step by step, and what was not brought back. */
export function restoreReportText(text: CliText, job: string, state: JobState, report: RestoreReport): string {
  const rows = report.plan.steps.map(({ key, params }, at) => {
    const step = report.steps[at];
    const told = text.sentence(`operations.stepState.${step?.state ?? "waiting"}`);
    const detail =
      step?.detail == null ? "" : `: ${text.sentence(`storage.detail.${step.detail.key}`, step.detail.params)}`;
    return `${String(at + 1).padStart(2)}. [${told}] ${text.sentence(`storage.step.${key}`, params)}${detail}`;
  });
  const rate = report.bytesPerSecond === null ? "" : `, ${Math.round(report.bytesPerSecond)} bytes/s`;
  return printed([
    ...rows,
    ...report.failed.slice(0, SHOWN).map(({ key, problem }) => `  x ${key}: ${problem}`),
    ...report.canaries.map(
      ({ tenant, day, state: told, before, after, expected }) =>
        `  ${told === "works" ? "=" : "?"} ${tenant} ${day}: ${before ?? "?"} → ${after ?? "?"} / ${expected ?? "?"}`,
    ),
    `${report.written} written, ${report.found} found, ${report.verified} verified, ${report.failedCount} failed, ${report.writtenBytes} bytes${rate}`,
    `${state} (${job})`,
  ]);
}

function printed(lines: readonly string[]): string {
  return lines.map((line) => `${terminalSafe(line)}\n`).join("");
}
