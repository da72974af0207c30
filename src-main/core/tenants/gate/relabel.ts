import { Re2SyntaxError } from "../../../../src-shared/logql/regex/re2-syntax.ts";
import { compileWhole, type TextTest } from "../../../../src-shared/logql/regex/regex-test.ts";
import type { GatePlace, LabelUse } from "./label-use.ts";

/** One relabelling rule of Prometheus, as Promtail and Alloy both have it. */
export interface RelabelRule {
  readonly action: string;
  readonly sources: readonly string[];
  readonly target: string;
  readonly regex: string;
  readonly replacement: string | null;
  readonly place: GatePlace;
}

/** `null` for a text that is no regular expression of Prometheus', which are RE2's and match the whole. */
function wholeMatch(regex: string): TextTest | null {
  try {
    return compileWhole(regex);
  } catch (error) {
    if (error instanceof Re2SyntaxError) return null;
    throw error;
  }
}

/** What is left of labels behind a `labeldrop` or `labelkeep` of this regex; one that is none leaves them all. */
export function withoutDropped(uses: readonly LabelUse[], regex: string, keep: boolean): readonly LabelUse[] {
  const matches = wholeMatch(regex);
  if (matches === null) return uses;
  return uses.filter(({ label, way }) => way === "labelmap" || matches(label) === keep);
}

const FIXED = /\$\{?\w/;

/** The stream labels that rules make, in their order. Labels with `__` do not survive relabelling. */
export function labelsOfRules(rules: readonly RelabelRule[], owner: string): readonly LabelUse[] {
  let uses: readonly LabelUse[] = [];
  /** What labels that do not survive are made of: they may be the source of one that does. */
  const inner = new Map<string, readonly string[]>();
  for (const { action, sources, target, regex, replacement, place } of rules) {
    if (action === "labeldrop" || action === "labelkeep") {
      uses = withoutDropped(uses, regex, action === "labelkeep");
      continue;
    }
    if (action === "labelmap") {
      const fixed = replacement !== null && !FIXED.test(replacement);
      uses = [
        ...uses,
        {
          label: fixed ? replacement : regex,
          way: fixed ? "relabel" : "labelmap",
          sources: [{ name: regex, pattern: null }],
          value: null,
          owner,
          place,
        },
      ];
      continue;
    }
    if (!["replace", "lowercase", "uppercase", "hashmod"].includes(action) || target === "") continue;
    // A modulus has few values, whatever it is of.
    if (action === "hashmod") continue;
    const names = [...new Set(sources.flatMap((name) => inner.get(name) ?? [name]))];
    if (target.startsWith("__")) {
      inner.set(target, names);
      continue;
    }
    const value = action === "replace" && replacement !== null && !FIXED.test(replacement) ? replacement : null;
    uses = [
      ...uses.filter(({ label }) => label !== target),
      {
        label: target,
        way: "relabel",
        sources: value === null ? names.map((name) => ({ name, pattern: regex === "" ? null : regex })) : [],
        value,
        owner,
        place,
      },
    ];
  }
  return uses;
}
