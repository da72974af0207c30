import { CANCEL_PERIOD_MS, deletableQuery, type DeleteRequests } from "./loki/delete-requests.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface Seed {
  readonly tenant: string;
  readonly query: string;
  /** How long ago it was made. */
  readonly agoMs: number;
  /** The hours before it was made that it removes. */
  readonly hours: number;
}

/** What data protection asked for: two that can be cancelled, and one that the compactor is about to take up. */
const SEEDS: readonly Seed[] = [
  { tenant: "retail-bank", query: '{app="auth"} |= "bad password"', agoMs: 3 * HOUR_MS, hours: 12 },
  { tenant: "retail-bank", query: '{app="payments"} |= "payment declined"', agoMs: 40 * MINUTE_MS, hours: 6 },
  {
    tenant: "cards",
    query: '{app="notifier"} |= "delivery failed"',
    agoMs: CANCEL_PERIOD_MS - 15 * MINUTE_MS,
    hours: 2,
  },
];

/** Gives two tenants the delete requests that a cluster in use has. */
export function seedDeleteRequests(requests: DeleteRequests, nowMs: number): void {
  for (const { tenant, query, agoMs, hours } of SEEDS) {
    const expr = deletableQuery(query);
    if (expr === null) throw new Error(`no delete request: ${query}`);
    const createdMs = Math.floor(nowMs - agoMs);
    const endMs = Math.floor(createdMs / 1_000) * 1_000;
    requests.add({ tenant, query, createdMs, endMs, startMs: endMs - hours * HOUR_MS }, expr);
  }
}
