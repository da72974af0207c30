import type { CivilTime } from "./go-time.ts";
import { DAYS, type LayoutElement, type LayoutPiece, MONTHS, readLayout } from "./go-time-layout.ts";

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function yearText(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

function zoneText(element: LayoutElement, offset: number): string {
  if (element.startsWith("Z") && offset === 0) return "Z";
  const magnitude = Math.abs(offset);
  const hours = two(Math.floor(magnitude / 3_600));
  const minutes = two(Math.floor(magnitude / 60) % 60);
  const seconds = two(magnitude % 60);
  const colon = element.includes(":") ? ":" : "";
  const digits = element.slice(1).replaceAll(":", "").length;
  const parts = digits === 2 ? [hours] : digits === 4 ? [hours, minutes] : [hours, minutes, seconds];
  return (offset < 0 ? "-" : "+") + parts.join(colon);
}

function elementText(element: LayoutElement, time: CivilTime): string {
  const hour12 = time.hour % 12 === 0 ? 12 : time.hour % 12;
  switch (element) {
    case "2006":
    case "_2006":
      return yearText(time.year);
    case "06":
      return two(Math.abs(time.year) % 100);
    case "January":
      return MONTHS[time.month - 1] ?? "";
    case "Jan":
      return (MONTHS[time.month - 1] ?? "").slice(0, 3);
    case "01":
      return two(time.month);
    case "1":
      return String(time.month);
    case "Monday":
      return DAYS[time.weekday] ?? "";
    case "Mon":
      return (DAYS[time.weekday] ?? "").slice(0, 3);
    case "02":
      return two(time.day);
    case "_2":
      return String(time.day).padStart(2, " ");
    case "2":
      return String(time.day);
    case "002":
      return String(time.yearDay).padStart(3, "0");
    case "__2":
      return String(time.yearDay).padStart(3, " ");
    case "15":
      return two(time.hour);
    case "03":
      return two(hour12);
    case "3":
      return String(hour12);
    case "04":
      return two(time.minute);
    case "4":
      return String(time.minute);
    case "05":
      return two(time.second);
    case "5":
      return String(time.second);
    case "PM":
      return time.hour >= 12 ? "PM" : "AM";
    case "pm":
      return time.hour >= 12 ? "pm" : "am";
    case "MST":
      return time.abbreviation === "" ? zoneText("-0700", time.offset) : time.abbreviation;
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
      return zoneText(element, time.offset);
  }
}

function pieceText(piece: LayoutPiece, time: CivilTime): string {
  if (piece.kind === "literal") return piece.text;
  if (piece.kind === "element") return elementText(piece.element, time);
  const digits = String(time.nanosecond).padStart(9, "0").slice(0, piece.digits).padEnd(piece.digits, "0");
  if (piece.fixed) return piece.mark + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : piece.mark + trimmed;
}

/** Go's `Time.Format`. */
export function formatTime(time: CivilTime, layout: string): string {
  return readLayout(layout)
    .map((piece) => pieceText(piece, time))
    .join("");
}
