/** What a report is made of, before it is Markdown or HTML. All texts are data: whoever writes them out escapes them. */
export interface Cell {
  readonly text: string;
  /** A key, a hash, labels: to the letter. */
  readonly exact?: boolean;
}

export type ReportBlock =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "verdict"; readonly good: boolean; readonly text: string }
  | { readonly kind: "facts"; readonly rows: readonly (readonly [label: string, value: Cell])[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: "code"; readonly text: string };

export interface ReportDocument {
  readonly locale: string;
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** Nothing that is shown is longer: keys have 1,024 bytes, label sets may have more. */
const MAX_CELL = 2_000;

export function words(text: string): Cell {
  return { text: visible(text) };
}

export function exact(text: string): Cell {
  return { text: visible(text), exact: true };
}

/**
 * Characters that a reader does not see, or that turn the reading direction, as their code points: a key or a label must not look
 * like another. Lone surrogates are no text.
 */
export function visible(text: string): string {
  const cut = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
