import type { QueryCost } from "../../../src-shared/model/tenants/query-cost.ts";
import { queryHash } from "../../../src-main/core/tenants/query-cost/query-hash.ts";

/** A cost like any other, but for what the test says of it. */
export function exampleCost(changes: Partial<QueryCost> & { readonly id: string }): QueryCost {
  const query = '{app="payments"} |= "failed"';
  return {
    atMs: Date.UTC(2026, 10, 20, 10),
    site: "prod",
    tenant: "acme",
    user: "li.wei",
    source: "grafana",
    query,
    shape: '{app="?"} |= "?"',
    hash: queryHash(query),
    kind: "filter",
    rangeMs: 3_600_000,
    bytes: 1_000,
    lines: 10,
    durationMs: 5,
    splits: 1,
    shards: 1,
    cacheShare: null,
    status: 200,
    tags: {},
    ...changes,
  };
}
