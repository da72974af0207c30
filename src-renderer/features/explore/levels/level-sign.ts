import type { LogLevel } from "../../../../src-shared/model/log-level.ts";

/**
 * How a level is drawn without its colour: a shape, and the word loggers write in four or five letters. The shapes differ
 * in outline, so that they are told apart at 11 px and by those who see no colours.
 */
export interface LevelSign {
  readonly shape: string;
  readonly word: string;
}

export const LEVEL_SIGNS: Readonly<Record<LogLevel, LevelSign>> = {
  critical: { shape: "◆", word: "CRIT" },
  fatal: { shape: "◆", word: "FATAL" },
  error: { shape: "■", word: "ERROR" },
  warn: { shape: "▲", word: "WARN" },
  info: { shape: "●", word: "INFO" },
  debug: { shape: "○", word: "DEBUG" },
  trace: { shape: "·", word: "TRACE" },
  unknown: { shape: "–", word: "" },
};

/** The token of a level's colour. */
export function levelColor(level: LogLevel): string {
  return `var(--level-${level})`;
}
