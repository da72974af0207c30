/** A time zone: UTC, a fixed offset, or one of the IANA data base. Offsets are seconds east of UTC. */
export interface GoZone {
  readonly name: string;
  readonly at: (unixSeconds: number) => { readonly offset: number; readonly abbreviation: string };
}

export const UTC: GoZone = { name: "UTC", at: () => ({ offset: 0, abbreviation: "UTC" }) };

/** What Go calls `Local`. Loki's servers run in UTC, and an answer must not depend on where it is computed. */
export const LOCAL: GoZone = { name: "Local", at: () => ({ offset: 0, abbreviation: "UTC" }) };

export function fixedZone(offset: number, abbreviation: string): GoZone {
  return { name: abbreviation, at: () => ({ offset, abbreviation }) };
}

function ianaZone(name: string): GoZone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    timeZoneName: "short",
  });
  return {
    name,
    at: (unixSeconds) => {
      const parts = new Map(format.formatToParts(unixSeconds * 1_000).map(({ type, value }) => [type, value]));
      const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
      const local = Date.UTC(
        field("year"),
        field("month") - 1,
        field("day"),
        field("hour"),
        field("minute"),
        field("second"),
      );
      return { offset: Math.round(local / 1_000 - unixSeconds), abbreviation: parts.get("timeZoneName") ?? name };
    },
  };
}

/** Go's `time.LoadLocation`; `null` for a name that is not known. */
export function loadZone(name: string): GoZone | null {
  if (name === "" || name === "UTC") return UTC;
  if (name === "Local") return LOCAL;
  try {
    return ianaZone(name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
