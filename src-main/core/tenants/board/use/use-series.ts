/**
 * What is measured of a tenant in the whole of a Loki. `bytes`: received a second (lines and structured metadata, also what was then
 * refused). `streams`: active ones, each counted once. `streams-most`: those of the ingester that has most of them.
 * `discarded` and `discarded-bytes`: refused a second, by reason. `rule-groups`, and `group-rules`: rules of the largest group.
 */
export const USE_FIGURES = [
  "bytes",
  "streams",
  "streams-most",
  "discarded",
  "discarded-bytes",
  "rule-groups",
  "group-rules",
] as const;
export type UseFigure = (typeof USE_FIGURES)[number];

/** Means over time are taken of these; of the others the newest value counts. */
export const RATES: ReadonlySet<UseFigure> = new Set<UseFigure>(["bytes", "discarded", "discarded-bytes"]);

export interface UseSeries {
  readonly figure: UseFigure;
  readonly tenant: string;
  /** Of discards the reason, else empty. */
  readonly detail: string;
}

/** One text for a series; neither tenants nor reasons hold a zero character. */
export function useKey(figure: UseFigure, tenant: string, detail = ""): string {
  return `${figure}\u0000${tenant}\u0000${detail}`;
}

/** `null` for a text that is no key, such as one of a later version. */
export function parseUseKey(key: string): UseSeries | null {
  const [figure, tenant, detail, ...more] = key.split("\u0000");
  const known = USE_FIGURES.find((name) => name === figure);
  if (known === undefined || tenant === undefined || detail === undefined || more.length > 0) return null;
  return { figure: known, tenant, detail };
}

/** What one round says, by `useKey`. */
export interface UseRound {
  readonly atMs: number;
  readonly values: ReadonlyMap<string, number>;
}
