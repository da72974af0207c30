/** A console of its own: 25 queries at a time reserve and settle a gigabyte each until the quota refuses, and prints how many it got. */
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { PostgresLedger } from "../../../src-main/core/tenants/ledger/postgres-ledger.ts";
import { SqliteLedger } from "../../../src-main/core/tenants/ledger/sqlite-ledger.ts";

const [where = "", name = "", limit = "0"] = process.argv.slice(2);
const GIGABYTE = 1_000 ** 3;
const onDamaged = (told: Error) => {
  throw told;
};
await using ledger = where.startsWith("postgres:")
  ? await PostgresLedger.open({ url: where, clock: systemClock })
  : new SqliteLedger({ file: where, clock: systemClock, onDamaged });
const claims = [{ kind: "tenant", name: "acme", period: "2026-11-20", limitBytes: Number(limit) } as const];

/** One of many that ask at a time. */
async function spender(query: number): Promise<number> {
  for (let turn = 0; ; turn += 1) {
    const id = `${name}-${query}-${turn}`;
    const result = await ledger.reserve({ id, bytes: GIGABYTE, claims, ttlMs: 60_000 });
    if (!result.granted) return turn;
    await ledger.settle(id, GIGABYTE);
  }
}

const granted = await Promise.all(Array.from({ length: 25 }, (_, query) => spender(query)));
process.stdout.write(`${granted.reduce((sum, count) => sum + count, 0)}\n`);
