import type { LimitUnit } from "../../src-shared/model/tenants/limit.ts";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number in a limit's unit, as a terminal shows it: `449.0 KiB/s`, `5,000`, `7d`. */
export function amountWords(number: number, unit: LimitUnit): string {
  switch (unit) {
    case "bytes":
      return sizeWords(number);
    case "bytes-per-second":
      return `${sizeWords(number)}/s`;
    case "seconds":
      return durationWords(number * 1_000);
    case "share":
      return `${(number * 100).toFixed(1)} %`;
    case "count":
    case "days":
    case "none":
      return (Math.abs(number) >= 100 ? Math.round(number) : Number(number.toFixed(2))).toLocaleString("en");
  }
}

function sizeWords(bytes: number): string {
  let power = 0;
  let rest = bytes;
  while (rest >= 1_024 && power < SIZES.length - 1) {
    rest /= 1_024;
    power += 1;
  }
  return `${power === 0 ? Math.round(rest) : rest.toFixed(1)} ${SIZES[power] ?? ""}`;
}

/** The two largest units: `2h 5m`, `45s`. */
export function durationWords(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ] as const;
  const at = units.findIndex(([, size]) => ms >= size);
  if (at < 0) return "0s";
  let rest = ms;
  return units
    .slice(at, at + 2)
    .flatMap(([unit, size]) => {
      const whole = Math.floor(rest / size);
      rest -= whole * size;
      return whole === 0 ? [] : [`${whole}${unit}`];
    })
    .join(" ");
}
