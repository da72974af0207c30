import { compileCaptures } from "./regex-captures.ts";

/** Go's `Regexp.Expand`: `$1`, `$name`, `${name}`, `$$`; a name is as long as possible, an unknown one is empty. */
export function expandTemplate(
  template: string,
  match: readonly (string | undefined)[],
  names: readonly string[],
): string {
  if (!template.includes("$")) return template;
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/gu, (whole, braced?: string, bare?: string) => {
    if (whole === "$$") return "$";
    const name = braced ?? bare ?? "";
    const index = /^\d+$/.test(name) ? Number(name) : names.indexOf(name) + 1;
    return index === 0 && name !== "0" ? "" : (match[index] ?? "");
  });
}

/** How often an expression matches. Throws `Re2SyntaxError`. */
export function countMatches(expression: string, text: string): number {
  return compileCaptures(expression).all(text).length;
}

/** Go's `ReplaceAllString` (or `…Literal…` with `literal`). Throws `Re2SyntaxError`. */
export function replaceAllMatches(expression: string, text: string, replacement: string, literal: boolean): string {
  const regex = compileCaptures(expression);
  let out = "";
  let at = 0;
  for (const found of regex.all(text)) {
    out += text.slice(at, found.at);
    out += literal ? replacement : expandTemplate(replacement, found.match, regex.names);
    at = found.at + (found.match[0]?.length ?? 0);
  }
  return out + text.slice(at);
}
