/** A value as go-kit's logfmt encoder writes it: quoted when it holds a space, `=`, a quote or a control character. */
export function logfmtValue(value: string): string {
  if (value === "") return '""';
  // go-logfmt quotes for runes up to a space, `=`, `"`, the replacement character and DEL; its strings are JSON's.
  return /[\0-\x20="\x7f\ufffd]/.test(value) ? JSON.stringify(value).replaceAll("\x7f", "\\u007f") : value;
}
