import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import { MAX_HITS_A_LINE, type TextSpan } from "../rows/line-segments.ts";
import type { FindSpans } from "../rows/row-layout.ts";

/** A pattern that cannot be: what is wrong with it, in the words of the engine. */
export interface PatternProblem {
  readonly problem: string;
}

/** Lines are looked at again in each redraw; what was found stays for as long as the rows are likely to be shown. */
const REMEMBERED_LINES = 600;

/**
 * How matches are found in the lines on the screen. Which rows match is the core's answer; this only marks where. Regular
 * expressions run on re2js, as in the core: JavaScript's own would stand still on `(a+)+$` and a line made for it. It is
 * loaded when the first regular expression is searched for.
 */
export async function findSpansOf(match: TextMatch): Promise<FindSpans | PatternProblem> {
  if (match.kind === "literal") return remembering(literalSpans(match.pattern, match.caseSensitive));
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(match.pattern, match.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    return remembering((line) => {
      const spans: TextSpan[] = [];
      const matcher = compiled.matcher(line);
      while (spans.length < MAX_HITS_A_LINE && matcher.find()) {
        if (matcher.end() > matcher.start()) spans.push([matcher.start(), matcher.end()]);
      }
      return spans;
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

/** Literal matches, in the case of the line or in any. */
export function literalSpans(pattern: string, caseSensitive: boolean): FindSpans {
  // Escaped, so the engine has nothing to backtrack into.
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  const expression = new RegExp(escaped, caseSensitive ? "g" : "gi");
  return (line) => {
    const spans: TextSpan[] = [];
    for (const found of line.matchAll(expression)) {
      spans.push([found.index, found.index + found[0].length]);
      if (spans.length >= MAX_HITS_A_LINE) break;
    }
    return spans;
  };
}

function remembering(find: FindSpans): FindSpans {
  const known = new Map<string, readonly TextSpan[]>();
  return (line) => {
    const before = known.get(line);
    if (before !== undefined) return before;
    const spans = find(line);
    if (known.size >= REMEMBERED_LINES) known.clear();
    known.set(line, spans);
    return spans;
  };
}
