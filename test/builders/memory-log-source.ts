import type { LogSource, SourceCapabilities, TailEvent } from "../../src-main/core/logs/log-source.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { LogExpr, MetricExpr } from "../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../src-shared/logql/parser.ts";
import { PERL_FLAGS } from "../../src-shared/logql/regex/re2-syntax.ts";
import { compileWhole } from "../../src-shared/logql/regex/regex-test.ts";
import { COMPLETE } from "../../src-shared/model/completeness.ts";
import { levelFromLabels } from "../../src-shared/model/log-level.ts";
import { NO_READ_STATS, type MetricResult } from "../../src-shared/model/log-query.ts";
import { msFromNano, type TimeRange } from "../../src-shared/model/nano-time.ts";
import { logBatch, type PlainRow } from "./log-batches.ts";

export interface MemorySourceOptions {
  readonly rows: readonly PlainRow[];
  readonly capabilities?: Partial<SourceCapabilities>;
  /** Rows a batch holds. */
  readonly batchRows?: number;
  /** Called before each batch with the rows yielded so far; it may wait or throw. */
  readonly beforeBatch?: (yielded: number) => Promise<void> | void;
  readonly tailEvents?: (signal: AbortSignal) => AsyncIterable<TailEvent>;
  /** What the index says, instead of what there is. */
  readonly indexBytes?: number;
  readonly indexStreams?: number;
}

export interface MemoryLogSource extends LogSource {
  /** Queries as they were asked, in their order. */
  readonly asked: string[];
  readonly opened: () => number;
}

/**
 * A source over rows in memory that keeps the port's promises: half-open ranges, directions, limits, ties in the order of
 * the rows given. It reads selectors, plain line filters and `count_over_time` grouped by level; everything else of LogQL
 * is not its business.
 */
