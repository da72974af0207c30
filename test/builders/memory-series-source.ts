import { AppError } from "../../src-shared/errors/app-error.ts";
import { parseLogQl } from "../../src-shared/logql/parser.ts";
import { msFromNano, type TimeRange } from "../../src-shared/model/nano-time.ts";
import type { SampledLines, SeriesSource } from "../../src-main/core/tenants/cardinality/series-source.ts";
import { seriesAnswer, type SomeLabels } from "./series-answers.ts";

export interface TimedSeries {
  readonly labels: SomeLabels;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Series that lie in memory, asked for as a Loki is; an answer with more than `mostPerAnswer` fails as Loki's does. */
export class MemorySeriesSource implements SeriesSource {
  readonly asked: (string | null)[] = [];
  readonly #all: readonly TimedSeries[];
  readonly #lines: readonly string[];
  readonly #mostPerAnswer: number;
  /** Called with each request's number before it is answered. */
  onSeries: (request: number) => void = () => {};

  constructor(
    all: readonly TimedSeries[],
    options: { readonly lines?: readonly string[]; readonly mostPerAnswer?: number } = {},
  ) {
    this.#all = all;
    this.#lines = options.lines ?? [];
    this.#mostPerAnswer = options.mostPerAnswer ?? Number.POSITIVE_INFINITY;
  }

  async series(selector: string | null, range: TimeRange): Promise<Uint8Array> {
    this.asked.push(selector);
    this.onSeries(this.asked.length);
    const found = this.#find(selector, range);
    if (found.length > this.#mostPerAnswer)
      throw new AppError("loki.failed", { status: 500, text: "message too large" });
    return seriesAnswer(found);
  }

  async stats(selector: string, range: TimeRange): ReturnType<SeriesSource["stats"]> {
    const streams = this.#find(selector, range).length;
    return { streams, chunks: streams, bytes: streams * 1_000, entries: streams * 10 };
  }

  async labels(selector: string | null, range: TimeRange): Promise<readonly string[]> {
    return [...new Set(this.#find(selector, range).flatMap((labels) => Object.keys(labels)))].sort();
  }

  async labelValues(label: string, selector: string | null, range: TimeRange): Promise<readonly string[]> {
    return [...new Set(this.#find(selector, range).flatMap((labels) => labels[label] ?? []))].sort();
  }

  async *lines(_selector: string, _range: TimeRange, limit: number): AsyncIterable<SampledLines> {
    const lines = this.#lines.slice(0, limit).map((line) => Buffer.from(line));
    const lineOffsets = new Uint32Array(lines.length + 1);
    for (const [at, line] of lines.entries()) lineOffsets[at + 1] = (lineOffsets[at] ?? 0) + line.length;
    yield { lineOffsets, lineBytes: new Uint8Array(Buffer.concat(lines)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #find(selector: string | null, range: TimeRange): SomeLabels[] {
    const [startMs, endMs] = [msFromNano(range.startNs), msFromNano(range.endNs)];
    const matches = matcherOf(selector);
    return this.#all
      .filter(({ labels, fromMs, toMs }) => fromMs < endMs && toMs >= startMs && matches(labels))
      .map(({ labels }) => labels);
  }
}

/** Whether labels match, with Loki's refusal of selectors that nothing has to match. */
export function matcherOf(selector: string | null): (labels: SomeLabels) => boolean {
  if (selector === null) return () => true;
  const parsed = parseLogQl(selector);
  if (!parsed.ok || parsed.expr.kind !== "log")
    throw new AppError("loki.query-invalid", { text: selector, line: 0, column: 0 });
  const tests = parsed.expr.selector.matchers.map(({ name, op, value }) => {
    const expression = new RegExp(`^(?:${value.replace("(?s)", "")})$`, "s");
    const is = (found: string): boolean => (op === "=" || op === "!=" ? found === value : expression.test(found));
    return (labels: SomeLabels): boolean => is(labels[name] ?? "") === (op === "=" || op === "=~");
  });
  return (labels) => tests.every((test) => test(labels));
}
