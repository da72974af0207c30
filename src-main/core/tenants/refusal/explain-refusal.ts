import { bytesOf, secondsOf } from "../limits/printed-figures.ts";
import type { RefusalRule, RefusalUnit } from "./refusal-rule.ts";
import { REFUSAL_RULES } from "./refusal-rules.ts";

/** A figure of a refusal: as Loki wrote it, and as a number in the rule's unit where it is one. */
export interface RefusalFigure {
  readonly text: string;
  /** Bytes, bytes a second, seconds, a count, or milliseconds since the epoch; `null` for what is no number. */
  readonly number: number | null;
}

/** What a refusal says. */
export interface RefusalFacts {
  readonly reason: string;
  readonly path: RefusalRule["path"];
  readonly limit: string | null;
  readonly unit: RefusalUnit;
  readonly tenant: string | null;
  /** The limit's value as this process has it; see the rule's notes. */
  readonly value: RefusalFigure | null;
  /** What was asked for. */
  readonly asked: RefusalFigure | null;
  /** Labels of the stream as Loki printed them. */
  readonly stream: string | null;
  /** A name, a policy, a list: whatever else it names. */
  readonly what: string | null;
  /** Lines of a push that were refused, of how many; a push can be taken in part. */
  readonly ignored: { readonly lines: number; readonly of: number } | null;
  readonly notes: readonly string[];
}

/** Logs of collectors and of pods; nobody pastes more. */
const MAX_TEXT = 1_000_000;
/** Longer than any sentence of Loki's with its labels. */
const MAX_LINE = 65_536;
const SHORTEST = 10;
const MOST_REFUSALS = 50;
const MOST_OF_A_LINE = 10;
/** A wrapped error names each line that was refused, ten at most, and then the tenant. */
const LINES_OF_A_BODY = 12;
const IGNORED =
  /user '(?<tenant>[^']*)', total ignored: (?<lines>\d+) out of (?<of>\d+) for stream: (?<stream>\{[^\n]*\})/;
const ORG = /\b(?:org_id|tenant|orgID)[=:]\s*"?(?<tenant>[A-Za-z0-9!\-_.*'()]{1,150})/;

/**
 * What a text that Loki refused something with says: the body of a 429 or 400, or log lines that quote one, escaped or not. One
 * for each different refusal in it, in the order of the lines; none where nothing is known. A text of
 * megabytes takes seconds: those are read in a thread.
 */
export function explainRefusal(text: string): readonly RefusalFacts[] {
  const lines = unescaped(text.slice(0, MAX_TEXT)).split("\n");
  const found = new Map<string, RefusalFacts>();
  for (const [at, line] of lines.entries()) {
    for (const refusal of refusalsOf(line, () => lines.slice(at, at + LINES_OF_A_BODY).join("\n"))) {
      const { reason, tenant, stream, what, value } = refusal;
      const key = JSON.stringify([reason, tenant, stream, what, value?.text]);
      if (!found.has(key)) found.set(key, refusal);
      if (found.size >= MOST_REFUSALS) return [...found.values()];
    }
  }
  return [...found.values()];
}

function refusalsOf(line: string, body: () => string): readonly RefusalFacts[] {
  if (line.length < SHORTEST) return [];
  const cut = line.slice(0, MAX_LINE);
  const found: RefusalFacts[] = [];
  for (const rule of REFUSAL_RULES) {
    let rest = cut;
    for (let again = 0; again < MOST_OF_A_LINE; again++) {
      const match = rule.pattern.exec(rest);
      if (match === null) break;
      found.push(facts(rule, match.groups ?? {}, cut, body));
      rest = rest.slice(match.index + match[0].length);
    }
  }
  return found;
}

/** Logfmt and JSON quote the sentence: `\"` and `\n` are undone where no plain quote is left to tell otherwise. */
function unescaped(text: string): string {
  return text.includes('\\"') ? text.replace(/\\n/g, "\n").replace(/\\(["\\])/g, "$1") : text;
}

function facts(
  rule: RefusalRule,
  groups: Readonly<Record<string, string | undefined>>,
  line: string,
  body: () => string,
): RefusalFacts {
  const { reason, path, limit, unit, notes } = rule;
  // What stands in other lines is of other refusals, but for the end of a wrapped error.
  const total = (line.includes(" ignored, reason: ") ? IGNORED.exec(body())?.groups : null) ?? {};
  const told = ORG.exec(line)?.groups ?? {};
  const { lines, of } = total;
  return {
    reason,
    path,
    limit,
    unit,
    tenant: groups["tenant"] ?? total["tenant"] ?? told["tenant"] ?? null,
    value: figure(groups["value"], unit),
    asked: figure(groups["asked"], unit === "bytes-per-second" ? "bytes" : unit),
    stream: groups["stream"] ?? (path === "push" ? (total["stream"] ?? null) : null),
    what: groups["what"] ?? null,
    ignored: lines === undefined || of === undefined ? null : { lines: Number(lines), of: Number(of) },
    notes,
  };
}

function figure(text: string | undefined, unit: RefusalUnit): RefusalFigure | null {
  if (text === undefined) return null;
  return { text, number: numberOf(text, unit) };
}

function numberOf(text: string, unit: RefusalUnit): number | null {
  switch (unit) {
    case "bytes":
    case "bytes-per-second":
      return bytesOf(text);
    case "seconds":
      return secondsOf(text);
    case "count":
      return /^\d+$/.test(text) ? Number(text) : null;
    case "time": {
      const atMs = Date.parse(text);
      return Number.isNaN(atMs) ? null : atMs;
    }
    case "none":
      return null;
  }
}
