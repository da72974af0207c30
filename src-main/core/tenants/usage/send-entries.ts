import type { Ledger } from "../ledger/ledger.ts";
import type { LedgerEntry } from "./backlog.ts";

/** Long enough for the settlement that follows at once. */
const HOLD_MS = 60_000;

/**
 * Gives entries to the ledger. What was already taken of them changes nothing: costs have ids, and what is settled stays so.
 * Throws what the ledger throws; then all of them are to be sent again.
 */
export async function sendEntries(ledger: Ledger, entries: readonly LedgerEntry[]): Promise<void> {
  const costs = entries.flatMap((entry) => (entry.kind === "cost" ? [entry.cost] : []));
  if (costs.length > 0) await ledger.add(costs);
  for (const entry of entries) {
    if (entry.kind !== "spend") continue;
    const { id, bytes, scopes } = entry;
    if (scopes !== null) {
      const claims = scopes.map((scope) => ({ ...scope, limitBytes: null }));
      await ledger.reserve({ id, bytes, claims, ttlMs: HOLD_MS });
    }
    await ledger.settle(id, bytes);
  }
}
