import type { Setting } from "../../../src-shared/api/settings.api.ts";
import type { Formats } from "../../hooks/formats.ts";
import type { Translate } from "../../hooks/use-translate.ts";

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 2 ** 40,
  tib: 2 ** 40,
};

/** Reads `256 MiB`, `20g`, `1048576`: powers of 1024, as they are written elsewhere in the window. `null` when it is none. */
export function parseBytes(text: string): number | null {
  const match = /^([\d.,_ ]*\d)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return null;
  const amount = Number((match[1] ?? "").replaceAll(/[,_ ]/g, ""));
  const unit = UNITS[(match[2] ?? "").toLowerCase() || "b"];
  if (unit === undefined || !Number.isFinite(amount)) return null;
  return Math.round(amount * unit);
}

const EXACT = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
] as const;

/** Reads `100,000` and `100000`; `null` when it is no number. Both languages group digits by commas. */
export function parseAmount(text: string): number | null {
  const digits = text.trim().replaceAll(/[,_ ]/g, "");
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
}

/** Bytes in the largest unit that needs no rounding, so that reading it back gives the same number. */
export function exactBytes(value: number): string {
  for (const [name, size] of EXACT) if (value !== 0 && value % size === 0) return `${value / size} ${name}`;
  return String(value);
}

/** A setting's value in words, for its default. */
export function settingValueText(t: Translate, formats: Formats, setting: Setting, value: Setting["value"]): string {
  if (typeof value === "boolean") return value ? t("app.settings.on") : t("app.settings.off");
  if (typeof value === "number") return setting.kind === "bytes" ? exactBytes(value) : formats.number(value, 3);
  return setting.kind === "choice" ? choiceText(t, setting.key, value) : value;
}

/** The word for a choice; languages are called by their own names, roles as everywhere. */
export function choiceText(t: Translate, key: string, choice: string): string {
  return key === "safety.role"
    ? t.dynamic(`roles.${choice}`, {}, choice)
    : t.dynamic(`app.choice.${choice}`, {}, choice);
}

/** What is wrong with a number that was typed; `null` when it can be set. */
export function numberProblem(setting: Setting, value: number | null): "none" | "low" | "high" | null {
  if (value === null || !Number.isFinite(value)) return "none";
  if (setting.min !== undefined && value < setting.min) return "low";
  if (setting.max !== undefined && value > setting.max) return "high";
  return null;
}
