/** A value as go-kit's logfmt encoder writes it: quoted when it holds a space, `=`, a quote or a control character. */
export function logfmtValue(value: string): string {
  if (value === "") return "";
  // Quoted are runes up to a space, `=`, `"`, the replacement character and DEL; a quoted text is JSON's.
  if (!/[\p{Cc} ="\ufffd]/u.test(value)) return value;
  return JSON.stringify(value).replace(
    /[\u2028\u2029\x7f]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Pairs of a line, in their order. */
export function logfmtLine(pairs: readonly (readonly [name: string, value: string | number | boolean])[]): string {
  return pairs.map(([name, value]) => `${name}=${logfmtValue(String(value))}`).join(" ");
}
