import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { logTargetSchema } from "../../../src-shared/api/log-target.ts";
import type { Quota, Spending } from "../../../src-shared/model/tenants/quota.ts";
import type { QueryCost } from "../../../src-shared/model/tenants/query-cost.ts";
import type { AdmittedQuery, QueryAsk } from "../../../src-main/core/logs/query-admission.ts";
import { withCosts, type RequestCost } from "../../../src-main/core/logs/request-cost.ts";
import type { LogSource } from "../../../src-main/core/logs/log-source.ts";
import { SqliteLedger } from "../../../src-main/core/tenants/ledger/sqlite-ledger.ts";
import type { Ledger } from "../../../src-main/core/tenants/ledger/ledger.ts";
import { OwnCosts } from "../../../src-main/core/tenants/quotas/own-costs.ts";
import { QuotaGate } from "../../../src-main/core/tenants/quotas/quota-gate.ts";
import { quotaStates } from "../../../src-main/core/tenants/quotas/quota-states.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const GB = 1_000 ** 3;
const never = new AbortController().signal;
const source = memoryLogSource({ rows: [] });

interface Desk extends AsyncDisposable {
  readonly gate: QuotaGate;
  readonly ledger: Ledger;
  readonly clock: ManualClock;
  readonly announcer: RecordingAnnouncer;
  readonly costs: QueryCost[];
  estimateBytes: number | null;
}

