import { selectorsOf, type Matcher } from "../../../../src-shared/logql/ast.ts";
import { withMatcher } from "../../../../src-shared/logql/editor/edit-query.ts";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { printMatcher } from "../../../../src-shared/logql/printer.ts";

/**
 * The query that takes one value more of a label: `app="a"` becomes `app=~"a|b"`. Without a matcher on the label it is
 * narrowed to the value. `null` for a query that does not parse, or whose matcher is a pattern of somebody's own.
 */
export function withAnotherValue(text: string, label: string, value: string): string | null {
  const parsed = parseLogQl(text);
  if (!parsed.ok) return withMatcher(text, label, "=", value);
  const places = selectorsOf(parsed.expr).flatMap(({ matchers }) => {
    const known = matchers.find((matcher) => matcher.name === label && (matcher.op === "=" || matcher.op === "=~"));
    return known === undefined ? [] : [known];
  });
  if (places.length === 0) return withMatcher(text, label, "=", value);
  let edited = text;
  for (const known of places.toReversed()) {
    const values = valuesOf(known);
    if (values === null) return null;
    if (values.includes(value)) continue;
    const pattern = [...values, value].map(escapeRe2).join("|");
    const written = printMatcher({ ...known, op: "=~", value: pattern });
    edited = edited.slice(0, known.from) + written + edited.slice(known.to);
  }
  return edited;
}

/** The values that a matcher names; `null` for a pattern that is more than a choice of values. */
function valuesOf({ op, value }: Matcher): readonly string[] | null {
  if (op === "=") return [value];
  const parts = value.split("|");
  const plain = parts.map((part) => part.replace(/\\([\\.+*?()|[\]{}^$])/g, "$1"));
  return plain.every((text, index) => escapeRe2(text) === parts[index]) ? plain : null;
}

function escapeRe2(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
