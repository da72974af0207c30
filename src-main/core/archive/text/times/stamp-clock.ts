import { EPOCH, NO_YEAR, NO_ZONE, type Stamp } from "./stamp.ts";
import { zoneOffsets, type ZoneOffsets } from "./zone-offsets.ts";

/** What 64 bits of nanoseconds hold, in whole seconds: 1677-09-21 to 2262-04-11. */
const MAX_SECONDS = 9_223_372_035;

export const TIME_OK = 0;
/** A day that the calendar does not have, or a time without a zone where none was said. */
export const TIME_MEANINGLESS = 1;
/** A time that 64 bits of nanoseconds cannot hold. */
export const TIME_UNREPRESENTABLE = 2;

export interface StampDate {
  readonly year: number;
  readonly month: number;
}

/**
 * Turns stamps into instants. Years that lines do not say are counted along from line to line: a month that lies six or more
 * before the line before's begins a new year; one ten or more after it belongs to the year before, once a year has passed
 * (lines out of order around New Year).
 */
export class StampClock {
  /** Of the last stamp that was `TIME_OK`. */
  seconds = 0;
  nanos = 0;
  readonly #zone: ZoneOffsets | null;
  readonly #firstYear: number | null;
  #date: StampDate | null;
  #firstDate: StampDate | null = null;
  #dayYear = Number.NaN;
  #dayMonth = 0;
  #day = 0;
  #daySeconds = 0;

  /** `firstYear` is that of the file's first dated line; `date` that of the last one before. Throws for an unknown zone. */
  constructor(zone: string | null, firstYear: number | null, date: StampDate | null) {
    this.#zone = zone === null ? null : zoneOffsets(zone);
    this.#firstYear = firstYear;
    this.#date = date;
  }

  /** Of the last line whose time has no year. */
  get date(): StampDate | null {
    return this.#date;
  }

  /** Of the first line whose time has no year. */
  get firstDate(): StampDate | null {
    return this.#firstDate;
  }

  resolve(stamp: Stamp): typeof TIME_OK | typeof TIME_MEANINGLESS | typeof TIME_UNREPRESENTABLE {
    let seconds = stamp.epochSeconds;
    if (stamp.year !== EPOCH) {
      const year = stamp.year === NO_YEAR ? this.#countYear(stamp.month) : stamp.year;
      if (stamp.month !== this.#dayMonth || stamp.day !== this.#day || year !== this.#dayYear) {
        if (Number.isNaN(year)) return TIME_MEANINGLESS;
        if (stamp.month === 0 || stamp.day === 0) return TIME_UNREPRESENTABLE;
        if (stamp.day > daysOfMonth(year, stamp.month)) return TIME_MEANINGLESS;
        this.#dayYear = year;
        this.#dayMonth = stamp.month;
        this.#day = stamp.day;
        this.#daySeconds = daysSinceEpoch(year, stamp.month, stamp.day) * 86_400;
      }
      seconds = this.#daySeconds + stamp.hour * 3_600 + stamp.minute * 60 + stamp.second;
      if (stamp.zoneSeconds !== NO_ZONE) seconds -= stamp.zoneSeconds;
      else if (this.#zone === null) return TIME_MEANINGLESS;
      else if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) return TIME_UNREPRESENTABLE;
      else seconds -= this.#zone.atLocal(seconds);
    }
    if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) return TIME_UNREPRESENTABLE;
    this.seconds = seconds;
    this.nanos = stamp.nanos;
    return TIME_OK;
  }

  #countYear(month: number): number {
    if (this.#firstYear === null) return Number.NaN;
    const before = this.#date;
    const year = countedYear(before, month, this.#firstYear);
    if (before === null || before.year !== year || before.month !== month) this.#date = { year, month };
    this.#firstDate ??= this.#date;
    return year;
  }
}

/** The year of a line in `month` behind one at `before`, in a file whose first dated line is of `firstYear`. */
export function countedYear(before: StampDate | null, month: number, firstYear: number): number {
  if (before === null) return firstYear;
  if (before.month - month >= 6) return before.year + 1;
  return month - before.month >= 10 && before.year > firstYear ? before.year - 1 : before.year;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOfMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return MONTH_DAYS[month - 1] ?? 0;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; Howard Hinnant, "chrono-compatible low-level date algorithms". */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
