import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Completeness } from "../../src-shared/model/completeness.ts";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import type { MetricResult } from "../../src-shared/model/log-query.ts";
import type { LogSource } from "../core/logs/log-source.ts";
import { batchEntries } from "./batch-entries.ts";
import type { CommandContext } from "./command-context.ts";
import { entryJson, entryText } from "./entry-text.ts";
import type { QueryOptions } from "./query-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

/** Prints the entries of a log query as they are read; answers with the verdict. */
export async function printEntries(
  { terminal }: CommandContext,
  { output }: QueryOptions,
  source: LogSource,
  query: Parameters<LogSource["read"]>[0],
): Promise<Completeness> {
  for await (const event of source.read(query, terminal.signal)) {
    if (event.kind === "end") return event.completeness;
    if (event.kind !== "batch") continue;
    let text = "";
    for (const entry of batchEntries(event.batch)) text += output === "text" ? entryText(entry) : entryJson(entry);
    await write(terminal.stdout, text);
  }
  throw new AppError("internal", {}, { cause: new Error("a read ended without its verdict") });
}

/** Prints the points of a metric answer, one a line. */
export async function printMetric(
  { terminal }: CommandContext,
  { output }: QueryOptions,
  result: MetricResult,
): Promise<void> {
  for (const { metric, points } of result.series) {
    const text = points.map(([seconds, value]) =>
      output === "text"
        ? `${new Date(seconds * 1_000).toISOString()} ${terminalSafe(formatLabelSet(metric))} ${value}\n`
        : jsonLine({ ts: seconds, labels: metric, value }),
    );
    await write(terminal.stdout, text.join(""));
  }
}

/** `--limit`; 0 is none. */
export function parseLimit(text: string): number | null {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 0) return limit === 0 ? null : limit;
  throw new AppError("request.invalid", { path: "--limit", problem: text });
}
