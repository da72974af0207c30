import { withoutReturn, type BlockWindow } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import { floorSeconds, type EntryCollector } from "./entry-collector.ts";
import { isoStamp } from "./times/numeric-stamps.ts";
import { NO_ZONE, Stamp } from "./times/stamp.ts";
import { StampClock, TIME_OK, TIME_UNREPRESENTABLE } from "./times/stamp-clock.ts";
import { timeRule } from "./times/time-rules.ts";

/** Calls back for each line that begins in the block, without its line end; `false` from `take` ends the reading. */
export function eachLine(
  window: BlockWindow,
  out: EntryCollector,
  take: (start: number, end: number, own: boolean) => boolean,
): void {
  let at = window.firstLine();
  if (at < 0) return;
  while (!window.endsAt(at)) {
    const newline = window.lineEnd(at, at);
    if (newline < 0) {
      out.tooLongLines += 1;
      return;
    }
    const own = at < window.ownEnd;
    if (!take(at, withoutReturn(window.bytes, at, newline), own)) return;
    at = newline + 1;
  }
}

/** Lines without any time: line `i` of the file is `i` nanoseconds after the instant that was said. */
export function readTimelessText(window: BlockWindow, place: TextPlace, out: EntryCollector): void {
  const count = new LineCount(place);
  eachLine(window, out, (start, end, own) => {
    if (!own) return false;
    out.timed(count.seconds, count.nanos, start, end, 0);
    count.next();
    return true;
  });
}

/** The clock of lines without time. */
class LineCount {
  seconds: number;
  nanos: number;

  constructor(place: TextPlace) {
    const firstNs = (place.reading.timelessFromNs ?? 0n) + BigInt(place.firstEntry);
    const floor = floorSeconds(firstNs);
    this.seconds = Number(floor);
    this.nanos = Number(firstNs - floor * 1_000_000_000n);
  }

  next(): void {
    this.nanos += 1;
    if (this.nanos < 1_000_000_000) return;
    this.nanos = 0;
    this.seconds += 1;
  }
}

/**
 * `kubectl logs`, where each line is an entry: `[pod/<pod>/<container>] ` before it with `--prefix` becomes labels; with
 * `--timestamps` the time before it is the entry's and no longer part of the text; else the text's own time is looked for.
 */
export function readKubectlLines(window: BlockWindow, place: TextPlace, out: EntryCollector): void {
  const { format, zone, year, timeRule: ruleName } = place.reading;
  const clock = new StampClock(zone, year, place.carry.date);
  const stamp = new Stamp();
  const rule = ruleName === null ? null : timeRule(ruleName);
  const prefixes = new PrefixStreams(place, out);
  const count = new LineCount(place);
  eachLine(window, out, (start, end, own) => {
    if (!own) return false;
    const bytes = window.bytes;
    const text = afterPrefix(bytes, start, end);
    const stream = text === start ? 0 : prefixes.stream(bytes, start, text);
    if (format === "kubectl-timestamps") {
      if (!isoStamp(bytes, text, end, stamp) || stamp.zoneSeconds === NO_ZONE || !isSpaceOrEnd(bytes, stamp.end, end)) {
        out.unreadable(window, start, end);
      } else addTimed(window, clock, stamp, out, Math.min(end, stamp.end + 1), end, stream);
    } else if (rule === null) {
      out.timed(count.seconds, count.nanos, text, end, stream);
      count.next();
    } else if (rule.parse(bytes, text, end, stamp)) addTimed(window, clock, stamp, out, text, end, stream);
    else out.untimed(text, end, stream);
    return true;
  });
  out.date = clock.date;
  out.firstDate = clock.firstDate;
}

/** An entry at a stamp's time, or at the time of the one before where the stamp means none. */
export function addTimed(
  window: BlockWindow,
  clock: StampClock,
  stamp: Stamp,
  out: EntryCollector,
  start: number,
  end: number,
  stream: number,
): number {
  const status = clock.resolve(stamp);
  if (status === TIME_OK) return out.timed(clock.seconds, clock.nanos, start, end, stream);
  if (status === TIME_UNREPRESENTABLE) out.unrepresentableTimes += 1;
  else out.countUnreadable(window, start, end);
  return out.untimed(start, end, stream);
}

/** Where the text after `[pod/<pod>/<container>] ` begins; `at` where there is no such prefix. */
export function afterPrefix(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 91 || bytes[at + 1] !== 112 || bytes[at + 2] !== 111 || bytes[at + 3] !== 100) return at;
  if (bytes[at + 4] !== 47) return at;
  const last = Math.min(end, at + 600);
  let slashes = 1;
  for (let p = at + 5; p < last; p++) {
    const byte = bytes[p];
    if (byte === 93) return slashes === 2 && bytes[p + 1] === 32 ? p + 2 : slashes === 2 && p + 1 === end ? end : at;
    if (byte === 47) slashes += 1;
    else if (byte === 32) return at;
  }
  return at;
}

function isSpaceOrEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || bytes[at] === 32;
}

/** Streams by `--prefix`. */
class PrefixStreams {
  readonly #place: TextPlace;
  readonly #out: EntryCollector;
  readonly #refs = new Map<string, number>();

  constructor(place: TextPlace, out: EntryCollector) {
    this.#place = place;
    this.#out = out;
  }

  stream(bytes: Buffer, start: number, end: number): number {
    const prefix = bytes.toString("latin1", start, end);
    let ref = this.#refs.get(prefix);
    if (ref === undefined) {
      const [pod = "", container = ""] = prefix.slice("[pod/".length, prefix.lastIndexOf("]")).split("/");
      ref = this.#out.table.of({ ...this.#place.reading.labels, pod, container }, null);
      this.#refs.set(prefix, ref);
    }
    return ref;
  }
}
