import type { ApiClient } from "../../src-shared/api/client.ts";
import type { ConsoleApi } from "../../src-shared/api/console-api.ts";
import type { ResultSetState, RowWindow, TextMatch } from "../../src-shared/api/logs.api.ts";
import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { COMPLETE } from "../../src-shared/model/completeness.ts";
import { resultSetIdSchema } from "../../src-shared/model/ids.ts";
import { LOG_LEVELS, type LogLevel } from "../../src-shared/model/log-level.ts";
import type { LogRow } from "../../src-shared/model/log-row.ts";
import type { SyntheticLogs } from "./synthetic-logs.ts";

export type LogsClient = ApiClient<ConsoleApi>["logs"];

/** A result set of the fake: how many rows it has now, and which row of the logs each of them is. */
export class FakeResultSet {
  readonly logs: SyntheticLogs;
  readonly rowAt: (number: number) => number;
  state: ResultSetState;
  readonly #watchers = new Set<(state: ResultSetState) => void>();
  readonly markers = new Map<number, LogRow>();

  constructor(id: string, logs: SyntheticLogs, rows: number, rowAt: (number: number) => number = (number) => number) {
    this.logs = logs;
    this.rowAt = rowAt;
    this.state = {
      set: resultSetIdSchema.parse(id),
      phase: "done",
      version: 1,
      rows,
      bytes: rows * 150,
      direction: "backward",
      rowsPerSecond: 0,
      dropped: 0,
      gaps: 0,
      spilledBytes: 0,
      completeness: COMPLETE,
      stats: {
        requests: 14,
        retries: 0,
        cachedSplits: 2,
        bytesProcessed: 1_288_490_189,
        linesProcessed: rows,
        queueMs: 12,
        execMs: 840,
      },
    };
    this.#times();
  }

  row(number: number): LogRow {
    const marker = this.markers.get(number);
    return marker ?? { ...this.logs.row(this.rowAt(number)), row: number };
  }

  change(change: Partial<ResultSetState>): void {
    this.state = { ...this.state, ...change, version: this.state.version + 1 };
    this.#times();
    for (const watcher of this.#watchers) watcher(this.state);
  }

  watch(watcher: (state: ResultSetState) => void): () => void {
    this.#watchers.add(watcher);
    queueMicrotask(() => {
      if (this.#watchers.has(watcher)) watcher(this.state);
    });
    return () => this.#watchers.delete(watcher);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  #times(): void {
    if (this.state.rows === 0) return;
    const ends = [this.row(0).timestampNs, this.row(this.state.rows - 1).timestampNs];
    const [firstNs = "0", lastNs = "0"] = ends;
    this.state = { ...this.state, firstNs, lastNs };
  }
}

/** What the fake leaves behind for a test to look at, and how it is made to fail. */
export interface FakeLogs {
  readonly client: LogsClient;
  readonly sets: Map<string, FakeResultSet>;
  /** Names of the calls made, in order. */
  readonly calls: string[];
  /** Milliseconds until a window is answered. */
  windowDelayMs: number;
  /** Every call of these names is refused. */
  readonly failures: Map<keyof LogsClient, WireError>;
  /** Makes the set of the next `open`, `tail`, `context`, `filter`. */
  make: (how: "open" | "tail" | "context" | "filter", input: unknown) => FakeResultSet;
}

function patternOf(match: TextMatch): RegExp {
  const source = match.kind === "regex" ? match.pattern : match.pattern.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(source, match.caseSensitive ? "" : "i");
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = (): void =>
      reject(new RemoteError({ code: "request.cancelled", params: {}, category: "cancelled", retryable: true }));
    if (signal?.aborted === true) return cancelled();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      cancelled();
    });
  });
}

const SEARCHED = 20_000;

/**
 * The logs part of the door over synthetic rows, in the page itself: for pages of the bench and for component tests. It
 * keeps the contract's shapes and timing (answers come later, never at once); what it counts is counted over the first
 * 20,000 rows and scaled.
 */
