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
  const { range, selector } = request;
  if (!source.capabilities().stats) return cutAt(range, DAY_NS).map((day) => part(day, null));
  const total = await statsOrNull(source, selector, range, signal);
  if (total === null) return cutAt(range, DAY_NS).map((day) => part(day, null));
  const size = partSize(request, total);
  const days = cutAt(range, DAY_NS);
  const split = await mapLimited(days, QUESTIONS_AT_A_TIME, (day) =>
    splitRange(day, 0, size, (asked) =>
      asked === range ? Promise.resolve(total) : source.stats(selector, asked, signal),
    ),
  );
  return split.flat();
}

function partSize({ filtered, partLines }: PartsRequest, total: IndexStats): PartSize {
  const factor = filtered ? FILTERED_FACTOR : 1;
  return {
    lines: Math.max((partLines ?? PART_LINES) * factor, total.entries / MAX_PARTS),
    bytes: Math.max(PART_BYTES * factor, total.bytes / MAX_PARTS),
  };
}

async function splitRange(
  range: TimeRange,
  unit: number,
  size: PartSize,
  ask: (range: TimeRange) => Promise<IndexStats>,
): Promise<readonly ExportPart[]> {
  const { entries, bytes } = await ask(range);
  const wanted = Math.ceil(Math.max(entries / size.lines, bytes / size.bytes));
  if (wanted <= 1) return [part(range, entries)];
  const next = nextUnit(range, unit, wanted);
  if (next === null) return [part(range, entries)];
  const children = cutAt(range, UNITS_NS[next] ?? NS_PER_SECOND);
  const split = await mapLimited(children, QUESTIONS_AT_A_TIME, (child) => splitRange(child, next, size, ask));
  return mergeSmall(split.flat(), size.lines);
}

/** The longest unit that cuts the range often enough, but not into more pieces than are worth asking about. */
function nextUnit(range: TimeRange, unit: number, wanted: number): number | null {
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

/** Neighbours that fit into one part become one, so that quiet hours do not make files of their own. */
function mergeSmall(parts: readonly ExportPart[], maxLines: number): readonly ExportPart[] {
  const merged: ExportPart[] = [];
  for (const next of parts) {
    const last = merged.at(-1);
    const lines = (last?.lines ?? 0) + (next.lines ?? 0);
    if (last !== undefined && lines <= maxLines) {
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

/** `null` where this source has no such index after all; any other failure is the export's. */
async function statsOrNull(
  source: LogSource,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexStats | null> {
  try {
    return await source.stats(selector, range, signal);
  } catch (error) {
    if (hasCode(error, "logs.unsupported")) return null;
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
