import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { RingMember } from "../detection/scrape.ts";
import { pageJson } from "./page-json.ts";
import type { ScrapeTarget, TargetAnswer } from "./scrape-target.ts";

/** dskit `ring/ring_http.go`; `shards` is `null` while nobody has joined. Tokens are left out: they are most of it. */
const pageSchema = z.object({
  shards: z
    .array(
      z.object({
        id: z.string(),
        address: z.string().catch(""),
        state: z.string().catch(""),
        zone: z.string().catch(""),
      }),
    )
    .nullable(),
});

/** @throws AppError `loki.bad-response` for anything but the JSON form of a ring page */
export function parseRingPage(answer: TargetAnswer): readonly RingMember[] {
  const { status } = answer;
  if (status !== 200) throw new AppError("loki.bad-response", { status, problem: "no ring page" });
  return pageJson(answer, pageSchema, "ring").shards ?? [];
}

/** Who tells of the ingester ring, best first: whoever only watches it knows it better than a member that may be sick. */
const ORDER: readonly string[] = [
  "distributor",
  "querier",
  "ingester",
  "write",
  "read",
  "single-binary",
  "ruler",
  "backend",
];

const MOST_TELLERS = 6;

/**
 * The targets to ask for the ring one after the other. `last`, who answered before, comes first, and
 * those that failed come last: one that hangs must not cost every round its ring.
 */
export function ringTellers(
  targets: readonly ScrapeTarget[],
  last: string | null,
  failed: ReadonlySet<string>,
): readonly ScrapeTarget[] {
  const places = new Map(ORDER.map((component, place) => [component, place]));
  const able = targets.filter(({ component }) => places.has(component));
  const rank = ({ instance, component }: ScrapeTarget): number => {
    if (instance === last) return -1;
    return (failed.has(instance) ? ORDER.length : 0) + (places.get(component) ?? 0);
  };
  return able.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_TELLERS);
}
