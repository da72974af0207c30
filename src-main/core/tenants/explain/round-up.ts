import type { LimitDefinition } from "../../../../src-shared/model/tenants/limit.ts";
import { yamlOfNumber } from "../limits/limit-value.ts";

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const UNIT = 1_024;

/** The next round figure that is not below a number, as a person would set it in this limit's unit. */
export function roundUp(limit: LimitDefinition, number: number): number {
  switch (limit.unit) {
    case "bytes":
    case "bytes-per-second":
      return limit.key.endsWith("_mb") ? rounded(number / UNIT ** 2) * UNIT ** 2 : wholeBytes(number);
    case "seconds":
      return wholeSeconds(number);
    case "count":
    case "days":
    case "none":
      return Math.ceil(rounded(Math.max(1, Math.ceil(number))));
    case "share":
      return number;
  }
}

/** As it is written in the file: `6`, `1536KB`, `2h`. */
export function limitText(limit: LimitDefinition, number: number): string {
  return String(yamlOfNumber(limit, number));
}

function rounded(number: number): number {
  if (number <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(number));
  // A hair above a step is the step: sums of rates are never exact.
  const step = STEPS.find((candidate) => candidate * power >= number * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(6));
}

/** Loki's sizes are whole numbers of a unit. */
function wholeBytes(bytes: number): number {
  let unit = 1;
  while (bytes >= 10 * unit * UNIT) unit *= UNIT;
  return Math.ceil(rounded(bytes / unit)) * unit;
}

function wholeSeconds(seconds: number): number {
  const unit = seconds > 2 * 86_400 ? 86_400 : seconds > 7_200 ? 3_600 : seconds > 120 ? 60 : 1;
  return Math.ceil(seconds / unit - 1e-9) * unit;
}
