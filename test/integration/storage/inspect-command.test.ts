import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandLine } from "../../builders/command-line.ts";
import { recordedChunks, writeObject } from "../../builders/loki-bucket.ts";
import { buildChunk } from "../../builders/loki-chunk.ts";
import { INDEX_DAMAGES, unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const work = temporaryDirectory();
const line = new CommandLine();

beforeAll(() => unpackLokiStorage(work.path, "damaged"));
afterAll(() => {
  line[Symbol.dispose]();
  work[Symbol.dispose]();
});

async function inspected(key: string): Promise<unknown> {
  const { stdout, stderr } = await line.run("storage", "inspect", key, "--store", work.path, "--output", "json");
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it("kubemate storage inspect says of a sound chunk what Loki's own inspection says", async () => {
  using whole = temporaryDirectory();
  unpackLokiStorage(whole.path, "whole");
  for (const chunk of recordedChunks().slice(0, 3)) {
    const { __name__: _metric, ...labels } = chunk.labels;
    const { stdout } = await line.run("storage", "inspect", chunk.key, "--store", whole.path, "--output", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "chunk",
      tenant: chunk.tenant,
      labels,
      sizeBytes: chunk.size,
      entries: chunk.entries,
      blockCount: chunk.blocks.length,
      findings: [],
      hex: [],
    });
    const { firstLines } = JSON.parse(stdout) as { firstLines: readonly { line: string }[] };
    expect(firstLines[0]?.line.trim()).toBe(chunk.first_line.trim());
  }
});

it("shows the bytes of the block that is bad, which block it is, and what the others still hold", async () => {
  const entry = (at: number) => ({
    timestampNs: 1_795_354_897_000_000_000n + BigInt(at),
    line: Buffer.from(`line ${at}`),
  });
  const chunk = buildChunk({
    version: 4,
    codec: "none",
    tenant: "acme",
    labels: { app: "a", evil: "\u001b[2J" },
    blocks: [[entry(1)], [entry(2)], [entry(3)]],
  });
  const bytes = Buffer.from(chunk.bytes);
  const at = chunk.dataStart + (chunk.blocks[1]?.offset ?? 0);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeObject(work.path, chunk.name, bytes);
  const report = await inspected(chunk.name);
  expect(report).toMatchObject({
    entries: 2,
    firstLines: [
      { time: "2026-11-22T13:41:37.000000001Z", line: "line 1" },
      { time: "2026-11-22T13:41:37.000000003Z", line: "line 3" },
    ],
    blocks: [{ sound: true }, { sound: false, offset: at }, { sound: true }],
  });
  const { findings, hex } = report as { findings: readonly { what: string }[]; hex: readonly string[] };
  expect(findings.map(({ what }) => what)).toEqual(["key-checksum", "block-checksum"]);
  const shown = Buffer.from(hex.map((row) => row.slice(10, 57).replaceAll(" ", "")).join(""), "hex");
  expect(shown.includes(bytes.subarray(at, at + 16))).toBe(true);
  const text = await line.run("storage", "inspect", chunk.name, "--store", work.path);
  expect(text.stdout).toMatch(/^block 1 at \d+, .*: DAMAGED$/m);
  expect(text.stdout).not.toContain("\u001b");
});

it("counts what an index file names and says why another cannot be read", async () => {
  const sound = await inspected(INDEX_DAMAGES.copied);
  expect(sound).toMatchObject({ kind: "index", table: "index_20779", problem: null, findings: [] });
  const { series, chunks, tenants } = sound as { series: number; chunks: number; tenants: unknown };
  expect(series).toBeGreaterThan(0);
  expect(chunks).toBeGreaterThanOrEqual(series);
  expect(tenants).toEqual([{ tenant: "tiny", series }]);
  expect(await inspected(INDEX_DAMAGES.corrupt)).toMatchObject({ unpackedBytes: null, problem: expect.any(String) });
  const cut = work.file(INDEX_DAMAGES.copy);
  writeFileSync(cut, readFileSync(cut).subarray(0, 100));
  expect(await inspected(INDEX_DAMAGES.copy)).toMatchObject({ unpackedBytes: null, problem: expect.any(String) });
});

it("refuses what is neither, tells what is not there, and is in the audit log", async () => {
  const refused = await line.run("storage", "inspect", "loki_cluster_seed.json", "--store", work.path);
  expect(refused.exitCode).not.toBe(0);
  const absent = await line.run("storage", "inspect", "acme/ff/1:2:3", "--store", work.path);
  expect(absent.exitCode).not.toBe(0);
  expect(absent.stdout).toBe("");
  const audit = await line.run("audit", "list", "--output", "json");
  expect(audit.stdout).toContain("storage.inspect");
  expect(audit.stdout).toContain("acme/ff/1:2:3");
});