export function fakeLogs(make: FakeLogs["make"]): FakeLogs {
  const sets = new Map<string, FakeResultSet>();
  const calls: string[] = [];
  const failures: FakeLogs["failures"] = new Map();
  const find = (set: string): FakeResultSet => {
    const found = sets.get(set);
    if (found !== undefined) return found;
    throw new RemoteError({
      code: "logs.result-set-unknown",
      params: { id: set },
      category: "not-found",
      retryable: false,
    });
  };
  const add = (how: "open" | "tail" | "context" | "filter", input: unknown): FakeResultSet => {
    const set = fake.make(how, input);
    sets.set(set.state.set, set);
    return set;
  };
  const matching = (set: FakeResultSet, match: TextMatch): number[] => {
    const pattern = patternOf(match);
    const rows: number[] = [];
    for (let number = 0; number < Math.min(SEARCHED, set.state.rows); number += 1) {
      const row = set.row(number);
      if (row.kind === "entry" && pattern.test(row.line)) rows.push(number);
    }
    return rows;
  };
  const answer = async <Value>(
    name: keyof LogsClient,
    delayMs: number,
    signal: AbortSignal | undefined,
    value: () => Value,
  ): Promise<Value> => {
    calls.push(name);
    await pause(delayMs, signal);
    const failure = failures.get(name);
    if (failure !== undefined) throw new RemoteError(failure);
    return value();
  };
  const client: LogsClient = {
    labels: (_input, options) => answer("labels", 5, options?.signal, () => ["app", "container", "namespace", "pod"]),
    labelValues: (input, options) =>
      answer("labelValues", 5, options?.signal, () => {
        const set = fake.make("open", input);
        return [...new Set(set.logs.streams.flatMap((stream) => stream[input.label] ?? []))].toSorted();
      }),
    series: (input, options) => answer("series", 5, options?.signal, () => [...fake.make("open", input).logs.streams]),
    detectedFields: (_input, options) =>
      answer("detectedFields", 20, options?.signal, () => [
        { label: "latency_ms", type: "int" as const, cardinality: 812, parsers: ["logfmt"] },
        { label: "account", type: "int" as const, cardinality: 9_120, parsers: ["logfmt"] },
        { label: "msg", type: "string" as const, cardinality: 6, parsers: ["logfmt"] },
      ]),
    estimate: (input, options) =>
      answer("estimate", 10, options?.signal, () => {
        const catchAll = input.query.includes(".+");
        return {
          stats: {
            streams: catchAll ? 81_204 : 8,
            chunks: 4_210,
            bytes: catchAll ? 2.4e12 : 2.1e9,
            entries: 12_400_000,
          },
          warnings: catchAll
            ? [
                {
                  kind: "catch-all" as const,
                  params: { selector: '{app=~".+"}' },
                  suggestions: ['namespace="core-banking"', 'app="payments"'],
                },
                { kind: "many-bytes" as const, params: { bytes: 2.4e12, limitBytes: 2e10 }, suggestions: [] },
              ]
            : [],
          confirm: catchAll,
        };
      }),
    volume: (input, options) =>
      answer("volume", 20, options?.signal, () => {
        const startNs = BigInt(input.range.startNs);
        const bucketNs = (BigInt(input.range.endNs) - startNs) / BigInt(input.buckets) || 1n;
        return {
          startNs: String(startNs),
          bucketNs: String(bucketNs),
          buckets: Array.from({ length: input.buckets }, (_, bucket) => {
            const wave = 1 + Math.sin(bucket / 9) + (bucket > 70 && bucket < 82 ? 2.2 : 0);
            return {
              error: Math.round(40 * wave * (bucket > 70 && bucket < 82 ? 6 : 1)),
              warn: Math.round(110 * wave),
              info: Math.round(900 * wave + 200),
              debug: Math.round(180 * wave),
            };
          }),
          whole: true,
          unit: "entries" as const,
        };
      }),
    metric: (input, options) =>
      answer("metric", 30, options?.signal, () => ({
        resultType: "matrix" as const,
        series: ["payments", "ledger", "cards"].map((app, index) => ({
          metric: { app },
          points: Array.from({ length: 60 }, (_, at): [number, string] => [
            Number(BigInt(input.range.startNs) / 1_000_000_000n) + at * 15,
            (20 + 10 * index + 8 * Math.sin(at / (4 + index))).toFixed(3),
          ]),
        })),
        warnings: [],
        completeness: COMPLETE,
        stats: {
          requests: 1,
          retries: 0,
          cachedSplits: 0,
          bytesProcessed: 9e8,
          linesProcessed: 4e6,
          queueMs: 3,
          execMs: 210,
        },
      })),
    open: (input) => answer("open", 15, undefined, () => add("open", input).state),
    tail: (input) => answer("tail", 15, undefined, () => add("tail", input).state),
    stop: (input) =>
      answer("stop", 5, undefined, () => {
        const set = find(input.set);
        set.change({ phase: "stopped", rowsPerSecond: 0 });
        return set.state;
      }),
    close: (input) => answer("close", 5, undefined, () => ({ closed: sets.delete(input.set) })),
    watch: (input, observer) => {
      calls.push("watch");
      const undo = find(input.set).watch((state) => observer.onData(state));
      return { unsubscribe: undo };
    },
    window: (input, options) =>
      answer("window", fake.windowDelayMs, options?.signal, (): RowWindow => {
        const set = find(input.set);
        const to = Math.min(set.state.rows, input.from + input.count);
        const rows: LogRow[] = [];
        for (let number = input.from; number < to; number += 1) rows.push(set.row(number));
        return {
          version: set.state.version,
          total: set.state.rows,
          from: input.from,
          streams: [...set.logs.streams],
          rows,
        };
      }),
    lineText: (input, options) =>
      answer("lineText", 5, options?.signal, () => {
        const set = find(input.set);
        const whole = set.logs.line(set.rowAt(input.row));
        const text = whole.slice(input.offset, input.offset + input.length);
        const next = input.offset + text.length;
        return { text, nextOffset: next < whole.length ? next : null, lineBytes: whole.length };
      }),
    rowAt: (_input, options) => answer("rowAt", 5, options?.signal, () => ({ row: 0 })),
    find: (input, observer) => {
      calls.push("find");
      const set = find(input.set);
      const rows = matching(set, input.match);
      const scale = set.state.rows / Math.min(SEARCHED, Math.max(1, set.state.rows));
      const density = Array.from({ length: input.gutter }, () => 0);
      for (const row of rows) {
        for (let copy = 0; copy < scale; copy += 1) {
          const slot = Math.floor(((row + copy * SEARCHED) / set.state.rows) * input.gutter);
          if (slot < density.length) density[slot] = (density[slot] ?? 0) + 1;
        }
      }
      const timer = setTimeout(() => {
        const matches = Math.round(rows.length * scale);
        observer.onData({ matches, scannedRows: set.state.rows, totalRows: set.state.rows, done: true, density });
        observer.onEnd?.();
      }, 10);
      return { unsubscribe: () => clearTimeout(timer) };
    },
    findNext: (input, options) =>
      answer("findNext", 5, options?.signal, () => {
        const rows = matching(find(input.set), input.match);
        if (rows.length === 0) return { row: -1, index: -1, wrapped: false };
        const next = rows.findIndex((row) => row > input.fromRow);
        const previous = rows.findLastIndex((row) => row < input.fromRow);
        const index = input.direction === "next" ? next : previous;
        const wrapped = index < 0;
        const at = wrapped ? (input.direction === "next" ? 0 : rows.length - 1) : index;
        return { row: rows[at] ?? -1, index: at, wrapped };
      }),
    filter: (input) => answer("filter", 15, undefined, () => add("filter", input).state),
    histogram: (input, options) =>
      answer("histogram", 10, options?.signal, () => {
        const { state } = find(input.set);
        const [a, b] = [BigInt(state.firstNs ?? "0"), BigInt(state.lastNs ?? "1")];
        const startNs = a < b ? a : b;
        const bucketNs = ((a < b ? b : a) - startNs) / BigInt(input.buckets) + 1n;
        const each = state.rows / input.buckets;
        return {
          startNs: String(startNs),
          bucketNs: String(bucketNs),
          buckets: Array.from({ length: input.buckets }, () => ({
            info: Math.round(each * 0.9),
            error: Math.round(each * 0.1),
          })),
          whole: state.phase === "done",
        };
      }),
    fieldStats: (input, options) =>
      answer("fieldStats", 20, options?.signal, () => fieldStats(find(input.set), input.top)),
    context: (input) =>
      answer("context", 15, undefined, () => ({
        ...add("context", input).state,
        anchorRow: Math.min(input.before, input.row),
      })),
    copy: (input, options) =>
      answer("copy", 5, options?.signal, () => {
        const set = find(input.set);
        const from = input.cursor ?? input.from;
        const to = Math.min(input.to, from + 500);
        const lines: string[] = [];
        for (let number = from; number < to; number += 1) lines.push(set.logs.line(set.rowAt(number)));
        return { text: `${lines.join("\n")}\n`, cursor: to < input.to ? to : null, rows: to - from };
      }),
    pods: (_input, options) => answer("pods", 5, options?.signal, () => []),
  };
  const fake: FakeLogs = { client, sets, calls, failures, windowDelayMs: 2, make };
  return fake;
}

