import type { DayOrder, FileFormat } from "../../../../src-shared/model/archive.ts";
import { detectTimeRule, type TimeRuleFound } from "./detect-time-rule.ts";
import { JsonMembers, skipBlank } from "./json-members.ts";
import { CriLine } from "./read-container-lines.ts";
import { afterPrefix } from "./read-plain-lines.ts";
import { exampleOf, sampleLines, type SampleLine, type TextSample } from "./text-sample.ts";
import { isoStamp } from "./times/numeric-stamps.ts";
import { NO_ZONE, Stamp } from "./times/stamp.ts";

export interface FormatFound {
  readonly format: FileFormat;
  /** How times of the text are read; `null` where the format has its own, or there are none. */
  readonly times: TimeRuleFound | null;
  /** A line, where lines have no time at all. */
  readonly timeless: string | null;
}

export interface FormatWishes {
  /** Said by a person, so not looked for. */
  readonly format: FileFormat | null;
  readonly dayOrder: DayOrder | null;
}

/**
 * The format that most of the file's first lines have. JSON lines of no known log format, and everything else, are text whose
 * times are looked for.
 */
export function detectFormat(sample: TextSample, wishes: FormatWishes): FormatFound {
  const lines = sampleLines(sample.head, true, sample.whole);
  const later = sample.pieces.slice(1).flatMap((piece) => sampleLines(piece, false, false));
  const format = wishes.format ?? lineFormat(sample, lines);
  if (format !== "text" && format !== "kubectl") return { format, times: null, timeless: null };
  const [first, rest] = format === "kubectl" ? [lines.map(withoutPrefix), later.map(withoutPrefix)] : [lines, later];
  const times = detectTimeRule(first, rest, sample.whole, wishes.dayOrder);
  const [example] = lines;
  return { format, times, timeless: times === null ? (example === undefined ? "" : exampleOf(example)) : null };
}

function lineFormat(sample: TextSample, lines: readonly SampleLine[]): FileFormat {
  if (beginsAsPush(sample.head)) return "loki-push";
  const counts = new Map<FileFormat, number>();
  let stamped = 0;
  let nine = 0;
  for (const line of lines) {
    const format = formatOfLine(line);
    if (format !== null) counts.set(format, (counts.get(format) ?? 0) + 1);
    const digits = kubectlDigits(line);
    if (digits > 0) stamped += 1;
    if (digits === 9) nine += 1;
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  const most = best !== undefined && best[1] * 2 > lines.length ? best[0] : null;
  if (most !== null && most !== "kubectl") return most;
  // Each line has the time, stack traces too.
  const isEach = stamped * 20 >= lines.length * 19 && nine * 2 >= stamped;
  if (isEach && (stamped >= 2 || (stamped === 1 && lines.length === 1))) return "kubectl-timestamps";
  return most ?? "text";
}

/** What a line could be by itself; `null` for text. */
function formatOfLine(line: SampleLine): FileFormat | null {
  const { bytes, start, end } = line;
  if (bytes[start] === 91) return afterPrefix(bytes, start, end) > start ? "kubectl" : null;
  const at = skipBlank(bytes, start, end);
  if (bytes[at] === 123) return jsonFormat(bytes, at, end, line.whole);
  return new CriLine().read(bytes, start, end) ? "cri" : null;
}

function jsonFormat(bytes: Buffer, start: number, end: number, isWhole: boolean): FileFormat | null {
  const members = new JsonMembers();
  const names = new Set<string>();
  members.start(bytes, start, end);
  let before = 0;
  const note = (): void => {
    if (members.keyStart === before) return;
    before = members.keyStart;
    names.add(bytes.toString("latin1", members.keyStart, members.keyEnd));
  };
  while (members.next()) note();
  // A line that the sample cuts off has a last member with a name and without a value.
  note();
  if (!members.whole && isWhole) return null;
  if (names.has("labels") && names.has("line")) {
    if (names.has("ts")) return "kubemate-ndjson";
    if (names.has("timestamp")) return "logcli-jsonl";
  }
  if (names.has("log") && (names.has("time") || !isWhole)) return "docker-json";
  return null;
}

const PUSH = /^\s*\{\s*"streams"\s*:\s*\[\s*(?:\]|\{\s*"(?:stream|values)"\s*:)/;
const QUERY_ANSWER = /^\s*\{[\s\S]{0,400}"resultType"\s*:\s*"streams"\s*,\s*"result"\s*:\s*\[/;

/** Loki's push body, or its answer to a log query: JSON that may run over many lines. */
function beginsAsPush(head: Buffer): boolean {
  const text = head.toString("latin1", 0, 4_096);
  return PUSH.test(text) || QUERY_ANSWER.test(text);
}

/**
 * Digits of the second's fraction where a line begins as `kubectl logs --timestamps` writes it, perhaps behind `--prefix`: RFC 3339
 * with a zone, then one space; 0 elsewhere. Kubelets write nine digits (`timeFormatOut` in `pkg/kubelet/kuberuntime/logs`), older
 * ones leave zeros at the end out. A program that writes nine digits itself, on each line, cannot be told from that.
 */
function kubectlDigits({ bytes, start, end }: SampleLine): number {
  const stamp = new Stamp();
  const at = afterPrefix(bytes, start, end);
  if (!isoStamp(bytes, at, end, stamp) || stamp.zoneSeconds === NO_ZONE || bytes[at + 10] !== 84) return 0;
  if ((stamp.end < end && bytes[stamp.end] !== 32) || bytes[at + 19] !== 46) return 0;
  let p = at + 20;
  while (p < end && (bytes[p] ?? 0) >= 48 && (bytes[p] ?? 0) <= 57) p += 1;
  return p - at - 20;
}

function withoutPrefix(line: SampleLine): SampleLine {
  return { ...line, start: afterPrefix(line.bytes, line.start, line.end) };
}
