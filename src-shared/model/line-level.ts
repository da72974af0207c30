import { levelFromWord, type LogLevel } from "./log-level.ts";

/** Characters of a line that are looked at: a level stands at its beginning or is not believed. */
export const LINE_LEVEL_CHARACTERS = 200;

// `"level":"error"` and `level=error`, as JSON and logfmt lines state it.
const KEYED =
  /(?:^|[\s,{;|"'])(?:level|lvl|severity|log_?level|severity_?text)["']?\s*[=:]\s*["']?([A-Za-z]{3,13})(?![A-Za-z0-9_])/i;
// `[error]`, `<warn>`, `(info)`, whatever the case.
const BRACKETED = /[[(<]\s*([A-Za-z]{3,13})\s*[\])>]/g;
// `ERROR`, `WARN:`: a word of capitals on its own. In small letters it is prose more often than a level.
const CAPITALS = /(?:^|[\s|:,-])([A-Z]{3,13})(?=$|[\s:|,-])/g;
// `error: …` at the very beginning.
const LEADING = /^\s*([A-Za-z]{3,13}):/;
// glog and klog: `E1120 10:00:00.123456`.
const KLOG = /^([IWEF])\d{4} \d\d:/;
const KLOG_LEVELS: Readonly<Record<string, LogLevel>> = { I: "info", W: "warn", E: "error", F: "fatal" };

/**
 * The level that the beginning of a line states; `null` when it states none. A guess from words alone, for lines whose
 * labels and structured metadata say nothing: cheap before complete. Give it the first `LINE_LEVEL_CHARACTERS`.
 */
export function levelFromLine(head: string): LogLevel | null {
  const keyed = KEYED.exec(head)?.[1];
  if (keyed !== undefined) {
    const level = levelFromWord(keyed);
    if (level !== null) return level;
  }
  const leading = LEADING.exec(head)?.[1];
  if (leading !== undefined) {
    const level = levelFromWord(leading);
    if (level !== null) return level;
  }
  return firstLevel(head, BRACKETED) ?? firstLevel(head, CAPITALS) ?? klogLevel(head);
}

function firstLevel(head: string, pattern: RegExp): LogLevel | null {
  pattern.lastIndex = 0;
  for (let found = pattern.exec(head); found !== null; found = pattern.exec(head)) {
    const level = levelFromWord(found[1] ?? "");
    if (level !== null) return level;
  }
  return null;
}

function klogLevel(head: string): LogLevel | null {
  const letter = KLOG.exec(head)?.[1];
  return letter === undefined ? null : (KLOG_LEVELS[letter] ?? null);
}
