import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { LAB_SITE } from "../../../src-main/core/clusters/lab-site.ts";
import type { Console } from "../../../src-main/core/console.ts";
import { EVERY_TENANT } from "../../../src-main/core/identity/tenant-scope.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { tenantLimitsSchema, tenantsBoardSchema, type TenantsBoard } from "../../../src-shared/model/tenants/board.ts";
import { refusalExplanationSchema } from "../../../src-shared/model/tenants/explanation.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const EVERYBODY = { tenants: EVERY_TENANT };
const refusedSchema = z.array(
  z.object({ note: z.string(), tenant: z.string().nullable(), status: z.number(), body: z.string() }),
);
const RECORDED = refusedSchema.parse(
  JSON.parse(readFileSync(new URL("../../fixtures/tenants/push-errors.json", import.meta.url), "utf8")),
);
const OVERRIDES = readFileSync(new URL("../../fixtures/loki-limits/overrides.yaml", import.meta.url), "utf8");

let cleanUp = new AsyncDisposableStack();
afterEach(async () => {
  await cleanUp.disposeAsync();
  cleanUp = new AsyncDisposableStack();
});

async function opened(intervalSeconds = "5"): Promise<Console> {
  const profile = cleanUp.use(temporaryDirectory());
  const console = cleanUp.use(await consoleIn(profile, { flags: { "health.intervalSeconds": intervalSeconds } }));
  await console.lab.start();
  return console;
}

async function boardWhere(
  { tenants }: Console,
  caller: Parameters<Console["tenants"]["limits"]["watch"]>[1],
  holds: (board: TenantsBoard) => boolean,
): Promise<TenantsBoard> {
  const ending = new AbortController();
  try {
    for await (const board of tenants.limits.watch(LAB_SITE, caller, ending.signal)) if (holds(board)) return board;
  } finally {
    ending.abort();
  }
  throw new Error("the boards ended");
}

const rated = ({ tenants }: TenantsBoard) =>
  tenants.some(({ gauges }) => gauges.some(({ key }) => key === "ingestion_rate_mb"));

