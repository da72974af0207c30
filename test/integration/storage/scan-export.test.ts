import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { writeObject } from "../../builders/loki-bucket.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { beginScan, enterFolder, untilJob } from "../../builders/scan-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
const FORMULA = "=cmd|' /C calc'!A0";
/** A chunk of the recorded bucket whose block is damaged. */
const DAMAGED = "acme/9a1eec11201b6bdc/1a1fd9eb880:1a1fda34878:85e0f058";

it("findings are exported in every form, marked as set aside, and looked into; old scans are forgotten", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  writeObject(work.path, FORMULA, Buffer.from("x"));
  await using console = await consoleIn(profile, { flags: { "storage.keptScans": 2 } });
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path);
  const scan = await beginScan(console, store);
  await untilJob(console, scan, "succeeded", "failed");
  const { total } = await scans.page(scan, {}, 0, 1);

  const json = await scans.export(scan, {}, "json", never);
  expect(json.findings).toBe(total);
  const all = JSON.parse(readFileSync(json.file, "utf8")) as readonly { readonly key: string; readonly id: string }[];
  expect(all).toHaveLength(total);
  const ndjson = await scans.export(scan, { kinds: ["garbage-object"] }, "ndjson", never);
  const lines = readFileSync(ndjson.file, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { readonly kind: string }).kind)).toEqual(
    Array.from({ length: ndjson.findings }, () => "garbage-object"),
  );
  const csv = await scans.export(scan, { kinds: ["garbage-object"] }, "csv", never);
  const table = readFileSync(csv.file, "utf8").split("\r\n");
  expect(table).toHaveLength(csv.findings + 2);
  expect(table.some((row) => row.includes(`,'${FORMULA},`))).toBe(true);

  scans.setAside(store, [DAMAGED], "batch-1");
  const marked = [...scans.findings(scan, {})].filter(({ quarantine }) => quarantine !== null);
  expect(marked).toMatchObject([{ quarantine: "batch-1", finding: { key: DAMAGED, kind: "bitflip-block" } }]);
  scans.setAside(store, [DAMAGED], null);
  expect(scans.byId(scan, [marked[0]?.id ?? ""])).toMatchObject([{ quarantine: null }]);

  const inspection = await scans.inspect(store, DAMAGED, null, never);
  expect(inspection).toMatchObject({ kind: "chunk", tenant: "acme" });
  expect(inspection.findings.length).toBeGreaterThan(0);
  await expect(scans.inspect(store, "acme/README.txt", null, never)).rejects.toMatchObject({
    code: "storage.unsupported",
  });

  const more = [];
  for (let at = 0; at < 3; at += 1) {
    const next = await beginScan(console, store);
    await untilJob(console, next, "succeeded", "failed");
    more.push(next);
  }
  expect(scans.list(store, 10).map((each) => each.scan)).toEqual(more.slice(-2).toReversed());
  expect(() => scans.summary(scan)).toThrow(expect.objectContaining({ code: "storage.scan-unknown" }));
  expect(scans.overview(store).growth).toHaveLength(4);
}, 120_000);