function fieldStats(set: FakeResultSet, top: number): Awaited<ReturnType<LogsClient["fieldStats"]>> {
  const counts = new Map<string, Map<string, number>>();
  const scanned = Math.min(2_000, set.state.rows);
  const count = (from: string, labels: Readonly<Record<string, string>> | undefined): void => {
    for (const [name, value] of Object.entries(labels ?? {})) {
      const values = counts.get(`${from} ${name}`) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      counts.set(`${from} ${name}`, values);
    }
  };
  for (let number = 0; number < scanned; number += 1) {
    const row = set.row(number);
    if (row.kind !== "entry") continue;
    count("label", set.logs.streams[row.stream]);
    count("metadata", row.metadata);
    count("parsed", row.parsed);
  }
  const fields = [...counts].map(([key, values]) => {
    const [from = "", name = ""] = key.split(" ");
    const sorted = [...values].toSorted((a, b) => b[1] - a[1]);
    return {
      name,
      from: from === "label" ? ("label" as const) : from === "metadata" ? ("metadata" as const) : ("parsed" as const),
      rows: sorted.reduce((sum, [, rows]) => sum + rows, 0),
      distinct: values.size,
      exact: values.size < 1_000,
      top: sorted.slice(0, top).map(([value, rows]) => ({ value, rows })),
    };
  });
  return { fields, scannedRows: scanned, whole: scanned === set.state.rows };
}

/** Every level once, for legends. */
export const ALL_LEVELS: readonly LogLevel[] = LOG_LEVELS;
