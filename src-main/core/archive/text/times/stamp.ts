/** A time that does not say its zone. */
export const NO_ZONE = 0x7fff_ffff;
/** A time that does not say its year. */
export const NO_YEAR = -1;
/** A time given as seconds since the epoch. */
export const EPOCH = -2;

/**
 * The parts of a time as a line writes them; one object is filled again and again, so that no line costs an allocation.
 * With `year` `EPOCH`, `epochSeconds` counts and the calendar's parts do not.
 */
export class Stamp {
  year = 0;
  /** 1–12; 0 only in the year 0, as databases write "never". */
  month = 0;
  day = 0;
  hour = 0;
  minute = 0;
  /** 0–60; 60 is the first second of the next minute. */
  second = 0;
  nanos = 0;
  /** East of UTC, or `NO_ZONE`. */
  zoneSeconds = NO_ZONE;
  epochSeconds = 0;
  /** Where the text after the time begins. */
  end = 0;
}

/**
 * Reads a time that begins at `at` and ends before `end`, into `stamp`. `false` when there is none; the stamp is then
 * undefined. The calendar (30 February) is not checked here: such a line has a time, one that means nothing.
 */
export type StampParser = (bytes: Uint8Array, at: number, end: number, stamp: Stamp) => boolean;
