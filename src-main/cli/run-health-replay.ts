import type { Evidence } from "../../src-shared/model/health/verdict.ts";
import { GrayFailureDetector, type VerdictChange } from "../core/health/detection/gray-failure-detector.ts";
import { readTrace } from "../core/health/detection/read-trace.ts";
import type { CommandContext, OutputFormat } from "./command-context.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface HealthReplayOptions {
  readonly output: OutputFormat;
}

/** Replays a recording through the detector, as fast as it reads, and prints what changed. Times are Unix seconds. */
export async function runHealthReplay(
  { terminal }: CommandContext,
  { output }: HealthReplayOptions,
  file: string,
): Promise<void> {
  const detector = new GrayFailureDetector();
  const all: object[] = [];
  for await (const round of readTrace(file)) {
    terminal.signal.throwIfAborted();
    for (const change of detector.round(round)) {
      if (output === "json") all.push(changeJson(change));
      else await write(terminal.stdout, output === "ndjson" ? jsonLine(changeJson(change)) : changeText(change));
    }
  }
  if (output === "json") await write(terminal.stdout, jsonLine(all));
}

function changeJson({ atMs, scope, instance, verdict, sinceMs, evidence, causes }: VerdictChange): object {
  return {
    t: atMs / 1_000,
    scope,
    instance,
    verdict,
    since: sinceMs / 1_000,
    evidence: [
      ...evidence.map(({ sinceMs: seenMs, ...rest }) => ({ ...rest, since: seenMs / 1_000 })),
      ...causes.map((cause) => ({ ...cause, common: true })),
    ],
  };
}

function changeText({ atMs, instance, verdict, sinceMs, evidence, causes }: VerdictChange): string {
  const why = [
    ...evidence.map(evidenceText),
    ...causes.map(({ kind, tenant, value }) => `${kind}${tenant === null ? "" : ` ${tenant}`} ${value.toPrecision(3)}`),
  ];
  const since = new Date(sinceMs).toISOString();
  const text = `${new Date(atMs).toISOString()} ${instance} ${verdict} since ${since}${why.length > 0 ? `: ${why.join("; ")}` : ""}`;
  return `${terminalSafe(text)}\n`;
}

function evidenceText({ kind, own, matesMedian }: Evidence): string {
  return `${kind} ${own.toPrecision(3)}${matesMedian === null ? "" : ` against ${matesMedian.toPrecision(3)}`}`;
}
