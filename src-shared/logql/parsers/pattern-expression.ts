/** One element of a pattern: a literal, or a capture (`""` for `<_>`). */
export type PatternPart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "capture"; readonly name: string };

export type PatternReading =
  | { readonly ok: true; readonly parts: readonly PatternPart[] }
  | { readonly ok: false; readonly error: string };

const CAPTURE = /<([a-zA-Z_][a-zA-Z0-9_]*)>/g;

function split(text: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let at = 0;
  for (const found of text.matchAll(CAPTURE)) {
    if (found.index > at) parts.push({ kind: "literal", text: text.slice(at, found.index) });
    parts.push({ kind: "capture", name: found[1] === "_" ? "" : (found[1] ?? "") });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ kind: "literal", text: text.slice(at) });
  return parts;
}

function consecutive(parts: readonly PatternPart[]): string | null {
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (part.kind !== "capture" || next?.kind !== "capture") continue;
    return `found consecutive capture '<${part.name || "_"}><${next.name || "_"}>': invalid expression`;
  }
  return null;
}

/** The expression of the `pattern` parser; errors in Loki's words. */
export function readParserPattern(text: string): PatternReading {
  if (text === "") {
    return {
      ok: false,
      error: "parse error at line 1, col 1: syntax error: unexpected $end, expecting IDENTIFIER or LITERAL",
    };
  }
  const parts = split(text);
  if (!parts.some((part) => part.kind === "capture" && part.name !== "")) {
    return { ok: false, error: "at least one capture is required" };
  }
  const error = consecutive(parts);
  if (error !== null) return { ok: false, error };
  const names = parts.flatMap((part) => (part.kind === "capture" && part.name !== "" ? [part.name] : []));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { ok: false, error: `duplicate capture name (${repeated}): invalid expression` };
  return { ok: true, parts };
}

/** The expression of a `|>` line filter, in which captures have no names. An empty one matches only the empty line. */
export function readFilterPattern(text: string): PatternReading {
  const parts = split(text);
  const named = parts.find((part) => part.kind === "capture" && part.name !== "");
  if (named?.kind === "capture") {
    return { ok: false, error: `named captures are not allowed: found '<${named.name}>'` };
  }
  const error = consecutive(parts);
  return error === null ? { ok: true, parts } : { ok: false, error };
}
