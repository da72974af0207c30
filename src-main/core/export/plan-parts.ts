import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { IndexStats } from "../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ExportPart } from "./export-checkpoint.ts";
import type { ExportQuery } from "./export-query.ts";

/** Lengths of parts, at whole multiples since the epoch: days, hours and so on in UTC. No part reaches over a day's end. */
const UNITS_NS = [86_400n, 21_600n, 3_600n, 900n, 300n, 60n, 10n, 1n].map((seconds) => seconds * NS_PER_SECOND);
const DAY_NS = 86_400n * NS_PER_SECOND;
/** By the index, which counts the lines of every replica. */
const PART_LINES = 500_000;
const PART_BYTES = 128 * 1024 * 1024;
/** So much more may be read where a pipeline leaves most of it out. */
const FILTERED_FACTOR = 8;
/** A checkpoint names every part, so their number is bounded; parts are longer where a range holds very much. */
const MAX_PARTS = 5_000;
const MAX_CHILDREN = 96n;
const QUESTIONS_AT_A_TIME = 8;

export interface PartsRequest extends ExportQuery {
  readonly range: TimeRange;
  /** Lines of one part, by the index; a bound of bytes holds beside it. */
  readonly partLines?: number;
}

interface PartSize {
  readonly lines: number;
  readonly bytes: number;
}

/**
 * The range as parts that are read one by one, ascending, half open, without gaps. Where the source has an index, parts are
 * so long that each holds about as much; a second that holds more stays one part. Where it has none, parts are days.
 */
export async function planParts(
  request: PartsRequest,
  source: LogSource,
  signal: AbortSignal,
): Promise<readonly ExportPart[]> {
  const days = cutAt(request.range, DAY_NS);
  if (!source.capabilities().stats) return days.map((day) => part(day, null));
  const ask: AskIndex = (range) => statsOrRefusal(source, request.selector, range, signal);
  const known = await mapLimited(days, QUESTIONS_AT_A_TIME, ask);
  if (known.includes("unsupported")) return days.map((day) => part(day, null));
  const size = partSize(request, known);
  const planned = await mapLimited([...days.entries()], QUESTIONS_AT_A_TIME, ([index, day]) =>
    splitRange(day, 0, size, known[index] ?? "too-long", ask),
  );
  return planned.flat();
}

/** What the index says of a range; or that there is none, or that a tenant's limit forbids to ask about so long a range. */
type IndexAnswer = IndexStats | "unsupported" | "too-long";
type AskIndex = (range: TimeRange) => Promise<IndexAnswer>;

function partSize({ filtered, partLines }: PartsRequest, known: readonly IndexAnswer[]): PartSize {
  const factor = filtered ? FILTERED_FACTOR : 1;
  const stats = known.filter((answer) => typeof answer !== "string");
  const sum = (of: (each: IndexStats) => number) => stats.reduce((total, each) => total + of(each), 0);
  return {
    lines: Math.max((partLines ?? PART_LINES) * factor, sum(({ entries }) => entries) / MAX_PARTS),
    bytes: Math.max(PART_BYTES * factor, sum(({ bytes }) => bytes) / MAX_PARTS),
  };
}

async function splitRange(
  range: TimeRange,
  unit: number,
  size: PartSize,
  known: IndexAnswer,
  ask: AskIndex,
): Promise<readonly ExportPart[]> {
  const next = typeof known === "string" ? nextUnit(range, unit, 2) : nextUnit(range, unit, partsWanted(known, size));
  if (next === null) return [part(range, typeof known === "string" ? null : known.entries)];
  const children = cutAt(range, UNITS_NS[next] ?? NS_PER_SECOND);
  const split = await mapLimited(children, QUESTIONS_AT_A_TIME, async (child) =>
    splitRange(child, next, size, await ask(child), ask),
  );
  return mergeSmall(split.flat(), size.lines);
}

function partsWanted({ entries, bytes }: IndexStats, size: PartSize): number {
  return Math.ceil(Math.max(entries / size.lines, bytes / size.bytes));
}

/** The longest unit that cuts the range often enough, but not into more pieces than are worth asking about. */
function nextUnit(range: TimeRange, unit: number, wanted: number): number | null {
  if (wanted <= 1) return null;
  const lengthNs = range.endNs - range.startNs;
  for (let next = unit + 1; next < UNITS_NS.length; next += 1) {
    const unitNs = UNITS_NS[next] ?? NS_PER_SECOND;
    if (lengthNs <= unitNs) continue;
    const finer = UNITS_NS[next + 1];
    const enough = lengthNs / unitNs >= BigInt(wanted);
    if (enough || finer === undefined || lengthNs / finer > MAX_CHILDREN) return next;
  }
  return null;
}

/** Neighbours that fit into one part become one, so that quiet hours make no files of their own. Unknown ones stay. */
function mergeSmall(parts: readonly ExportPart[], maxLines: number): readonly ExportPart[] {
  const merged: ExportPart[] = [];
  for (const next of parts) {
    const last = merged.at(-1);
    const lines = (last?.lines ?? 0) + (next.lines ?? 0);
    if (last !== undefined && last.lines !== null && next.lines !== null && lines <= maxLines) {
      merged[merged.length - 1] = { startNs: last.startNs, endNs: next.endNs, lines };
    } else merged.push(next);
  }
  return merged;
}

function part({ startNs, endNs }: TimeRange, lines: number | null): ExportPart {
  return { startNs: startNs.toString(), endNs: endNs.toString(), lines };
}

/** A range cut at whole multiples of a length since the epoch, ascending. */
export function cutAt(range: TimeRange, unitNs: bigint): readonly TimeRange[] {
  const parts: TimeRange[] = [];
  let { startNs } = range;
  while (startNs < range.endNs) {
    const whole = startNs >= 0n ? startNs / unitNs : (startNs - unitNs + 1n) / unitNs;
    const next = (whole + 1n) * unitNs;
    const endNs = next < range.endNs ? next : range.endNs;
    parts.push(startNs === range.startNs && endNs === range.endNs ? range : { startNs, endNs });
    startNs = endNs;
  }
  return parts;
}

async function statsOrRefusal(
  source: LogSource,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexAnswer> {
  try {
    return await source.stats(selector, range, signal);
  } catch (error) {
    if (hasCode(error, "logs.unsupported")) return "unsupported";
    if (hasCode(error, "loki.limit-exceeded")) return "too-long";
    throw error;
  }
}

async function mapLimited<In, Out>(
  items: readonly In[],
  limit: number,
  work: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (let from = 0; from < items.length; from += limit) {
    results.push(...(await Promise.all(items.slice(from, from + limit).map(work))));
  }
  return results;
}
