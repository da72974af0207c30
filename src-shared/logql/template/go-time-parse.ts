import { GoTime } from "./go-time.ts";
import { DAYS, type LayoutElement, type LayoutPiece, MONTHS, readLayout } from "./go-time-layout.ts";
import { fixedZone, type GoZone, UTC } from "./go-zone.ts";

interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  afternoon: boolean | null;
  offset: number | null;
  abbreviation: string;
}

/** Reads one element at the front of a text: the rest of it, or `null`. */
function readElement(element: LayoutElement, text: string, fields: Fields): string | null {
  const number = (pattern: RegExp, set: (value: number) => void): string | null => {
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return null;
    set(Number(found.trim()));
    return text.slice(found.length);
  };
  const name = (names: readonly string[], length: number, set: (index: number) => void): string | null => {
    const lower = text.toLowerCase();
    const index = names.findIndex((item) =>
      lower.startsWith((length > 0 ? item.slice(0, length) : item).toLowerCase()),
    );
    if (index < 0) return null;
    set(index);
    return text.slice(length > 0 ? length : (names[index]?.length ?? 0));
  };
  switch (element) {
    case "2006":
    case "_2006":
      return number(/^\d{4}/, (value) => (fields.year = value));
    case "06":
      return number(/^\d{2}/, (value) => (fields.year = value >= 69 ? 1900 + value : 2000 + value));
    case "January":
      return name(MONTHS, 0, (index) => (fields.month = index + 1));
    case "Jan":
      return name(MONTHS, 3, (index) => (fields.month = index + 1));
    case "01":
      return number(/^\d{2}/, (value) => (fields.month = value));
    case "1":
      return number(/^\d{1,2}/, (value) => (fields.month = value));
    case "Monday":
      return name(DAYS, 0, () => undefined);
    case "Mon":
      return name(DAYS, 3, () => undefined);
    case "02":
      return number(/^\d{2}/, (value) => (fields.day = value));
    case "_2":
    case "2":
      return number(/^ ?\d{1,2}/, (value) => (fields.day = value));
    case "002":
    case "__2":
      return number(/^[ \d]{2}\d/, (value) => (fields.yearDay = value));
    case "15":
      return number(/^\d{1,2}/, (value) => (fields.hour = value));
    case "03":
      return number(/^\d{2}/, (value) => (fields.hour = value));
    case "3":
      return number(/^\d{1,2}/, (value) => (fields.hour = value));
    case "04":
      return number(/^\d{2}/, (value) => (fields.minute = value));
    case "4":
      return number(/^\d{1,2}/, (value) => (fields.minute = value));
    case "05":
      return number(/^\d{2}/, (value) => (fields.second = value));
    case "5":
      return number(/^\d{1,2}/, (value) => (fields.second = value));
    case "PM":
    case "pm": {
      const half = (element === "PM" ? /^[AP]M/ : /^[ap]m/).exec(text)?.[0];
      if (half === undefined) return null;
      fields.afternoon = half.toLowerCase() === "pm";
      return text.slice(2);
    }
    case "MST": {
      const zone = /^(?:UTC|[A-Z]{3,4}|[+-]\d{2}(?:\d{2})?)/.exec(text)?.[0];
      if (zone === undefined) return null;
      fields.abbreviation = zone;
      if (zone === "UTC") fields.offset = 0;
      return text.slice(zone.length);
    }
    case "-07":
    case "-0700":
    case "-070000":
    case "-07:00":
    case "-07:00:00":
    case "Z07":
    case "Z0700":
    case "Z070000":
    case "Z07:00":
    case "Z07:00:00":
      return readZone(element, text, fields);
  }
}

function readZone(element: LayoutElement, text: string, fields: Fields): string | null {
  if (element.startsWith("Z") && text.startsWith("Z")) {
    fields.offset = 0;
    return text.slice(1);
  }
  const colon = element.includes(":") ? ":" : "";
  const pairs = element.slice(1).replaceAll(":", "").length / 2;
  const pattern = new RegExp(
    `^([+-])(\\d{2})${pairs > 1 ? `${colon}(\\d{2})` : ""}${pairs > 2 ? `${colon}(\\d{2})` : ""}`,
  );
  const found = pattern.exec(text);
  if (found === null) return null;
  const seconds = Number(found[2]) * 3_600 + Number(found[3] ?? 0) * 60 + Number(found[4] ?? 0);
  fields.offset = found[1] === "-" ? -seconds : seconds;
  return text.slice(found[0].length);
}

function readFraction(text: string, fields: Fields, digits: number | null): string | null {
  const found = /^[.,](\d+)/.exec(text);
  if (found === null || (digits !== null && found[1]?.length !== digits)) return null;
  fields.nanosecond = Number((found[1] ?? "").slice(0, 9).padEnd(9, "0"));
  return text.slice(found[0].length);
}

function readPiece(piece: LayoutPiece, next: LayoutPiece | undefined, text: string, fields: Fields): string | null {
  if (piece.kind === "literal") return text.startsWith(piece.text) ? text.slice(piece.text.length) : null;
  if (piece.kind === "fraction") {
    if (piece.fixed) return readFraction(text, fields, piece.digits);
    return /^[.,]\d/.test(text) ? readFraction(text, fields, null) : text;
  }
  const rest = readElement(piece.element, text, fields);
  // Seconds may have a fraction that the layout does not name.
  const isSeconds = piece.element === "05" || piece.element === "5";
  if (rest === null || !isSeconds || next?.kind === "fraction" || !/^[.,]\d/.test(rest)) return rest;
  return readFraction(rest, fields, null);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? year + 400 : year, month, 0)).getUTCDate();
}

function toTime(fields: Fields, zone: GoZone): GoTime | null {
  const { year, minute, second } = fields;
  let { month, day, hour } = fields;
  if (fields.afternoon === true && hour < 12) hour += 12;
  if (fields.afternoon === false && hour === 12) hour = 0;
  if (fields.yearDay > 0) {
    month = 1;
    day = fields.yearDay;
  } else if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const local = date.getTime() / 1_000;
  if (fields.offset !== null) {
    const named = fields.offset === 0 ? UTC : fixedZone(fields.offset, fields.abbreviation);
    return new GoTime(local - fields.offset, fields.nanosecond, named);
  }
  if (fields.abbreviation !== "") return new GoTime(local, fields.nanosecond, fixedZone(0, fields.abbreviation));
  // The offset before and the one after a change of it both are tried, as Go does.
  let unix = local - zone.at(local).offset;
  unix = local - zone.at(unix).offset;
  return new GoTime(unix, fields.nanosecond, zone);
}

/** Go's `time.ParseInLocation`; `null` where that gives an error. */
export function parseTime(layout: string, text: string, zone: GoZone): GoTime | null {
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: null,
    offset: null,
    abbreviation: "",
  };
  const pieces = readLayout(layout);
  let rest: string | null = text;
  for (const [index, piece] of pieces.entries()) {
    rest = readPiece(piece, pieces[index + 1], rest, fields);
    if (rest === null) return null;
  }
  return rest === "" ? toTime(fields, zone) : null;
}
