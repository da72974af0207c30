import { describe, expect, it } from "vitest";
import { createArchiveLogSource } from "../../../src-main/core/archive/archive-log-source.ts";
import { readArchiveRows } from "../../../src-main/core/archive/scan/read-archive-rows.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { LogSource } from "../../../src-main/core/logs/log-source.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import {
  type ArchivedRow,
  inBlocks,
  memoryArchive,
  type MemoryArchive,
  MEMORY_TENANT,
} from "../../builders/memory-archives.ts";
import { plainRows, readAll } from "../../builders/loki-sources.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const S = 1_000_000_000n;
const START = 1_795_168_800n * S;
const range = { startNs: START, endNs: START + 100n * S };
const signal = new AbortController().signal;

function sourceOf({ contents, pool }: MemoryArchive): LogSource {
  const logger = new RecordingLogger();
  return createArchiveLogSource({ contents, tenant: MEMORY_TENANT, title: "t", pool, clock: systemClock, logger });
}

const rows: readonly ArchivedRow[] = Array.from({ length: 100 }, (_, at) => ({
  ts: START + BigInt(at) * S,
  labels: { app: at < 50 ? "ledger" : "cards", env: "prod" },
  line: at % 10 === 0 ? `level=error took=${at}ms size=1KB ok=true n=${at} ratio=0.5` : `{"a":${at},"b":{"c":"x"}}`,
  ...(at % 2 === 0 ? { metadata: { "trace.id": `t${at}` } } : {}),
}));

