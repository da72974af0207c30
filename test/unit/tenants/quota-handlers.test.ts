import { describe, expect, it } from "vitest";
import type { TenantScope } from "../../../src-main/core/identity/tenant-scope.ts";
import { EVERY_TENANT } from "../../../src-main/core/identity/tenant-scope.ts";
import { SqliteLedger } from "../../../src-main/core/tenants/ledger/sqlite-ledger.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import { quotaHandlers } from "../../../src-main/rpc/quota-handlers.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { QuotaScope } from "../../../src-shared/model/tenants/quota.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const SCOPES: readonly Omit<QuotaScope, "period">[] = [
  { kind: "tenant", name: "cards" },
  { kind: "tenant", name: "payments" },
  { kind: "user", name: "li" },
  { kind: "user", name: "ada" },
  // A person who is called as a tenant, and a tenant as a person.
  { kind: "user", name: "cards" },
  { kind: "tenant", name: "li" },
  { kind: "role", name: "operator" },
  { kind: "role", name: "admin" },
];

/** What somebody reads of a ledger with quotas of all sorts. */
async function readBy(tenants: TenantScope): Promise<readonly string[]> {
  using directory = temporaryDirectory();
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 12));
  const onDamaged = (told: Error) => {
    throw told;
  };
  await using ledger = new SqliteLedger({ file: directory.file("ledger.db"), clock, onDamaged });
  for (const scope of SCOPES) {
    await ledger.setQuota({ scope: { ...scope, period: "day" }, bytes: 10, hardBytes: 20, warnShare: 0.8 });
  }
  const caller = { ...localCaller("li", "operator", "browser"), tenants };
  const { quotas } = quotaHandlers({ ledger, clock });
  const states = await quotas(undefined, { caller, signal: new AbortController().signal });
  return states.map(({ quota: { scope } }) => `${scope.kind} ${scope.name}`).toSorted();
}

describe("quotas as the door tells them", () => {
  it("are, to a caller of some tenants, those of these tenants, of the caller and of the caller's role", async () => {
    const listed = { kind: "listed", tenants: new Set(["cards" as TenantId]) } as const;
    expect(await readBy(listed)).toEqual(["role operator", "tenant cards", "user li"]);
  });

  it("are all of them to a caller of every tenant", async () => {
    expect(await readBy(EVERY_TENANT)).toHaveLength(SCOPES.length);
  });
});
