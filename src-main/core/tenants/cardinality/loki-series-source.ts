import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { TimeRange } from "../../../../src-shared/model/nano-time.ts";
import type { LogSource } from "../../logs/log-source.ts";
import type { SampledLines, SeriesSource } from "./series-source.ts";

/** Asks Loki as one tenant, with retries; the answer's bytes, at most so many. */
export type AskLoki = (
  call: { readonly path: string; readonly params: URLSearchParams; readonly maxBytes: number },
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** What one answer of `/series` may have. */
const MOST_BYTES = 64 * 2 ** 20;

/** The series of one tenant of a Loki: `/series` as bytes, all else through the log source. The source is closed with it. */
export function lokiSeriesSource(ask: AskLoki, logs: LogSource): SeriesSource {
  return {
    series: (selector, range, signal) => {
      const params = new URLSearchParams({ start: `${range.startNs}`, end: `${range.endNs}` });
      // Loki answers with all series where no selector is given.
      if (selector !== null) params.append("match[]", selector);
      return ask({ path: "/loki/api/v1/series", params, maxBytes: MOST_BYTES }, signal);
    },
    stats: (selector, range, signal) => logs.stats(selector, range, signal),
    labels: (selector, range, signal) => logs.labels(range, selector, signal),
    labelValues: (label, selector, range, signal) => logs.labelValues(label, range, selector, signal),
    lines: (selector, range, limit, signal) => newestLines(logs, selector, range, limit, signal),
    [Symbol.asyncDispose]: () => logs[Symbol.asyncDispose](),
  };
}

async function* newestLines(
  logs: LogSource,
  expr: string,
  range: TimeRange,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<SampledLines, void, undefined> {
  for await (const event of logs.read({ expr, range, direction: "backward", limit }, signal)) {
    if (event.kind !== "batch") continue;
    const { rowCount, lineOffsets, lineBytes } = event.batch;
    if (lineOffsets.length !== rowCount + 1) throw new AppError("loki.bad-response", { status: 200, problem: "rows" });
    yield { lineOffsets, lineBytes };
  }
}
