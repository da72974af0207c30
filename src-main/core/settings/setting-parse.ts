import { AppError } from "../../../src-shared/errors/app-error.ts";
import { SETTING_DEFINITIONS, type SettingDefinition, type SettingKey } from "./setting-definitions.ts";

export type RawSetting = string | number | boolean;

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTING_DEFINITIONS, key);
}

export function settingDefinition(key: SettingKey): SettingDefinition {
  return SETTING_DEFINITIONS[key];
}

/** `logs.defaultLimit` is `KUBEMATE_LOGS_DEFAULT_LIMIT`. */
export function environmentName(key: SettingKey): string {
  return `KUBEMATE_${key.replaceAll(".", "_").replace(/([a-z])([A-Z])/g, "$1_$2")}`.toUpperCase();
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * A value for a setting as a person, a file or the environment gives it: numbers also as text, bytes with a unit (`2 GiB`),
 * booleans as `true`/`false`/`1`/`0`. Throws `settings.invalid`.
 */
export function parseSetting(key: SettingKey, raw: RawSetting): RawSetting {
  const definition = settingDefinition(key);
  const invalid = (problem: string) => new AppError("settings.invalid", { key, problem });
  switch (definition.kind) {
    case "boolean": {
      if (typeof raw === "boolean") return raw;
      const word = String(raw).toLowerCase();
      if (word === "true" || word === "1") return true;
      if (word === "false" || word === "0") return false;
      throw invalid("true or false");
    }
    case "choice":
      if (typeof raw === "string" && definition.choices.includes(raw)) return raw;
      throw invalid(definition.choices.join(" | "));
    case "string":
      if (typeof raw === "string" && raw.length <= 4_096) return raw;
      throw invalid("text");
    case "number":
    case "duration":
    case "bytes": {
      const value = typeof raw === "number" ? raw : readNumber(String(raw), definition.kind === "bytes");
      if (!Number.isFinite(value)) throw invalid("number");
      if (value < definition.min || value > definition.max) throw invalid(`${definition.min} … ${definition.max}`);
      return value;
    }
    default:
      return definition satisfies never;
  }
}

function readNumber(text: string, withUnit: boolean): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) return Number.NaN;
  const [, digits = "", unit = ""] = match;
  const factor = withUnit ? UNITS[unit.toLowerCase()] : unit === "" ? 1 : undefined;
  return factor === undefined ? Number.NaN : Number(digits) * factor;
}