function desk(over: Partial<Ledger> = {}): Desk {
  const directory = temporaryDirectory();
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 12));
  const onDamaged = (told: Error) => {
    throw told;
  };
  const ledger = new SqliteLedger({ file: directory.file("ledger.db"), clock, onDamaged });
  const announcer = new RecordingAnnouncer();
  const costs: QueryCost[] = [];
  const made: Desk = {
    ledger,
    clock,
    announcer,
    costs,
    estimateBytes: GB,
    gate: new QuotaGate({
      ledger: {
        quotas: over.quotas ?? (() => ledger.quotas()),
        reserve: over.reserve ?? ((request) => ledger.reserve(request)),
        settle: over.settle ?? ((id, bytes) => ledger.settle(id, bytes)),
      },
      costs: new OwnCosts((cost) => costs.push(cost)),
      withCosts,
      estimate: async () => made.estimateBytes,
      clock,
      logger: new RecordingLogger(),
      announcer,
    }),
    [Symbol.asyncDispose]: async () => {
      await ledger[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
  return made;
}

function ask(over: Partial<QueryAsk> = {}): QueryAsk {
  return {
    asker: { principal: "ada", role: "operator" },
    target: logTargetSchema.parse({ kind: "loki", site: "bank", tenant: "acme" }),
    query: '{app="auth"}',
    range: { startNs: 0n, endNs: 1_000_000_000n },
    limit: null,
    ...over,
  };
}

function quota(over: Partial<Quota> = {}): Quota {
  const scope = { kind: "tenant", name: "acme", period: "day" } as const;
  return { scope, bytes: 10 * GB, hardBytes: 12 * GB, warnShare: 0.8, ...over };
}

const open = async () => source;
const admit = ({ gate }: Desk, what: QueryAsk = ask()) => gate.admit(what, open, never);

/** A query that was let through and read so much. */
async function ran(at: Desk, bytes: number, what: QueryAsk = ask()): Promise<void> {
  await using admitted = await admit(at, what);
  await tell(admitted, bytes);
}

/** A read of this query that Loki answered with so many bytes. */
async function tell(admitted: AdmittedQuery, bytes: number): Promise<void> {
  const cost: RequestCost = {
    uuid: crypto.randomUUID(),
    query: '{app="auth"}',
    rangeMs: 1_000,
    endedAtMs: Date.UTC(2026, 10, 20, 12),
    durationMs: 20,
    status: 200,
    stats: { summary: { totalBytesProcessed: bytes } },
  };
  const answering: LogSource = {
    ...source,
    metric: async (query, signal, onCost) => {
      onCost?.(cost);
      return source.metric(query, signal);
    },
  };
  const expr = 'sum(count_over_time({app="auth"}[1m]))';
  await admitted.counted(answering).metric({ expr, range: ask().range, stepNs: null }, never);
}

const WHY: Spending = { reason: "the payments incident", override: false };

describe("the gate before Loki", () => {
  it("counts every query by tenant, user and role, and records what it cost, also where no quota is", async () => {
    await using at = desk();
    await ran(at, 3 * GB);
    await at.ledger.setQuota(quota());
    at.gate.quotasChanged();
    expect(await quotaStates(at.ledger, at.clock.nowMs())).toMatchObject([
      { usedBytes: 3 * GB, reservedBytes: 0, state: "free", period: "2026-11-20" },
    ]);
    for (const [kind, name] of [
      ["user", "ada"],
      ["role", "operator"],
    ] as const) {
      expect(await at.ledger.spend({ kind, name, period: "2026-11" })).toMatchObject({ usedBytes: 3 * GB });
    }
    expect(at.costs).toMatchObject([{ site: "bank", tenant: "acme", user: "ada", bytes: 3 * GB, kind: "limited" }]);
  });

  it("holds what a query is estimated to read, and gives back what it did not read", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    at.estimateBytes = 7 * GB;
    const first = await admit(at);
    await expect(admit(at)).rejects.toMatchObject({
      code: "tenants.quota-exceeded",
      params: { scope: "tenant", name: "acme", period: "day", used: 7 * GB, limit: 12 * GB, estimate: 7 * GB },
    });
    await tell(first, GB);
    await first[Symbol.asyncDispose]();
    await ran(at, GB);
    expect(await quotaStates(at.ledger, at.clock.nowMs())).toMatchObject([{ usedBytes: 2 * GB, reservedBytes: 0 }]);
  });

  it("warns from 80 % on, once an hour", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await ran(at, 7.5 * GB);
    expect(at.announcer.notices).toEqual([]);
    await ran(at, GB / 10);
    await ran(at, GB / 10);
    const told = { key: "usage.quota-warned", severity: "warning", params: { name: "acme", percent: 85 } };
    expect(at.announcer.notices).toEqual([told]);
    await at.clock.advance(3_600_000);
    await ran(at, GB / 10);
    expect(at.announcer.notices).toHaveLength(2);
  });

  it("asks for a reason at 100 %, and lets the query and what belongs to it pass with one", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await ran(at, 9.5 * GB);
    await expect(admit(at)).rejects.toMatchObject({ code: "tenants.quota-reason-needed", params: { limit: 10 * GB } });
    await ran(at, GB, ask({ spending: WHY }));
    at.estimateBytes = GB / 10;
    await ran(at, GB / 10);
    await expect(admit(at, ask({ query: '{app="other"}' }))).rejects.toMatchObject({
      code: "tenants.quota-reason-needed",
    });
    await expect(admit(at, ask({ asker: { principal: "bob", role: "operator" } }))).rejects.toMatchObject({
      code: "tenants.quota-reason-needed",
    });
    await at.clock.advance(600_001);
    await expect(admit(at)).rejects.toMatchObject({ code: "tenants.quota-reason-needed" });
  });

  it("refuses past the hard stop whatever the reason, but for who may override it", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await ran(at, 11.5 * GB, ask());
    await expect(admit(at, ask({ spending: WHY }))).rejects.toMatchObject({ code: "tenants.quota-exceeded" });
    const override = { reason: "the regulator asks", override: true };
    await expect(admit(at, ask({ spending: override }))).rejects.toMatchObject({
      code: "permission.denied",
      params: { permission: "usage.override", role: "operator" },
    });
    const admin = { principal: "root", role: "admin" } as const;
    await ran(at, 5 * GB, ask({ spending: override, asker: admin }));
    expect(await quotaStates(at.ledger, at.clock.nowMs())).toMatchObject([
      { usedBytes: 16.5 * GB, state: "stopped", renewsAtMs: Date.UTC(2026, 10, 21) },
    ]);
  });

  it("holds for users and roles too, and the narrowest that is used up refuses", async () => {
    await using at = desk();
    await at.ledger.setQuota(
      quota({ scope: { kind: "role", name: "operator", period: "month" }, bytes: GB, hardBytes: GB }),
    );
    await ran(at, GB);
    await expect(admit(at)).rejects.toMatchObject({ code: "tenants.quota-exceeded", params: { scope: "role" } });
    await ran(at, GB, ask({ asker: { principal: "eve", role: "viewer" } }));
  });

  it("begins anew with the next day", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await ran(at, 12 * GB);
    await expect(admit(at)).rejects.toMatchObject({ code: "tenants.quota-exceeded" });
    await at.clock.advance(12 * 3_600_000);
    await ran(at, GB);
  });

  it("never holds back the lines around a line, and counts them", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await ran(at, 12 * GB);
    await ran(at, GB, ask({ small: true }));
    expect(await quotaStates(at.ledger, at.clock.nowMs())).toMatchObject([{ usedBytes: 13 * GB }]);
  });

  it("lets queries go on while the ledger is gone, and tells that nothing was checked", async () => {
    const gone = async () => {
      throw new AppError("tenants.ledger-unreachable", { ledger: "db:5432/ledger", problem: "refused" });
    };
    await using at = desk({ quotas: gone, reserve: gone, settle: gone });
    await ran(at, GB);
    await ran(at, GB);
    const params = { ledger: "db:5432/ledger" };
    expect(at.announcer.notices).toEqual([{ key: "usage.quota-unchecked", severity: "warning", params }]);
    expect(at.costs).toHaveLength(2);
  });

  it("lets queries go on while the ledger's setting is wrong, and names the setting, not a ledger that is away", async () => {
    const wrong = async () => {
      throw new AppError("settings.invalid", { key: "tenants.ledger", problem: "postgres://user@host:5432/database" });
    };
    await using at = desk({ quotas: wrong, reserve: wrong, settle: wrong });
    await ran(at, GB);
    await ran(at, GB);
    const params = { problem: "tenants.ledger: postgres://user@host:5432/database" };
    expect(at.announcer.notices).toEqual([{ key: "usage.quota-ledger-invalid", severity: "warning", params }]);
    expect(at.costs).toHaveLength(2);
  });

  it("tells an unreachable ledger and one that is set up wrongly each by its own", async () => {
    let error: AppError = new AppError("secrets.unavailable", { problem: "locked" });
    const fails = async () => {
      throw error;
    };
    await using at = desk({ quotas: fails, reserve: fails, settle: fails });
    await ran(at, GB);
    error = new AppError("tenants.ledger-unreachable", { ledger: "db:5432/ledger", problem: "refused" });
    await ran(at, GB);
    expect(at.announcer.notices.map(({ key, params }) => [key, params])).toEqual([
      ["usage.quota-ledger-invalid", { problem: "secrets.unavailable" }],
      ["usage.quota-unchecked", { ledger: "db:5432/ledger" }],
    ]);
  });

  it("settles nothing for a query that read nothing", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota());
    await (await admit(at))[Symbol.asyncDispose]();
    expect(await quotaStates(at.ledger, at.clock.nowMs())).toMatchObject([{ usedBytes: 0, reservedBytes: 0 }]);
  });

  it("does not stand before archives and pods' logs", async () => {
    await using at = desk();
    await at.ledger.setQuota(quota({ bytes: 1, hardBytes: 1 }));
    const target = logTargetSchema.parse({ kind: "archive", archive: "a", tenant: "acme" });
    await (await admit(at, ask({ target })))[Symbol.asyncDispose]();
  });
});
