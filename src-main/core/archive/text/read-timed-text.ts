import { withoutReturn, type BlockWindow } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import type { EntryCollector } from "./entry-collector.ts";
import { Stamp } from "./times/stamp.ts";
import { StampClock, TIME_MEANINGLESS, TIME_OK, TIME_UNREPRESENTABLE } from "./times/stamp-clock.ts";
import { timeRule } from "./times/time-rules.ts";

/** The lines before a file's first time. */
const BEFORE_FIRST_TIME = -1;

/**
 * Text whose entries begin with lines that have a time; a line without one (a stack trace) joins the entry before, with the
 * newline between them, carriage returns and empty lines at an entry's end left out. Lines before the file's first time are
 * one entry with that time. An entry keeps its text whole, the time included.
 */
export function readTimedText(window: BlockWindow, place: TextPlace, out: EntryCollector): void {
  const { zone, year, timeRule: ruleName } = place.reading;
  const rule = timeRule(ruleName ?? "");
  const clock = new StampClock(zone, year, place.carry.date);
  const stamp = new Stamp();
  let at = window.firstLine();
  let entryStart = -1;
  let entryEnd = -1;
  let emptyLines = 0;
  // The first block has what is before the file's first time, also where only empty lines of it are the block's own.
  let beforeFirst = window.atFileStart;
  let status: number = TIME_OK;

  const finish = (): void => {
    if (entryStart < 0) return;
    if (status === TIME_OK) out.timed(clock.seconds, clock.nanos, entryStart, entryEnd, 0);
    else {
      if (status === TIME_UNREPRESENTABLE) out.unrepresentableTimes += 1;
      else if (status === TIME_MEANINGLESS) out.countUnreadable(window, entryStart, entryEnd);
      out.untimed(entryStart, entryEnd, 0);
    }
    entryStart = -1;
  };

  if (at < 0) return;
  while (!window.endsAt(at)) {
    const own = at < window.ownEnd;
    if (!own && entryStart < 0 && !beforeFirst) break;
    const newline = window.lineEnd(at, entryStart < 0 ? at : entryStart);
    if (newline < 0) {
      // The lines before it stay; what follows it in the block's entry is not looked at.
      out.tooLongLines += 1;
      break;
    }
    const bytes = window.bytes;
    const end = withoutReturn(bytes, at, newline);
    if (rule.parse(bytes, at, end, stamp)) {
      finish();
      beforeFirst = false;
      if (!own) break;
      status = clock.resolve(stamp);
      entryStart = at;
      entryEnd = end;
      emptyLines = 0;
    } else if (entryStart >= 0) {
      if (end === at) emptyLines += 1;
      else {
        entryEnd = joinLine(bytes, entryEnd, emptyLines + 1, at, end);
        emptyLines = 0;
      }
    } else if (beforeFirst && end > at) {
      entryStart = at;
      entryEnd = end;
      emptyLines = 0;
      status = BEFORE_FIRST_TIME;
    }
    at = newline + 1;
  }
  finish();
  out.date = clock.date;
  out.firstDate = clock.firstDate;
}

/** Puts a line behind an entry, `newlines` between them; moves it only where carriage returns were in between. */
function joinLine(bytes: Uint8Array, entryEnd: number, newlines: number, at: number, end: number): number {
  const target = entryEnd + newlines;
  if (target === at) return end;
  bytes.fill(10, entryEnd, target);
  bytes.copyWithin(target, at, end);
  return target + (end - at);
}
