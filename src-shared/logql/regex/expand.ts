import { type CaptureRegex, compileCaptures } from "./regex-captures.ts";

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

const MAX_REMEMBERED = 64;

/** Compiles, and keeps what it compiled last: a template runs the same expression for every line. */
function rememberingCompile(): (expression: string) => CaptureRegex {
  const known = new Map<string, CaptureRegex>();
  return (expression) => {
    const existing = known.get(expression);
    if (existing !== undefined) return existing;
    const compiled = compileCaptures(expression);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(expression, compiled);
    return compiled;
  };
}

const compile = rememberingCompile();

/** How often an expression matches. Throws `Re2SyntaxError`. */
export function countMatches(expression: string, text: string): number {
  return compile(expression).all(text).length;
}

/** Go's `ReplaceAllString` (or `…Literal…` with `literal`). Throws `Re2SyntaxError`. */
export function replaceAllMatches(expression: string, text: string, replacement: string, literal: boolean): string {
  const regex = compile(expression);
  let out = "";
  let at = 0;
  for (const found of regex.all(text)) {
    out += text.slice(at, found.at);
    out += literal ? replacement : expandTemplate(replacement, found.match, regex.names);
    at = found.at + (found.match[0]?.length ?? 0);
  }
  return out + text.slice(at);
}
