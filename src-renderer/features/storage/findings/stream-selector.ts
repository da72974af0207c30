import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import { quoteGo } from "../../../../src-shared/logql/text/go-quote.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";

const MARGIN_MS = 60_000;

/** The query that asks for a stream, by all of its labels. */
export function streamSelector(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${quoteGo(value)}`);
  return `{${matchers.join(", ")}}`;
}

/** From when to when a finding's lines are looked for: with what is around them, so that a hole shows as one. */
export function findingRange({ fromMs, throughMs }: Pick<StorageFinding, "fromMs" | "throughMs">): RangeChoice | null {
  if (fromMs === null || throughMs === null) return null;
  return {
    kind: "absolute",
    startNs: String(nanoFromMs(fromMs - MARGIN_MS)),
    endNs: String(nanoFromMs(throughMs + MARGIN_MS)),
  };
}
