import { z } from "zod";
import type { GatePlace } from "./label-use.ts";

/** A finding that somebody takes on, with a reason and not for ever. */
export interface Suppression {
  /** Rules by id; empty for all. */
  readonly rules: readonly string[];
  /** Last day on which it holds, UTC, `2026-12-31`. */
  readonly until: string;
  readonly reason: string;
  /** Where it stands. */
  readonly place: GatePlace;
  /** Lines of the file that it is about: its own and the next that is no comment. `null` for one of a list. */
  readonly lines: readonly [number, number] | null;
  /** Of a list: the file's path ends so, the label is this; `null` for any. */
  readonly path: string | null;
  readonly label: string | null;
}

export interface BrokenSuppression {
  readonly place: GatePlace;
  readonly problem: string;
}

const MARK = /(?:#|\/\/)\s*kubemate-gate:\s*(.*)$/;
const FORM =
  /^allow\s+([A-Za-z][\w-]*(?:\s*,\s*[A-Za-z][\w-]*)*)\s+until\s+(\d{4}-\d{2}-\d{2})\s+because\s+(\S.*?)\s*(?:\*\/)?$/;
const COMMENT = /^\s*(?:#|\/\/)/;

export const SUPPRESSION_FORM = "kubemate-gate: allow RULE[,RULE…] until YYYY-MM-DD because REASON";

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The suppressions in a file's comments: on the line of a finding or in comments right above it. */
export function commentSuppressions(
  file: string,
  text: string,
): { readonly suppressions: readonly Suppression[]; readonly broken: readonly BrokenSuppression[] } {
  const lines = text.split(/\r?\n/);
  const suppressions: Suppression[] = [];
  const broken: BrokenSuppression[] = [];
  for (const [at, line] of lines.entries()) {
    const mark = MARK.exec(line);
    if (mark === null) continue;
    const place = { file, line: at + 1, column: mark.index + 1 };
    const [, rules = "", until = "", reason = ""] = FORM.exec((mark[1] ?? "").trim()) ?? [];
    if (rules === "" || !isDay(until)) {
      broken.push({ place, problem: `not of the form “${SUPPRESSION_FORM}”` });
      continue;
    }
    let next = at;
    if (COMMENT.test(line)) {
      next += 1;
      while (next < lines.length - 1 && (COMMENT.test(lines[next] ?? "") || (lines[next] ?? "").trim() === ""))
        next += 1;
    }
    const named = rules.split(",").map((rule) => rule.trim());
    suppressions.push({
      rules: named.includes("all") ? [] : named,
      until,
      reason,
      place,
      lines: [at + 1, next + 1],
      path: null,
      label: null,
    });
  }
  return { suppressions, broken };
}

const entrySchema = z.object({
  rule: z.string().min(1),
  path: z.string().min(1).nullish(),
  label: z.string().min(1).nullish(),
  until: z.string().refine(isDay, "a day such as 2026-12-31"),
  reason: z.string().trim().min(1),
});

/** A list of suppressions that is kept apart from the files (`suppressions: [{rule, path, label, until, reason}]`). */
export function listedSuppressions(
  file: string,
  list: unknown,
): { readonly suppressions: readonly Suppression[]; readonly broken: readonly BrokenSuppression[] } {
  const place = { file, line: 1, column: 1 };
  const entries = z.object({ suppressions: z.array(z.unknown()) }).safeParse(list);
  if (!entries.success) return { suppressions: [], broken: [{ place, problem: "no list `suppressions`" }] };
  const suppressions: Suppression[] = [];
  const broken: BrokenSuppression[] = [];
  for (const [at, entry] of entries.data.suppressions.entries()) {
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      broken.push({
        place,
        problem: `entry ${at + 1}, ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.slice(0, 300),
      });
      continue;
    }
    const { rule, path, label, until, reason } = parsed.data;
    suppressions.push({
      rules: rule === "all" ? [] : [rule],
      until,
      reason,
      place,
      lines: null,
      path: path ?? null,
      label: label ?? null,
    });
  }
  return { suppressions, broken };
}

/** Whether it is about a finding of this rule, at this place and of this label. */
export function covers(suppression: Suppression, rule: string, label: string, place: GatePlace): boolean {
  if (suppression.rules.length > 0 && !suppression.rules.includes(rule)) return false;
  if (suppression.lines !== null) {
    const [first, last] = suppression.lines;
    return suppression.place.file === place.file && place.line >= first && place.line <= last;
  }
  return (
    (suppression.path === null || place.file === suppression.path || place.file.endsWith(`/${suppression.path}`)) &&
    (suppression.label === null || suppression.label === label)
  );
}
