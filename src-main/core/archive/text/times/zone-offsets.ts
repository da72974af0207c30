import { AppError } from "../../../../../src-shared/errors/app-error.ts";

/** Transitions of all zones since 1900 lie on quarters of an hour, so one answer holds for one quarter. */
const QUARTER_SECONDS = 900;
const DAY_SECONDS = 86_400;

/** How far a zone is from UTC at a local time, in seconds east. */
export interface ZoneOffsets {
  /**
   * For a local time as seconds since 1970 by the wall clock. An hour that a zone lives through twice is the earlier one; one
   * that it leaves out is moved forward by what was left out, as Java and Temporal's `compatible` do. Two changes of a zone within
   * 48 hours, which never were since 1950, would be seen as one.
   */
  atLocal(localSeconds: number): number;
}

/** A zone by its name: `UTC`, `Z`, `+08:00`, `-0530`, or IANA's. Throws `archive.assumption-invalid` for anything else. */
export function zoneOffsets(zone: string): ZoneOffsets {
  if (/^(utc|z|gmt)$/i.test(zone)) return { atLocal: () => 0 };
  const fixed = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (fixed !== null) {
    const [, sign, hours = "0", minutes = "0"] = fixed;
    if (Number(hours) > 18 || Number(minutes) > 59) throw invalid(zone);
    const seconds = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === "-" ? -1 : 1);
    return { atLocal: () => seconds };
  }
  return new NamedZone(zone);
}

class NamedZone implements ZoneOffsets {
  readonly #format: Intl.DateTimeFormat;
  readonly #byQuarter = new Map<number, number>();
  #lastQuarter = Number.NaN;
  #lastOffset = 0;

  constructor(zone: string) {
    try {
      this.#format = new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        calendar: "gregory",
        numberingSystem: "latn",
        hourCycle: "h23",
        era: "short",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch (error) {
      throw invalid(zone, error);
    }
  }

  atLocal(localSeconds: number): number {
    const quarter = Math.floor(localSeconds / QUARTER_SECONDS);
    if (quarter === this.#lastQuarter) return this.#lastOffset;
    let offset = this.#byQuarter.get(quarter);
    if (offset === undefined) {
      offset = this.#find(quarter * QUARTER_SECONDS);
      this.#byQuarter.set(quarter, offset);
    }
    this.#lastQuarter = quarter;
    this.#lastOffset = offset;
    return offset;
  }

  #find(local: number): number {
    const before = this.#atUtc(local - DAY_SECONDS);
    const after = this.#atUtc(local + DAY_SECONDS);
    if (before === after) return before;
    const fits = [before, after].filter((offset) => this.#atUtc(local - offset) === offset);
    return fits.length === 0 ? before : Math.max(...fits);
  }

  #atUtc(seconds: number): number {
    const parts = new Map(this.#format.formatToParts(seconds * 1_000).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const year = parts.get("era") === "BC" ? 1 - part("year") : part("year");
    const wall = new Date(0);
    wall.setUTCFullYear(year, part("month") - 1, part("day"));
    wall.setUTCHours(part("hour"), part("minute"), part("second"));
    return wall.getTime() / 1_000 - seconds;
  }
}

function invalid(zone: string, cause?: unknown): AppError {
  return new AppError("archive.assumption-invalid", { name: "zone", value: zone.slice(0, 64) }, { cause });
}
