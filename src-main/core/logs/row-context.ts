import { AppError } from "../../../src-shared/errors/app-error.ts";
import { quoteGo } from "../../../src-shared/logql/text/go-quote.ts";
import { COMPLETE, mergeCompleteness, type Completeness } from "../../../src-shared/model/completeness.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { Direction, ReadStats } from "../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type NanoTime, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import { placeOf, type Anchor } from "./context-anchor.ts";
import type { LogSource } from "./log-source.ts";
import { looseRows, type LooseRow } from "./row-list.ts";

export interface ContextQuery {
  readonly anchor: Anchor;
  readonly before: number;
  readonly after: number;
  /** Labels that define "same source"; `null` for all labels of the stream. */
  readonly labels: readonly string[] | null;
  readonly nowNs: NanoTime;
}

export interface RowContext {
  /** In the order of time. */
  readonly rows: readonly LooseRow[];
  readonly anchorRow: number;
  readonly completeness: Completeness;
  readonly stats: readonly ReadStats[];
}

/** Rows of the anchor's own nanosecond that are read at most. */
const MAX_EQUAL_ROWS = 10_000;
const MINUTE = 60n * NS_PER_SECOND;
/** How far from the anchor lines are looked for, one step after the other until there are enough. */
const REACHES: readonly bigint[] = [10n * MINUTE, 120n * MINUTE, 1_440n * MINUTE, 10_080n * MINUTE];

/**
 * The lines around a row of the same source. The anchor's own nanosecond is read apart, as a whole: what is before and
 * after it is then read up to, and from just behind, that nanosecond, so no neighbour of the same time is lost or comes
 * twice wherever the anchor stands among them.
 * @throws `logs.unsupported` for a row without labels.
 */
export async function readContext(source: LogSource, query: ContextQuery, signal: AbortSignal): Promise<RowContext> {
  const { anchor } = query;
  const expr = selectorFor(anchor.row.labels, query.labels);
  const reader = new ContextReader(source, expr, signal);
  const at = anchor.row.timestampNs;
  const equals = await reader.read({ startNs: at, endNs: at + 1n }, "forward", MAX_EQUAL_ROWS);
  const place = placeOf(anchor, equals);
  // Gone from the source since it was read: it is shown all the same, and the rest may not be whole.
  const around = place === -1 ? [anchor.row, ...equals] : equals;
  if (place === -1) reader.completeness = mergeCompleteness(reader.completeness, { verdict: "unknown", reasons: [] });
  const anchorPlace = Math.max(0, place);

  const above = around.slice(0, anchorPlace);
  const below = around.slice(anchorPlace + 1);
  const earlier = await reader.reach(at, "backward", query.before - above.length, query.nowNs);
  const later = await reader.reach(at + 1n, "forward", query.after - below.length, query.nowNs);
  const upper = lastRows([...earlier.toReversed(), ...above], query.before);
  const lower = [...below, ...later].slice(0, query.after);
  return {
    rows: [...upper, ...around.slice(anchorPlace, anchorPlace + 1), ...lower],
    anchorRow: upper.length,
    completeness: reader.completeness,
    stats: reader.stats,
  };
}

function lastRows(rows: readonly LooseRow[], count: number): readonly LooseRow[] {
  return rows.slice(Math.max(0, rows.length - count));
}

class ContextReader {
  completeness: Completeness = COMPLETE;
  readonly stats: ReadStats[] = [];
  readonly #source: LogSource;
  readonly #expr: string;
  readonly #signal: AbortSignal;

  constructor(source: LogSource, expr: string, signal: AbortSignal) {
    this.#source = source;
    this.#expr = expr;
    this.#signal = signal;
  }

  async read(range: TimeRange, direction: Direction, limit: number): Promise<LooseRow[]> {
    const rows: LooseRow[] = [];
    for await (const event of this.#source.read({ expr: this.#expr, range, direction, limit }, this.#signal)) {
      if (event.kind === "batch") rows.push(...looseRows(event.batch));
      if (event.kind === "end") {
        this.stats.push(event.stats);
        this.#merge(event.completeness);
      }
    }
    return rows.slice(0, limit);
  }

  /** Up to `wanted` rows on one side of an instant, the nearest first, from as near as they are found. */
  async reach(fromNs: NanoTime, direction: Direction, wanted: number, nowNs: NanoTime): Promise<LooseRow[]> {
    const rows: LooseRow[] = [];
    let edge = fromNs;
    for (const reach of REACHES) {
      if (rows.length >= wanted) break;
      const left = wanted - rows.length;
      if (direction === "backward") {
        const startNs = fromNs - reach;
        rows.push(...(await this.read({ startNs, endNs: edge }, direction, left)));
        edge = startNs;
      } else {
        // Clocks of hosts may be a little ahead of this one.
        const lastNs = nowNs + 10n * MINUTE;
        const endNs = fromNs + reach < lastNs ? fromNs + reach : lastNs;
        if (endNs <= edge) break;
        rows.push(...(await this.read({ startNs: edge, endNs }, direction, left)));
        edge = endNs;
      }
    }
    if (rows.length < wanted && direction === "backward") {
      this.#merge({ verdict: "unknown", reasons: [{ kind: "lookback-clamped", startNs: String(edge) }] });
    }
    return rows;
  }

  /** That a read came to the limit it was given says nothing here. */
  #merge(completeness: Completeness): void {
    const reasons = completeness.reasons.filter(({ kind }) => kind !== "limit-reached");
    const limited = reasons.length === 0 && completeness.reasons.length > 0;
    this.completeness = mergeCompleteness(this.completeness, {
      verdict: limited ? "complete" : completeness.verdict,
      reasons,
    });
  }
}

function selectorFor(labels: LabelSet, wanted: readonly string[] | null): string {
  const all = Object.keys(labels);
  const chosen = wanted === null ? all : all.filter((name) => wanted.includes(name));
  const names = (chosen.length === 0 ? all : chosen).sort();
  if (names.length === 0) throw new AppError("logs.unsupported", { capability: "context" });
  return `{${names.map((name) => `${name}=${quoteGo(labels[name] ?? "")}`).join(", ")}}`;
}
