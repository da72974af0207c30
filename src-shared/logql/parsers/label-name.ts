/** Makes label names of field names, as Loki's parsers do, and remembers them: fields repeat on every line. */

const MAX_REMEMBERED = 1_024;

/**
 * Spaces around it cut off, every other character than `[a-zA-Z0-9_]` a `_`, a digit in front with a `_` before it (not for
 * the second and later parts of a nested name).
 */
export function labelName(field: string, first: boolean): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(field)) return field;
  const trimmed = field.trim();
  if (trimmed === "") return "";
  const prefix = first && /^\d/.test(trimmed) ? "_" : "";
  return prefix + trimmed.replace(/[^a-zA-Z0-9_]/gu, "_");
}

/** A remembering `labelName`. */
export function labelNames(first: boolean): (field: string) => string {
  const known = new Map<string, string>();
  return (field) => {
    const existing = known.get(field);
    if (existing !== undefined) return existing;
    const name = labelName(field, first);
    if (known.size < MAX_REMEMBERED) known.set(field, name);
    return name;
  };
}

/** Loki turns what is no valid UTF-8 into spaces. */
export function withoutInvalid(text: string): string {
  return text.includes("\ufffd") ? text.replaceAll("\ufffd", " ") : text;
}
