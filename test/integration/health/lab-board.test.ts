import { afterEach, expect, it } from "vitest";
import type { SiteHealth } from "../../../src-shared/model/health/site-health.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const LAB = siteIdSchema.parse("lab");

let cleanUp = new AsyncDisposableStack();
afterEach(async () => {
  await cleanUp.disposeAsync();
  cleanUp = new AsyncDisposableStack();
});

it("a slow flush in the lab makes that ingester gray on the board within a minute, and nobody else", async () => {
  const profile = cleanUp.use(temporaryDirectory());
  const opened = cleanUp.use(await consoleIn(profile, { flags: { "health.intervalSeconds": "5" } }));
  const { service } = opened.health;
  await opened.lab.start();
  const reading = new AbortController();
  cleanUp.defer(() => reading.abort());
  const boards = service.watch(LAB, reading.signal);
  const until = async (holds: (board: SiteHealth) => boolean): Promise<SiteHealth> => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- boards come one after the other
      const { value } = await boards.next();
      if (value === undefined) throw new Error("the boards ended");
      if (holds(value)) return value;
    }
  };
  const first = await until(({ state }) => state !== "starting");
  expect(first).toMatchObject({ state: "watching", source: "pods", error: null });
  const ingesters = first.instances.filter(({ component }) => component === "ingester");
  expect(ingesters.length).toBeGreaterThanOrEqual(3);
  expect(ingesters.every(({ outcome, node }) => outcome === "answered" && node !== null)).toBe(true);
  const wanted = await until(({ components }) => components.some(({ wanted: replicas }) => replicas !== null));
  expect(wanted.components.find(({ component }) => component === "ingester")?.wanted).toBe(ingesters.length);
  const sick = ingesters[1]?.instance ?? "";
  // Compared with mates and with its own past: it needs some past.
  await until(({ historyFromMs, roundAtMs }) => (roundAtMs ?? 0) - (historyFromMs ?? 0) >= 40_000);
  await opened.lab.setFault(`slow-flush:${sick}`, true);
  const beganMs = Date.now();
  const gray = await until(({ instances }) =>
    instances.some(({ verdict }) => verdict === "gray" || verdict === "down"),
  );
  expect((Date.now() - beganMs) / 1_000).toBeLessThan(60);
  const blamed = gray.instances.filter(({ verdict }) => verdict === "gray" || verdict === "down");
  expect(blamed.map(({ instance }) => instance)).toEqual([sick]);
  expect(blamed[0]?.evidence.length).toBeGreaterThan(0);
  expect(gray.components.find(({ component }) => component === "ingester")?.verdict).toBe("gray");
  expect(gray.changes.some(({ name, verdict }) => name === sick && verdict === "gray")).toBe(true);
}, 180_000);

it("the lab's configuration is audited with its workloads, pods, budgets and bucket", async () => {
  const profile = cleanUp.use(temporaryDirectory());
  const opened = cleanUp.use(await consoleIn(profile));
  await opened.lab.start();
  const audit = await opened.health.service.auditConfig(LAB, AbortSignal.timeout(30_000));
  expect(audit.configFrom).not.toBeNull();
  const unread = audit.gaps.filter(({ code }) => code !== "health.nobody-tells");
  expect(unread).toEqual([]);
  expect(audit.gaps.find(({ fact }) => fact === "bucket")).toBeUndefined();
  expect(audit.passed).toContain("bucket-not-versioned");
  const { patch } = audit.findings.find(({ rule }) => rule === "single-replica") ?? {};
  expect(patch).toContain("+  replicas: 2");
  expect(audit.passed).toContain("replication-factor");
  expect(audit.passed).toContain("two-compactors");
}, 60_000);