describe("the limits of a site", () => {
  it("stand on a board with their use, whoever is nearest to one first, with what could be read of what", async () => {
    const board = await boardWhere(await opened(), EVERYBODY, rated);
    expect(tenantsBoardSchema.parse(board)).toEqual(board);
    expect(board.place).toMatchObject({ name: "loki-runtime", key: "runtime-config.yaml", managedBy: null });
    expect(board.place?.mountedBy).toContain("StatefulSet loki-ingester");
    const states = Object.fromEntries(board.sources.map(({ source, state }) => [source, state]));
    expect(states).toMatchObject({ config: "read", defaults: "read", overrides: "read", metrics: "read" });
    const shares = board.tenants.map(({ nearest }) => nearest?.share ?? -1);
    expect(shares).toEqual(shares.toSorted((one, other) => other - one));
    const [first] = board.tenants;
    expect(first?.nearest?.share).toBeGreaterThan(0.5);
    expect(first?.nearest?.limit).toBeGreaterThan(0);
    expect(board.disagreements).toEqual([]);
  }, 60_000);

  it("show nobody a tenant that is not theirs", async () => {
    const tenants = { kind: "listed", tenants: new Set([tenantIdSchema.parse("cards")]) } as const;
    const board = await boardWhere(await opened(), { tenants }, ({ tenants: rows }) => rows.length > 0);
    expect(board.tenants.map(({ tenant }) => tenant)).toEqual(["cards"]);
    expect(JSON.stringify([board.tenants, board.disagreements, board.expiries])).not.toMatch(/treasury|retail/);
  }, 60_000);

  it("of one tenant are all there, each with where it comes from, and what components hold agrees", async () => {
    const { tenants } = await opened();
    const limits = await tenants.limits.limits(LAB_SITE, "treasury", EVERYBODY, AbortSignal.timeout(30_000));
    expect(tenantLimitsSchema.parse(limits)).toEqual(limits);
    expect(limits.version).toBe("3.7.6");
    const one = (key: string) => limits.limits.find((limit) => limit.key === key);
    expect(one("max_global_streams_per_user")).toMatchObject({ source: "override", number: 125, unlimited: false });
    expect(one("max_line_size")).toMatchObject({ number: 256 * 1_024, builtIn: "256KB" });
    expect(limits.limits.length).toBeGreaterThan(120);
    expect(limits.disagreements).toEqual([]);
    expect(limits.limits.filter(({ source }) => source === "unknown").map(({ key }) => key)).toEqual([]);
    const config = await tenants.limits.runtimeConfig(LAB_SITE, AbortSignal.timeout(30_000));
    expect(config.text).toContain("# Limits that differ");
    expect(config.problems).toEqual([]);
  }, 60_000);

  it("explain each refusal that was recorded of a real Loki, with the value from the site where Loki does not tell it", async () => {
    const console = await opened();
    await writeOverrides(console, OVERRIDES);
    const signal = AbortSignal.timeout(60_000);
    const limits = RECORDED.filter(({ body, tenant }) => tenant !== null && !/json|snappy|proto/i.test(body));
    expect(limits.length).toBeGreaterThan(8);
    for (const { note, tenant, body } of limits) {
      // oxlint-disable-next-line no-await-in-loop -- one site, one question at a time
      const [first, ...others] = await console.tenants.limits.explain(LAB_SITE, body, EVERYBODY, signal, tenant);
      expect(refusalExplanationSchema.parse(first), note).toEqual(first);
      expect(others, note).toEqual([]);
      expect(first, note).toMatchObject({ tenant, reason: expect.any(String), limit: expect.any(String) });
      expect(first?.value, note).not.toBeNull();
      expect(first?.advice, note).not.toEqual([]);
    }
    const [streams] = await console.tenants.limits.explain(LAB_SITE, RECORDED[3]?.body ?? "", EVERYBODY, signal);
    expect(streams).toMatchObject({ tenant: "tiny", value: "20", valueFrom: "override" });
    const [burst] = await console.tenants.limits.explain(LAB_SITE, RECORDED[0]?.body ?? "", EVERYBODY, signal);
    expect(burst?.advice[0]).toMatchObject({ kind: "raise-burst", params: { key: "ingestion_burst_size_mb" } });
  }, 90_000);

  it("name who sends what is refused: stream, pod and workload", async () => {
    const console = await opened();
    await boardWhere(console, EVERYBODY, rated);
    const signal = AbortSignal.timeout(60_000);
    const told = await console.tenants.limits.explainDiscards(LAB_SITE, "treasury", "rate_limited", EVERYBODY, signal);
    expect(refusalExplanationSchema.parse(told)).toEqual(told);
    expect(told).toMatchObject({ tenant: "treasury", limit: "ingestion_rate_mb", valueFrom: "override", value: "0.5" });
    expect(told.gauge?.used).toBeGreaterThan(0);
    expect(told.senders.length).toBeGreaterThan(0);
    expect(told.senders[0]?.bytesPerSecond).toBeGreaterThan(0);
    expect(told.senders[0]?.pod).not.toBeNull();
  }, 60_000);

  it("do not tell a tenant's limits to whoever may not see it, though its name stands in the text", async () => {
    const console = await opened();
    const tenants = { kind: "listed", tenants: new Set([tenantIdSchema.parse("cards")]) } as const;
    const text = `ingestion rate limit exceeded for user treasury (limit: 1048 bytes/sec) while attempting to ingest '6' lines totaling '3000' bytes`;
    const [told] = await console.tenants.limits.explain(LAB_SITE, text, { tenants }, AbortSignal.timeout(30_000));
    expect(told).toMatchObject({ tenant: null, gauge: null, senders: [], gaps: [{ key: "tenant-refused" }] });
  }, 60_000);
});

async function writeOverrides(console: Console, text: string): Promise<void> {
  const { cluster } = await console.health.service.open(LAB_SITE, AbortSignal.timeout(10_000));
  const answer = await cluster?.client.connection.send({
    method: "PATCH",
    path: "/api/v1/namespaces/loki/configmaps/loki-runtime",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ data: { "runtime-config.yaml": text } }),
    signal: AbortSignal.timeout(10_000),
    timeoutMs: 10_000,
  });
  await answer?.bytes(2 ** 20);
  expect(answer?.status).toBe(200);
}
