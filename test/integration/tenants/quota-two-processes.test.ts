import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { Ledger } from "../../../src-main/core/tenants/ledger/ledger.ts";
import { PostgresLedger } from "../../../src-main/core/tenants/ledger/postgres-ledger.ts";
import { quotaStates } from "../../../src-main/core/tenants/quotas/quota-states.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { postgresPrograms, startPostgres, type Postgres } from "../../builders/postgres.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("query-until-refused.ts", import.meta.url));
const TENANT = "retail-bank";
// On CI a missing server is a failure, not a reason to leave the suite out.
const leftOut = postgresPrograms() === null && process.env["CI"] !== "true";

interface Outcome {
  readonly went: number;
  readonly refused: number;
  readonly bytes: number;
  readonly unchecked: number;
}

describe.skipIf(leftOut)(`one quota${leftOut ? ", left out: install the package postgresql" : ""}`, () => {
  let server: Postgres;
  let lab: Lab;
  const startMs = Date.now() - 3_600_000;

  beforeAll(async () => {
    server = await startPostgres();
    lab = await createLab({ clock: systemClock, historyHours: 2 });
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** Two processes with a profile each and 25 queries at a time each. */
  async function twoConsoles(url: string): Promise<readonly Outcome[]> {
    using work = temporaryDirectory();
    return Promise.all(
      ["a", "b"].map(async (name) => {
        const parameters = [PROGRAM, work.file(name), lab.lokiUrl, TENANT, String(startMs), url];
        const { stdout } = await run(process.execPath, parameters);
        return JSON.parse(stdout) as Outcome;
      }),
    );
  }

  async function todays(ledger: Ledger): Promise<{ readonly usedBytes: number; readonly reservedBytes: number }> {
    const [state] = await quotaStates(ledger, Date.now());
    if (state === undefined) throw new Error("no quota");
    return state;
  }

  it("holds for 50 queries at a time from two consoles on a shared ledger, and is passed by no more than what the index did not promise", async () => {
    const url = await server.createDatabase();
    await using ledger = await PostgresLedger.open({ url, clock: systemClock });
    const scope = { kind: "tenant", name: TENANT, period: "month" } as const;
    const one = await costOfOne(url, ledger, scope);
    const bytes = Math.round(one * 40.5);
    await ledger.setQuota({ scope, bytes, hardBytes: bytes, warnShare: 0.8 });
    const before = (await todays(ledger)).usedBytes;
    const outcomes = await twoConsoles(url);
    const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
    expect(sum(({ refused }) => refused)).toBe(50);
    expect(sum(({ unchecked }) => unchecked)).toBe(0);
    const after = await todays(ledger);
    const went = sum((outcome) => outcome.went);
    expect(went).toBeGreaterThan(20);
    const each = sum((outcome) => outcome.bytes) / went;
    expect(went * Math.min(one, each)).toBeLessThanOrEqual(bytes);
    // The index promises a little less or more than is read: by that much, for those on their way, it may be passed.
    const unforeseen = Math.max(0, each - one);
    expect(after.usedBytes).toBeLessThanOrEqual(bytes + 50 * unforeseen);
    expect(after.usedBytes - before).toBe(sum((outcome) => outcome.bytes));
    expect(after.reservedBytes).toBe(0);
  }, 120_000);

  /** Bytes that one such query reads: the most of a small first round, in which each asks once and is refused then. */
  async function costOfOne(url: string, ledger: Ledger, scope: Parameters<Ledger["removeQuota"]>[0]): Promise<number> {
    await ledger.setQuota({ scope, bytes: 1, hardBytes: 1, warnShare: 1 });
    const outcomes = await twoConsoles(url);
    expect(outcomes.every(({ went, refused }) => went === 0 && refused === 25)).toBe(true);
    const response = await fetch(
      `${lab.lokiUrl}/loki/api/v1/index/stats?query=${encodeURIComponent('{app=~".+"}')}&start=${startMs - 60_000}000000&end=${startMs + 600_000}000000`,
      { headers: { "X-Scope-OrgID": TENANT } },
    );
    // The lab's own answer, as Loki's.
    const { bytes } = (await response.json()) as { readonly bytes: number };
    return bytes;
  }
});
