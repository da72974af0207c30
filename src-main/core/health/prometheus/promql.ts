/** Selectors of PromQL. Names and values are data: quoted, and regular expressions of them taken literally. */
export function selector(matchers: readonly string[]): string {
  return `{${matchers.join(",")}}`;
}

export function equals(label: string, value: string): string {
  return `${label}=${JSON.stringify(value)}`;
}

export function oneOf(label: string, values: readonly string[]): string {
  const [first] = values;
  if (first !== undefined && values.length === 1) return equals(label, first);
  return `${label}=~${JSON.stringify(values.map(literal).join("|"))}`;
}

/** RE2's special characters, escaped. */
function literal(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

/** Names in parts of at most so many characters: a query goes into a URL. */
export function inParts(names: readonly string[], maxCharacters: number): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let room = 0;
  for (const name of names) {
    if (name.length + 1 > room) {
      parts.push([]);
      room = maxCharacters;
    }
    parts.at(-1)?.push(name);
    room -= name.length + 1;
  }
  return parts;
}
