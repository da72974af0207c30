import type { LimitProblem } from "../../../../src-shared/model/tenants/limit-change.ts";
import { editOverride, type OverrideEdit } from "../limits/edit-overrides.ts";
import { parseExpiries, printExpiries, sameOverride, type LimitExpiry } from "./expiry-annotation.ts";
import type { MapContent, RuntimeMap } from "./runtime-map.ts";

/** What a change makes of a ConfigMap, before anything of it is judged. */
export interface Draft {
  readonly content: MapContent;
  /** Why it could not be drafted as wanted; judged together with what comes of it. */
  readonly problems: readonly LimitProblem[];
}

/** What is done to the annotation: entries of these values go, and these come in their place. */
export interface ExpiryChange {
  readonly drop: readonly { readonly tenant: string; readonly key: string }[];
  readonly add: readonly LimitExpiry[];
}

export function stops(code: LimitProblem["code"], params: LimitProblem["params"] = {}): LimitProblem {
  return { code, weight: "stops", params };
}

export function warns(code: LimitProblem["code"], params: LimitProblem["params"] = {}): LimitProblem {
  return { code, weight: "warns", params };
}

/** Texts in problems are a file's and a person's. */
export function bounded(text: string): string {
  return text.slice(0, 200);
}

const REFUSED = {
  unreadable: "file-refused",
  "invalid-tenant": "unknown-tenant",
  shared: "shared-value",
  "not-a-map": "no-place",
  "no-place": "no-place",
} as const;

/** Several edits one after the other; everything else of the text stays. */
export function draftEdits(map: RuntimeMap, edits: readonly OverrideEdit[], expiries: ExpiryChange): Draft {
  const problems: LimitProblem[] = [];
  let { text } = map;
  for (const edit of edits) {
    const edited = editOverride(text, edit, "");
    if (edited.ok) ({ text } = edited);
    else {
      const { tenant, key } = edit;
      problems.push(stops(REFUSED[edited.reason], { tenant: bounded(tenant), key, line: 0, path: "", detail: "" }));
      if (edited.reason === "unreadable") break;
    }
  }
  const annotated = draftAnnotation(map, expiries);
  return { content: { text, annotation: annotated.annotation }, problems: [...problems, ...annotated.problems] };
}

/** What somebody else wrote under the annotation's name stays; then nothing can be set to expire. */
export function draftAnnotation(
  { annotation }: RuntimeMap,
  { drop, add }: ExpiryChange,
): { readonly annotation: string | null; readonly problems: readonly LimitProblem[] } {
  const reading = parseExpiries(annotation);
  if (!reading.ok) {
    const problem = { problem: bounded(reading.problem) };
    return {
      annotation: annotation ?? null,
      problems: [add.length > 0 ? stops("expiries-unreadable", problem) : warns("expiries-unreadable", problem)],
    };
  }
  const kept = reading.entries.filter((entry) => !drop.some((each) => sameOverride(each, entry)));
  if (kept.length === reading.entries.length && add.length === 0)
    return { annotation: annotation ?? null, problems: [] };
  return { annotation: printExpiries([...kept, ...add]), problems: [] };
}
