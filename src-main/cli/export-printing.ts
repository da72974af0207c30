import type { ExportSummary } from "../../src-shared/model/export-summary.ts";
import type { Clock } from "../core/common/clock.ts";
import type { ProgressReport } from "../core/jobs/job-definition.ts";
import { ProgressMeter } from "../core/jobs/progress-meter.ts";
import type { CommandContext } from "./command-context.ts";
import { completenessLines } from "./completeness-text.ts";
import type { ExportCommandOptions } from "./export-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

const MIB = 1024 * 1024;

/** Shows progress in one line of a terminal, written over and over; nothing where standard error is a file. */
export function progressLine(
  { terminal, text }: CommandContext,
  clock: Clock,
): { readonly report: (progress: ProgressReport) => void; readonly clear: () => void } {
  if (terminal.stderr.isTTY !== true) return { report: () => {}, clear: () => {} };
  const meter = new ProgressMeter(clock, null);
  return {
    report: (progress) => {
      const shown = meter.report(progress);
      if (shown === null) return;
      const { fraction, done, bytes = 0, perSecond, remainingMs } = shown;
      const sentence = text.sentence("exports.progress", {
        phase: text.sentence(`jobs.phase.${shown.phase}`),
        percent: fraction === null ? "–" : (fraction * 100).toFixed(0),
        lines: done,
        mib: (bytes / MIB).toFixed(0),
        rate: Math.round(perSecond),
        left: remainingMs === null ? "–" : duration(remainingMs),
      });
      terminal.stderr.write(`\r\u001B[K${terminalSafe(sentence)}`);
    },
    clear: () => void terminal.stderr.write("\r\u001B[K"),
  };
}

/** `1:02:03`, `2:03`. */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const pad = (value: number) => String(value).padStart(2, "0");
  const minutes = `${Math.floor((seconds % 3_600) / 60)}:${pad(seconds % 60)}`;
  return seconds < 3_600 ? minutes : `${Math.floor(seconds / 3_600)}:${minutes.padStart(5, "0")}`;
}

/** What was done, on standard output; what may be missing, on standard error. */
export async function printExportSummary(
  { terminal, text }: CommandContext,
  { output }: ExportCommandOptions,
  summary: ExportSummary,
): Promise<void> {
  if (output === "text") {
    const { place, linesRead, linesWritten, files, sizeBytes, seconds, parts, redacted } = summary;
    const sentence = text.sentence(`exports.summary.${summary.state}`, {
      place: terminalSafe(place),
      linesRead,
      linesWritten,
      files,
      sizeBytes,
      seconds: seconds.toFixed(1),
      done: parts.done,
      total: parts.total,
      resumed: parts.resumed,
    });
    await write(terminal.stdout, `${sentence}\n`);
    for (const [pattern, count] of Object.entries(redacted)) {
      await write(terminal.stdout, `${text.sentence("exports.summary.redacted", { pattern, count })}\n`);
    }
  } else await write(terminal.stdout, jsonLine(summary));
  for (const doubt of completenessLines(summary.completeness, text)) {
    await write(terminal.stderr, `kubemate: ${terminalSafe(doubt)}\n`);
  }
}
