/**
 * A console of its own with the ledger that its profile's settings name: 25 queries at a time go to a Loki through the gate, again
 * and again, until a quota refuses each. Prints how many went, how many were refused, the bytes that Loki says they
 * read, and whether the ledger was ever not asked.
 */
import type { Notice } from "../../../src-shared/api/session.api.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { secretRefSchema, type SiteId } from "../../../src-shared/model/ids.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { openConsoleBase } from "../../../src-main/core/console-base.ts";
import { openQuotaGate } from "../../../src-main/core/console-quotas.ts";
import { openCostLedger } from "../../../src-main/core/console-usage.ts";
import { createLokiLogSource } from "../../../src-main/core/logs/adapters/loki/loki-log-source.ts";
import { workerSource } from "../../builders/worker-source.ts";

const [profileRoot = "", lokiUrl = "", tenantName = "", startMs = "0", ledgerUrl = ""] = process.argv.slice(2);
// Both come from the test that starts this.
const [site, tenant] = ["lab" as SiteId, tenantName as TenantId];
const signal = new AbortController().signal;
const range = { startNs: BigInt(startMs) * 1_000_000n, endNs: (BigInt(startMs) + 600_000n) * 1_000_000n };
const query = 'sum(count_over_time({app=~".+"} |= "e" [1m]))';

// Settings are readable by all, so the password goes where secrets are.
const shared = new URL(ledgerUrl);
const password = decodeURIComponent(shared.password);
shared.password = "";
await using stack = new AsyncDisposableStack();
const base = stack.use(
  openConsoleBase({
    profileRoot,
    environment: {},
    flags: { "tenants.ledger": shared.href },
    clock: systemClock,
    vault: null,
    noVaultReason: "secrets.reason.noKeyFile",
  }),
);
if (password !== "") await base.secrets.put(secretRefSchema.parse("ledger.password"), password);
const ledger = stack.use(openCostLedger({ base, locateWorker: workerSource }));
// A notice is told where the ledger could not be asked.
let unchecked = 0;
const announcements = { notice: ({ key }: Notice) => (unchecked += key === "usage.quota-unchecked" ? 1 : 0) };
const gate = openQuotaGate({ ...base, announcements }, ledger);
const transport = stack.use(
  createDirectTransport({
    url: lokiUrl,
    auth: { kind: "none" },
    secret: () => Promise.resolve(null),
    clock: systemClock,
    connectTimeoutMs: 10_000,
  }),
);
const { logger } = base;
const parser = {
  parse: () => Promise.reject(new Error("metric queries have no pages")),
  [Symbol.asyncDispose]: async () => {},
};
const source = () =>
  createLokiLogSource({
    transport,
    site,
    tenant,
    title: tenant,
    clock: systemClock,
    logger,
    parser,
    cache: null,
    version: "test",
    parallelRequests: 8,
  });

let went = 0;
let refused = 0;
let bytes = 0;

async function asks(): Promise<void> {
  const target = { kind: "loki", site, tenant } as const;
  const ask = { asker: { principal: "ada", role: "operator" }, target, query, range, limit: null } as const;
  for (;;) {
    try {
      await using admitted = await gate.admit(ask, async () => source(), signal);
      await using reading = admitted.counted(source());
      const { stats } = await reading.metric({ expr: query, range, stepNs: 60_000_000_000n }, signal);
      went += 1;
      bytes += stats.bytesProcessed;
    } catch (error) {
      if (!hasCode(error, "tenants.quota-exceeded") && !hasCode(error, "tenants.quota-reason-needed")) throw error;
      refused += 1;
      return;
    }
  }
}

await Promise.all(Array.from({ length: 25 }, asks));
await ledger.flush();
process.stdout.write(`${JSON.stringify({ went, refused, bytes, unchecked })}\n`);
