import { formatTime } from "./go-time-format.ts";
import { type GoZone, UTC } from "./go-zone.ts";

const NS_PER_SECOND = 1_000_000_000n;
/** Seconds from Go's zero time, 0001-01-01, to the Unix epoch. */
const ZERO_TIME_SECONDS = -62_135_596_800;

export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly yearDay: number;
  readonly nanosecond: number;
  readonly offset: number;
  readonly abbreviation: string;
}

/** Go's `time.Time`: an instant and the zone it is shown in. */
export class GoTime {
  readonly unixSeconds: number;
  readonly nanosecond: number;
  readonly zone: GoZone;

  constructor(unixSeconds: number, nanosecond: number, zone: GoZone = UTC) {
    this.unixSeconds = unixSeconds;
    this.nanosecond = nanosecond;
    this.zone = zone;
  }

  static fromNano(ns: bigint, zone: GoZone = UTC): GoTime {
    const nanosecond = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
    return new GoTime(Number((ns - nanosecond) / NS_PER_SECOND), Number(nanosecond), zone);
  }

  static zero(): GoTime {
    return new GoTime(ZERO_TIME_SECONDS, 0, UTC);
  }

  isZero(): boolean {
    return this.unixSeconds === ZERO_TIME_SECONDS && this.nanosecond === 0;
  }

  in(zone: GoZone): GoTime {
    return new GoTime(this.unixSeconds, this.nanosecond, zone);
  }

  unixNano(): bigint {
    return BigInt.asIntN(64, BigInt(this.unixSeconds) * NS_PER_SECOND + BigInt(this.nanosecond));
  }

  unixMilli(): bigint {
    return BigInt(this.unixSeconds) * 1_000n + BigInt(Math.floor(this.nanosecond / 1e6));
  }

  civil(): CivilTime {
    const { offset, abbreviation } = this.zone.at(this.unixSeconds);
    const date = new Date((this.unixSeconds + offset) * 1_000);
    const year = date.getUTCFullYear();
    const newYear = new Date(0);
    newYear.setUTCFullYear(year, 0, 1);
    return {
      year,
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      weekday: date.getUTCDay(),
      yearDay: Math.floor((date.getTime() - newYear.getTime()) / 86_400_000) + 1,
      nanosecond: this.nanosecond,
      offset,
      abbreviation,
    };
  }

  format(layout: string): string {
    return formatTime(this.civil(), layout);
  }

  toString(): string {
    return this.format("2006-01-02 15:04:05.999999999 -0700 MST");
  }
}