export function memoryLogSource(options: MemorySourceOptions): MemoryLogSource {
  const asked: string[] = [];
  let open = 0;
  const ordered = options.rows.toSorted((a, b) =>
    a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0,
  );
  const matching = (log: LogExpr, range: TimeRange) =>
    ordered.filter((row) => row.timestampNs >= range.startNs && row.timestampNs < range.endNs && matches(log, row));
  const logOf = (query: string): LogExpr => {
    const parsed = parseLogQl(query);
    if (!parsed.ok || parsed.expr.kind !== "log") {
      throw new AppError("loki.query-invalid", {
        text: parsed.ok ? "not a log query" : parsed.error.text,
        line: 0,
        column: 0,
      });
    }
    return parsed.expr;
  };
  return {
    asked,
    opened: () => open,
    describe: () => ({ kind: "loki", title: "memory" }),
    capabilities: () => ({
      tail: true,
      metricQueries: true,
      stats: true,
      volume: true,
      detectedFields: true,
      ...options.capabilities,
    }),
    labels: async () => [...new Set(ordered.flatMap(({ labels }) => Object.keys(labels)))].sort(),
    labelValues: async (label) => [...new Set(ordered.flatMap(({ labels }) => labels[label] ?? []))].sort(),
    series: async () => ordered.map(({ labels }) => labels),
    async *read(query, signal) {
      asked.push(`read ${query.expr} ${query.direction}`);
      open += 1;
      try {
        const found = matching(logOf(query.expr), query.range);
        const directed = query.direction === "forward" ? found : found.toReversed();
        const rows = directed.slice(0, query.limit ?? undefined);
        const size = options.batchRows ?? 1_000;
        for (let from = 0; from < rows.length; from += size) {
          await options.beforeBatch?.(from);
          if (signal.aborted) throw new AppError("request.cancelled", {});
          yield { kind: "batch", batch: logBatch(rows.slice(from, from + size)) };
        }
        await options.beforeBatch?.(rows.length);
        if (signal.aborted) throw new AppError("request.cancelled", {});
        const limited = query.limit !== null && rows.length === query.limit;
        yield {
          kind: "end",
          completeness: limited
            ? { verdict: "incomplete", reasons: [{ kind: "limit-reached", limit: query.limit }] }
            : COMPLETE,
          stats: { ...NO_READ_STATS, requests: 1 },
        };
      } finally {
        open -= 1;
      }
    },
    tail: (_query, signal) => options.tailEvents?.(signal) ?? (async function* () {})(),
    metric: async ({ expr, range, stepNs }) => {
      asked.push(`metric ${expr}`);
      const parsed = parseLogQl(expr);
      if (!parsed.ok) throw new AppError("loki.query-invalid", { text: parsed.error.text, line: 0, column: 0 });
      const { log, intervalNs, offsetNs } = countedRange(parsed.expr as MetricExpr);
      const series = new Map<string, MetricResult["series"][number]>();
      for (let at = range.startNs; at <= range.endNs; at += stepNs ?? 1n + range.endNs - range.startNs) {
        // Loki's window: left open, right closed, moved back by the offset.
        const endNs = at - offsetNs + 1n;
        const counts = Map.groupBy(matching(log, { startNs: endNs - intervalNs, endNs }), levelOf);
        for (const [level, rows] of counts) {
          const one = series.get(level) ?? { metric: { detected_level: level }, points: [] };
          series.set(level, one);
          one.points.push([msFromNano(at) / 1_000, String(rows.length)]);
        }
      }
      const result: MetricResult = { resultType: "matrix", series: [...series.values()], warnings: [] };
      return { result, completeness: COMPLETE, stats: NO_READ_STATS };
    },
    stats: async (selector, range) => {
      asked.push(`stats ${selector}`);
      const rows = matching(logOf(selector), range);
      return {
        streams: options.indexStreams ?? new Set(rows.map(({ labels }) => JSON.stringify(labels))).size,
        chunks: 1,
        bytes: options.indexBytes ?? bytesOf(rows),
        entries: rows.length,
      };
    },
    volume: async (selector, range, stepNs, byLabel) => {
      asked.push(`volume ${selector} by ${byLabel}`);
      const series = new Map<string, MetricResult["series"][number]>();
      for (let from = range.startNs; from < range.endNs; from += stepNs) {
        const to = from + stepNs < range.endNs ? from + stepNs : range.endNs;
        // The last millisecond of a bucket, the end of the last one.
        const atMs = msFromNano(to) - (to === range.endNs ? 0 : 1);
        const values = Map.groupBy(
          matching(logOf(selector), { startNs: from, endNs: to }),
          (row) => row.labels[byLabel],
        );
        for (const [value, rows] of values) {
          if (value === undefined) continue;
          const one = series.get(value) ?? { metric: { [byLabel]: value }, points: [] };
          series.set(value, one);
          one.points.push([atMs / 1_000, String(bytesOf(rows))]);
        }
      }
      return { resultType: "matrix", series: [...series.values()], warnings: [] };
    },
    detectedFields: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

function countedRange(expr: MetricExpr): { log: LogExpr; intervalNs: bigint; offsetNs: bigint } {
  if (expr.kind === "vectorAggregation") return countedRange(expr.inner);
  if (expr.kind === "rangeAggregation" && expr.op === "count_over_time") return expr.range;
  throw new Error(`a memory source does not evaluate ${expr.kind}`);
}

function levelOf(row: PlainRow): string {
  return row.level ?? levelFromLabels(row.labels) ?? "unknown";
}

function bytesOf(rows: readonly PlainRow[]): number {
  return rows.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0);
}

function matches(log: LogExpr, row: PlainRow): boolean {
  const selected = log.selector.matchers.every(({ name, op, value }) => {
    const actual = row.labels[name] ?? "";
    if (op === "=" || op === "!=") return (actual === value) === (op === "=");
    return compileWhole(value, { ...PERL_FLAGS, dotNl: true })(actual) === (op === "=~");
  });
  return (
    selected &&
    log.stages.every((stage) => {
      if (stage.kind !== "lineFilter" || stage.op !== "|=") return true;
      return stage.operands.some(({ text }) => Buffer.from(row.line).includes(text));
    })
  );
}
