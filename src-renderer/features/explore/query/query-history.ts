/** A place in the history of queries: -1 is the text that was being typed when the walk began. */
export interface QueryStep {
  readonly at: number;
  readonly typed: string;
  readonly text: string;
}

/**
 * Walks through earlier queries, the newest first, as a shell does: what was typed is kept and comes back at the end. A text
 * changed by hand begins a new walk. `null` where there is nothing further.
 */
export function stepQuery(
  newestFirst: readonly string[],
  before: QueryStep | null,
  draft: string,
  step: -1 | 1,
): QueryStep | null {
  const current = before !== null && before.text === draft ? before : { at: -1, typed: draft, text: draft };
  let at = current.at;
  do at -= step;
  while (newestFirst[at] !== undefined && newestFirst[at] === draft);
  if (at === -1 && current.at >= 0) return { at, typed: current.typed, text: current.typed };
  const text = newestFirst[at];
  return text === undefined ? null : { at, typed: current.typed, text };
}
