/** A console of its own: reserves and settles a gigabyte at a time until the quota refuses, and prints how many it got. */
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
let granted = 0;
for (let turn = 0; ; turn += 1) {
  const id = `${name}-${turn}`;
  const result = await ledger.reserve({ id, bytes: GIGABYTE, claims, ttlMs: 60_000 });
  if (!result.granted) break;
  granted += 1;
  await ledger.settle(id, GIGABYTE);
}
process.stdout.write(`${granted}\n`);
