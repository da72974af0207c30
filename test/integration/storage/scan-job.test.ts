import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { WHOLE_BUCKET } from "../../../src-shared/model/storage/scan.ts";
import { STORAGE_SEVERITIES } from "../../../src-shared/model/storage-finding.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { beginScan, enterFolder, untilJob } from "../../builders/scan-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

/** A chunk that the compactor's index names. */
const NAMED = "globex/569d719cbfd4ce6d/1a1fd8c6900:1a1fd90f8f8:d2b21eae";

it("a scan's findings are kept, paged, and compared with those of the scan before", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  await using console = await consoleIn(profile);
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path);
  const first = await beginScan(console, store);
  expect(await untilJob(console, first, "succeeded", "failed")).toBe("succeeded");
  const summary = scans.summary(first);
  expect(summary).toMatchObject({ state: "finished", principal: "tester", indexFiles: 16, compared: null, gaps: [] });
  expect(console.jobs.get(first).output).toEqual(summary);
  const page = await scans.page(first, {}, 0, 10);
  expect(page.findings).toHaveLength(10);
  expect(page.total).toBe(summary.counts.critical + summary.counts.warning + summary.counts.info);
  expect(page.kinds).toEqual(summary.kinds);
  const all = (await scans.page(first, {}, 0, 1_000)).findings.map(({ finding }) => finding);
  expect(all).toEqual(
    all.toSorted(
      (a, b) =>
        STORAGE_SEVERITIES.indexOf(a.severity) - STORAGE_SEVERITIES.indexOf(b.severity) || (a.key < b.key ? -1 : 1),
    ),
  );
  const globex = await scans.page(first, { tenant: "globex", severities: ["critical"] }, 0, 100);
  expect(globex.findings.map(({ finding }) => finding.kind).toSorted()).toEqual(
    ["cross-tenant-chunk", "missing-chunk", "missing-index-of-day"].toSorted(),
  );
  const [missing] = (await scans.page(first, { contains: "CHECKOUT-OLD-0", kinds: ["missing-chunk"] }, 0, 5)).findings;
  expect(missing?.finding.key).toBe(NAMED);
  expect([...scans.findings(first, {})]).toHaveLength(page.total);
  expect(scans.byId(first, [missing?.id ?? "", "no id"])).toMatchObject([{ finding: { key: NAMED } }]);

  rmSync(work.file("acme/README.txt"));
  rmSync(work.file("loki_cluster_seed.json"), { force: true });
  const gone = page.findings.find(({ finding }) => finding.kind === "truncated-chunk")?.finding.key ?? "";
  rmSync(work.file(gone));
  const second = await beginScan(console, store);
  await untilJob(console, second, "succeeded", "failed");
  const again = scans.summary(second);
  expect(again.compared).toMatchObject({ with: first, appeared: 1, vanished: 2 });
  const appeared = await scans.page(second, { state: "appeared" }, 0, 10);
  expect(appeared.findings).toMatchObject([{ finding: { kind: "missing-chunk", key: gone } }]);
  const vanished = await scans.page(second, { state: "vanished" }, 0, 10);
  expect(vanished.findings.map(({ finding }) => finding.kind).toSorted()).toEqual([
    "garbage-object",
    "truncated-chunk",
  ]);
  const stayed = await scans.page(second, { state: "stayed" }, 0, 1);
  expect(stayed.findings[0]?.firstSeenMs).toBe(summary.endedAtMs);
  const overview = scans.overview(store);
  expect(overview).toMatchObject({ last: { scan: second }, current: null });
  expect(overview.growth).toHaveLength(2);
  const day = overview.days.find(({ tenant, indexMissing }) => tenant === "globex" && indexMissing);
  expect(day).toMatchObject({ worst: "critical" });
  expect(scans.lastWhole(store)?.scan).toBe(second);
  expect(again.request.scope).toEqual(WHOLE_BUCKET);
}, 60_000);