describe("An archive as a source of logs", () => {
  it("reads no more blocks than a limit needs, where no filter can leave rows out", async () => {
    const archive = memoryArchive(inBlocks(rows, 10));
    const { rows: read } = await readAll(
      sourceOf(archive).read({ expr: '{env="prod"}', range, direction: "backward", limit: 15 }, signal),
    );
    expect(read.map(({ line }) => line)).toEqual(
      rows
        .slice(85)
        .toReversed()
        .map(({ line }) => line),
    );
    expect(archive.pool.scanned).toEqual(["9", "8"]);
  });

  it("reads on where blocks turn out to hold fewer rows than was told of them", async () => {
    const claims = { rows: 1_000 };
    const archive = memoryArchive(inBlocks(rows, 10).map((block) => ({ ...block, claims })));
    const query = { expr: '{env="prod"}', range, direction: "forward", limit: 35 } as const;
    const { rows: read } = await readAll(sourceOf(archive).read(query, signal));
    expect(read.map(({ line }) => line)).toEqual(rows.slice(0, 35).map(({ line }) => line));
    expect(archive.pool.scanned).toEqual(["0", "1", "2", "3"]);
  });

  it("leaves blocks alone whose time or streams a query does not take", async () => {
    const archive = memoryArchive(inBlocks(rows, 10));
    const part = { startNs: START + 25n * S, endNs: START + 45n * S };
    const source = sourceOf(archive);
    await readAll(source.read({ expr: '{app="ledger"}', range: part, direction: "forward", limit: null }, signal));
    expect(archive.pool.scanned).toEqual(["2", "3", "4"]);
    await readAll(source.read({ expr: '{app="cards"}', range: part, direction: "forward", limit: null }, signal));
    expect(archive.pool.scanned).toHaveLength(3);
  });

  it("gives a line that is not valid UTF-8 back as its bytes, with its level and Loki's names of metadata", async () => {
    const line = Buffer.concat([Buffer.from("level=warn caf"), Buffer.from([0xe9, 0x20]), Buffer.from("end")]);
    const archive = memoryArchive([
      { rows: [{ ts: START, labels: { app: "a" }, line, metadata: { "k8s.pod": "p" } }] },
    ]);
    for (const expr of ['{app="a"} |= "end"', '{app="a"} | logfmt | level="warn"']) {
      const events = sourceOf(archive).read({ expr, range, direction: "forward", limit: null }, signal);
      for await (const event of events) {
        if (event.kind !== "batch") continue;
        expect(Buffer.from(event.batch.lineBytes)).toEqual(line);
        expect(LOG_LEVELS[event.batch.levels[0] ?? 0]).toBe("warn");
        expect(plainRows(event.batch)[0]?.extra.m).toEqual({ k8s_pod: "p" });
      }
    }
  });

  it("carries the labels that a pipeline had given rows before they were archived", async () => {
    const archived = { ts: START, labels: { app: "a" }, line: "n=1", parsed: { n: "0", m: "2" } };
    const archive = memoryArchive([{ rows: [archived] }]);
    const extraOf = async (expr: string) => {
      const {
        rows: [row],
      } = await readAll(sourceOf(archive).read({ expr, range, direction: "forward", limit: null }, signal));
      return row?.extra;
    };
    expect(await extraOf('{app="a"}')).toEqual({ p: { n: "0", m: "2" } });
    expect(await extraOf('{app="a"} | logfmt')).toEqual({ p: { n: "1", m: "2" } });
  });

  it("names streams, labels and values from what blocks tell, and from reading where they do not", async () => {
    for (const secretive of [false, true]) {
      const archive = memoryArchive(inBlocks(rows, 10).map((block) => ({ ...block, secretive })));
      const source = sourceOf(archive);
      expect(await source.labels(range, null, signal)).toEqual(["app", "env"]);
      expect(await source.labelValues("app", range, null, signal)).toEqual(["cards", "ledger"]);
      expect(await source.labelValues("app", range, '{app=~"l.*"}', signal)).toEqual(["ledger"]);
      expect(archive.pool.scanned.length > 0).toBe(secretive);
      const stats = await source.stats('{app="cards"}', { startNs: START + 55n * S, endNs: START + 75n * S }, signal);
      expect(stats).toMatchObject({ streams: 1, entries: 20 });
    }
  });

  it("tells the volume of each label value by buckets that hold their beginning", async () => {
    const source = sourceOf(memoryArchive(inBlocks(rows, 33)));
    const volume = await source.volume('{env="prod"}', range, 50n * S, "app", signal);
    const bytesOf = (app: string) =>
      rows.filter(({ labels }) => labels["app"] === app).reduce((total, { line }) => total + line.length, 0);
    expect(volume.series).toEqual([
      { metric: { app: "cards" }, points: [[Number(range.endNs / S), String(bytesOf("cards"))]] },
      { metric: { app: "ledger" }, points: [[Number(START / S) + 50, String(bytesOf("ledger"))]] },
    ]);
  });

  it("detects fields with their types and parsers", async () => {
    const fields = await sourceOf(memoryArchive(inBlocks(rows, 33))).detectedFields('{env="prod"}', range, signal);
    const byName = Object.fromEntries(
      fields.map(({ label, type, parsers, cardinality }) => [label, { type, parsers, cardinality }]),
    );
    expect(byName).toEqual({
      a: { type: "int", parsers: ["json"], cardinality: 90 },
      b_c: { type: "string", parsers: ["json"], cardinality: 1 },
      level: { type: "string", parsers: ["logfmt"], cardinality: 1 },
      n: { type: "int", parsers: ["logfmt"], cardinality: 10 },
      ok: { type: "boolean", parsers: ["logfmt"], cardinality: 1 },
      ratio: { type: "float", parsers: ["logfmt"], cardinality: 1 },
      size: { type: "bytes", parsers: ["logfmt"], cardinality: 1 },
      took: { type: "duration", parsers: ["logfmt"], cardinality: 10 },
      trace_id: { type: "string", parsers: [], cardinality: 50 },
    });
  });

  it("reads around a damaged block, and says which part is missing and why", async () => {
    const error = new AppError("archive.damaged", { part: "x", problem: "bad page" });
    const [first, second, third] = inBlocks(rows, 40);
    const archive = memoryArchive([
      { rows: first?.rows ?? [] },
      { rows: second?.rows ?? [], error },
      { rows: third?.rows ?? [], problems: [{ part: "p", error: error.toWire(), count: 2 }] },
    ]);
    const source = sourceOf(archive);
    const { rows: read, end } = await readAll(
      source.read({ expr: '{env="prod"}', range, direction: "forward", limit: null }, signal),
    );
    expect(read).toHaveLength(60);
    expect(end.completeness.verdict).toBe("incomplete");
    expect(end.completeness.reasons).toEqual([
      {
        kind: "split-failed",
        startNs: String(START + 40n * S),
        endNs: String(START + 79n * S),
        code: "archive.damaged",
      },
      { kind: "partial-failure", part: "p", code: "archive.damaged" },
    ]);
    const metric = await source.metric(
      {
        expr: 'sum(count_over_time({env="prod"}[100s]))',
        range: { startNs: range.endNs, endNs: range.endNs },
        stepNs: null,
      },
      signal,
    );
    expect(metric.result.series[0]?.points[0]?.[1]).toBe("59");
    expect(metric.completeness.verdict).toBe("incomplete");
  });

  it("does not let a block put rows where others are, or out of order: what it says of itself is checked", async () => {
    const shuffled = [3, 1, 9, 2, 0].map((at) => ({ ts: START + BigInt(at) * S, labels: { app: "a" }, line: `${at}` }));
    const claims = { sorted: true, minNs: START + S, maxNs: START + 3n * S };
    const archive = memoryArchive([
      { rows: shuffled, claims },
      { rows: [{ ts: START + 5n * S, labels: { app: "a" }, line: "5" }] },
    ]);
    for (const direction of ["forward", "backward"] as const) {
      const { rows: read, end } = await readAll(
        sourceOf(archive).read({ expr: '{app="a"}', range, direction, limit: null }, signal),
      );
      const lines = ["1", "2", "3", "5"];
      expect(read.map(({ line }) => line)).toEqual(direction === "forward" ? lines : lines.toReversed());
      expect(end.completeness).toMatchObject({
        verdict: "incomplete",
        reasons: [{ kind: "split-failed", code: "archive.damaged" }],
      });
    }
  });

  it("fails with the reason where nothing can be read", async () => {
    const error = new AppError("archive.changed", { part: "x" });
    const source = sourceOf(memoryArchive([{ rows, error }]));
    const reading = readAll(source.read({ expr: '{env="prod"}', range, direction: "forward", limit: null }, signal));
    await expect(reading).rejects.toMatchObject({ code: "archive.changed" });
  });

  it("refuses what is no log query, no metric query or no query, with Loki's words", async () => {
    const source = sourceOf(memoryArchive([{ rows }]));
    await expect(source.series(["{app="], range, signal)).rejects.toMatchObject({ code: "loki.query-invalid" });
    const metric = source.metric({ expr: '{app="a"}', range, stepNs: S }, signal);
    await expect(metric).rejects.toMatchObject({ code: "loki.query-invalid" });
    const failing = source.metric(
      { expr: 'sum_over_time({app="cards"} | logfmt | unwrap took [1m])', range, stepNs: S },
      signal,
    );
    await expect(failing).rejects.toMatchObject({
      code: "loki.query-invalid",
      params: { text: expect.stringContaining("SampleExtractionErr") },
    });
  });

  it("stops in the middle of a read when it is cancelled", async () => {
    const archive = memoryArchive(inBlocks(rows, 2));
    const stop = new AbortController();
    let batches = 0;
    const reading = async (): Promise<void> => {
      const events = sourceOf(archive).read(
        { expr: '{env="prod"}', range, direction: "forward", limit: null },
        stop.signal,
      );
      for await (const event of events) {
        if (event.kind === "batch") batches += 1;
        if (batches === 3) stop.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: "request.cancelled" });
    expect(archive.pool.scanned.length).toBeLessThan(20);
  });

  it("gives all rows as they are stored, with what could not be read, for import", async () => {
    const error = new AppError("archive.damaged", { part: "x", problem: "bad page" });
    const blocks = inBlocks(rows, 50);
    const { contents, pool } = memoryArchive([
      blocks[0] ?? { rows },
      { rows, error, tenant: "other" },
      { rows: rows.slice(50), error },
    ]);
    const problems: string[] = [];
    const read = [];
    const options = { contents, tenant: MEMORY_TENANT, range: null, pool };
    for await (const batch of readArchiveRows({ ...options, onProblem: ({ part }) => problems.push(part) }, signal)) {
      read.push(...plainRows(batch));
    }
    expect(read.map(({ line }) => line)).toEqual(rows.slice(0, 50).map(({ line }) => line));
    expect(read[0]?.extra).toEqual({ m: { "trace.id": "t0" } });
    expect(problems).toEqual(["2"]);
  });
});
