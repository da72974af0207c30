/**
 * Those whose texts hold every word that was typed, best first: a name that begins with the typing, then one with a word
 * that begins with it, then the rest in their own order.
 */
export function matchCommands<Item>(
  items: readonly Item[],
  typed: string,
  textsOf: (item: Item) => readonly string[],
): Item[] {
  const words = typed
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [...items];
  const scored = items.flatMap((item) => {
    const texts = textsOf(item).map((text) => text.toLowerCase());
    const name = texts[0] ?? "";
    if (!words.every((word) => texts.some((text) => text.includes(word)))) return [];
    const first = words[0] ?? "";
    const score = name.startsWith(first) ? 0 : name.split(/[\s:·]+/).some((part) => part.startsWith(first)) ? 1 : 2;
    return [{ item, score }];
  });
  return scored.toSorted((a, b) => a.score - b.score).map(({ item }) => item);
}
