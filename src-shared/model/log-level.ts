import type { LabelSet } from "./labels.ts";

/** Loki's own levels (`detected_level`), worst first; the index is what a row's level column holds. */
export const LOG_LEVELS = ["critical", "fatal", "error", "warn", "info", "debug", "trace", "unknown"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const UNKNOWN_LEVEL = LOG_LEVELS.indexOf("unknown");

const NAMES: Readonly<Record<string, LogLevel>> = {
  critical: "critical",
  crit: "critical",
  emerg: "critical",
  emergency: "critical",
  alert: "critical",
  panic: "fatal",
  fatal: "fatal",
  error: "error",
  err: "error",
  eror: "error",
  warn: "warn",
  warning: "warn",
  info: "info",
  information: "info",
  informational: "info",
  inf: "info",
  notice: "info",
  debug: "debug",
  dbug: "debug",
  trace: "trace",
};

/** The level that a written word means, whatever its case; `null` for a word that is no level. */
export function levelFromWord(word: string): LogLevel | null {
  return NAMES[word.toLowerCase()] ?? null;
}

/** Labels that name a level, in the order in which they are believed; `detected_level` is Loki's own finding. */
export const LEVEL_LABELS = ["level", "detected_level", "severity", "lvl", "log_level", "severity_text"] as const;

/** The level that a set of labels or metadata states; `null` when it states none. */
export function levelFromLabels(labels: LabelSet): LogLevel | null {
  for (const name of LEVEL_LABELS) {
    const value = labels[name];
    if (value !== undefined) {
      const level = levelFromWord(value);
      if (level !== null) return level;
    }
  }
  return null;
}
