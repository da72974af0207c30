import type { RingName } from "../../../../src-shared/model/health/ring.ts";
import type { ScrapeTarget } from "../scraping/scrape-target.ts";

/**
 * Components whose processes serve a ring's page, best first: whoever only watches a ring knows it better than a member that
 * may be sick, but a watcher's page is there only where it needs the ring. Of Loki 3.7's modules; others answer 404.
 */
const TELLERS: Readonly<Record<RingName, readonly string[]>> = {
  ingester: ["distributor", "querier", "ingester", "write", "read", "single-binary", "ruler", "backend"],
  distributor: ["distributor", "write", "single-binary"],
  "index-gateway": ["index-gateway", "querier", "ruler", "ingester", "backend", "read", "write", "single-binary"],
  scheduler: ["query-scheduler", "query-frontend", "querier", "backend", "read", "single-binary"],
  ruler: ["ruler", "backend", "single-binary"],
  compactor: ["compactor", "backend", "single-binary"],
  "pattern-ingester": ["pattern-ingester", "write", "single-binary"],
};

const MOST_TELLERS = 8;

/** The targets to ask for a ring, one of each component before a second of any: what ails one may ail all of its kind. */
export function tellersOf(ring: RingName, targets: readonly ScrapeTarget[]): readonly ScrapeTarget[] {
  const kinds = TELLERS[ring].map((component) => targets.filter((target) => target.component === component));
  const tellers: ScrapeTarget[] = [];
  for (let turn = 0; tellers.length < MOST_TELLERS && kinds.some((kind) => turn < kind.length); turn++) {
    tellers.push(...kinds.flatMap((kind) => kind.slice(turn, turn + 1)));
  }
  return tellers.slice(0, MOST_TELLERS);
}
