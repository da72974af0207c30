import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveWriter } from "../../../src-main/core/archive/archive-writer.ts";
import type { LogSource } from "../../../src-main/core/logs/log-source.ts";
import { COMPLETE, UNKNOWN_COMPLETENESS } from "../../../src-shared/model/completeness.ts";
import { MANIFEST_FILE } from "../../../src-shared/model/archive-manifest.ts";
import { NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";
import { archiveLines } from "../../builders/archive-lines.ts";
import { ExportBench } from "../../builders/export-bench.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";

const START = BigInt(Date.UTC(2026, 10, 20, 23, 59)) * 1_000_000n;
const RANGE = { startNs: START, endNs: START + 120n * NS_PER_SECOND };
const QUERY = '{app="payments"}';

/** 1,200 lines over two minutes around midnight, ten a second, some sharing an instant. */
function someRows(): PlainRow[] {
  return Array.from({ length: 1_200 }, (_, index) => ({
    timestampNs: START + BigInt(Math.floor(index / 2)) * 200_000_000n,
    labels: { app: "payments", pod: `payments-${index % 3}` },
    line: `line ${index}`,
    ...(index % 5 === 0 ? { metadata: { trace_id: `t${index}` } } : {}),
  }));
}

const sorted = (rows: readonly PlainRow[]) => rows.map(({ line }) => String(line)).toSorted();
const linesOf = async (directory: string) => (await archiveLines(directory)).map(({ line }) => line).toSorted();

describe("an export", () => {
  it("writes every line of the range once, a day a folder, and says so in manifest and summary", async () => {
    await using bench = new ExportBench();
    const source = memoryLogSource({ rows: someRows() });
    const summary = await bench.run(source, { query: QUERY, range: RANGE }, { partLines: 100 });
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));
    expect(summary).toMatchObject({
      state: "finished",
      folder: bench.directory,
      linesRead: 1_200,
      linesWritten: 1_200,
      duplicatesDropped: 0,
      completeness: COMPLETE,
      parts: { resumed: 0, repeated: 0 },
    });
    expect(summary.parts.total).toBeGreaterThan(10);
    expect(summary.parts.done).toBe(summary.parts.total);
    expect(readdirSync(join(bench.directory, "tenant=acme"))).toEqual(["day=2026-11-20", "day=2026-11-21"]);
    const manifest = bench.manifest();
    expect(manifest).toMatchObject({
      tenants: ["acme"],
      linesRead: 1_200,
      linesWritten: 1_200,
      labelColumns: { app: "app", pod: "pod" },
      provenance: { site: "memory", query: QUERY, exportedBy: "ada", startNs: `${RANGE.startNs}` },
    });
    expect(manifest.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_200);
    expect(manifest.lineBytes).toBe(someRows().reduce((sum, { line }) => sum + line.length, 0));
  });

  it("reads parts that touch and never overlap, each but the first as one that goes on", async () => {
    await using bench = new ExportBench();
    const asked: Parameters<LogSource["read"]>[0][] = [];
    const memory = memoryLogSource({ rows: someRows() });
    const source = {
      ...memory,
      read: (...given: Parameters<typeof memory.read>) => {
        asked.push(given[0]);
        return memory.read(...given);
      },
    };
    await bench.run(source, { query: QUERY, range: RANGE, parallel: 1 }, { partLines: 100 });
    expect(asked[0]?.range.startNs).toBe(RANGE.startNs);
    expect(asked.at(-1)?.range.endNs).toBe(RANGE.endNs);
    for (const [index, { range }] of asked.slice(1).entries()) expect(range.startNs).toBe(asked[index]?.range.endNs);
    expect(asked.map(({ continues }) => continues)).toEqual(asked.map((_, index) => index > 0));
  });

  it("goes on after an abort without reading what is finished, and pins what was decided", async () => {
    await using bench = new ExportBench();
    const abort = new AbortController();
    let reads = 0;
    const interrupted = memoryLogSource({
      rows: someRows(),
      batchRows: 10,
      beforeBatch: (yielded) => {
        if (yielded === 0) reads += 1;
        if (reads === 5 && yielded > 0) abort.abort(new AppError("request.cancelled", {}));
      },
    });
    const wanted = { query: QUERY, range: RANGE, parallel: 1 };
    const first = await bench.run(interrupted, wanted, { partLines: 100, signal: abort.signal });
    expect(first).toMatchObject({ state: "stopped", completeness: { verdict: "incomplete" } });
    expect(first.parts.done).toBe(4);
    expect(existsSync(join(bench.directory, MANIFEST_FILE))).toBe(false);
    expect(await linesOf(bench.directory)).toHaveLength(first.linesWritten);

    const rest = memoryLogSource({ rows: someRows() });
    const second = await bench.run(rest, wanted, { partLines: 7 });
    expect(second).toMatchObject({ state: "finished", linesWritten: 1_200, parts: { resumed: 4 } });
    expect(second.parts.total).toBe(first.parts.total);
    expect(rest.asked.filter((each) => each.startsWith("read"))).toHaveLength(second.parts.total - 4);
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));

    const none = memoryLogSource({ rows: [] });
    const third = await bench.run(none, wanted);
    expect(third).toMatchObject({ state: "finished", linesWritten: 1_200 });
    expect(none.asked).toEqual([]);
  });

  it("removes what a killed try left in the partitions, reads again what was taken away, touches nothing else", async () => {
    await using bench = new ExportBench();
    const source = memoryLogSource({ rows: someRows() });
    const wanted = { query: QUERY, range: RANGE };
    await bench.run(source, wanted, { partLines: 100 });
    const [first, second] = bench.checkpoint?.finished ?? [];
    const day = join(bench.directory, "tenant=acme", "day=2026-11-20");
    rmSync(join(bench.directory, MANIFEST_FILE));
    rmSync(join(bench.directory, ...(first?.files[0]?.path ?? "").split("/")));
    writeFileSync(join(day, "slice-000099-0.parquet"), "written, never committed");
    writeFileSync(join(day, ".tmp-slice-000003-0.parquet"), "half");
    writeFileSync(join(day, "notes.txt"), "mine");
    if (bench.checkpoint === null || second === undefined) throw new Error("no checkpoint");
    // As a process that was killed between two commits left it: the second part lies there and is not committed.
    bench.checkpoint = {
      ...bench.checkpoint,
      endedAt: null,
      finished: bench.checkpoint.finished.filter(({ part }) => part !== second.part),
    };
    const again = memoryLogSource({ rows: someRows() });
    const summary = await bench.run(again, wanted);
    expect(again.asked.filter((each) => each.startsWith("read"))).toHaveLength(2);
    expect(summary.parts.resumed).toBe(summary.parts.total - 2);
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));
    expect(readdirSync(day)).toContain("notes.txt");
    expect(readdirSync(day).filter((name) => name.startsWith(".tmp-") || name.includes("99"))).toEqual([]);
  });

  it("writes a manifest that was taken away again, from what it remembers", async () => {
    await using bench = new ExportBench();
    const wanted = { query: QUERY, range: RANGE };
    await bench.run(memoryLogSource({ rows: someRows() }), wanted, { partLines: 100 });
    const before = bench.manifest();
    rmSync(join(bench.directory, MANIFEST_FILE));
    const idle = memoryLogSource({ rows: [] });
    expect(await bench.run(idle, wanted)).toMatchObject({ state: "finished", linesWritten: 1_200 });
    expect(idle.asked).toEqual([]);
    expect(bench.manifest().files).toEqual(before.files);
  });

  it("begins a part again when its failure may pass, with growing pauses, and writes it once", async () => {
    await using bench = new ExportBench();
    const clock = new ManualClock();
    let failures = 3;
    const source = memoryLogSource({
      rows: someRows(),
      batchRows: 10,
      beforeBatch: (yielded) => {
        if (yielded === 50 && failures > 0) {
          failures -= 1;
          throw new AppError("loki.rate-limited", { text: "slow down", limit: "", retryAfterMs: 0 });
        }
      },
    });
    const running = bench.run(source, { query: QUERY, range: RANGE, parallel: 1 }, { partLines: 100, clock });
    // Half of 1 s, 2 s and 4 s, as the random part is 0 here.
    for (const pauseMs of [500, 1_000, 2_000]) {
      await expect.poll(() => clock.waiting, { timeout: 20_000 }).toBe(1);
      await clock.advance(pauseMs);
    }
    expect(await running).toMatchObject({ state: "finished", linesWritten: 1_200, parts: { repeated: 3 } });
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));
  });

  it("fails after four tries, keeps what was finished, and can be taken up again", async () => {
    await using bench = new ExportBench();
    let reads = 0;
    const source = memoryLogSource({
      rows: someRows(),
      beforeBatch: (yielded) => {
        if (yielded === 0) reads += 1;
        if (reads > 3) throw new AppError("loki.failed", { status: 503, text: "no" });
      },
    });
    const clock = { ...new ManualClock(), nowMs: () => 0, sleep: async () => {}, after: () => () => {} };
    const wanted = { query: QUERY, range: RANGE, parallel: 1 };
    await expect(bench.run(source, wanted, { partLines: 100, clock })).rejects.toMatchObject({ code: "loki.failed" });
    expect(reads).toBe(3 + 4);
    expect(bench.checkpoint?.finished).toHaveLength(3);
    const summary = await bench.run(memoryLogSource({ rows: someRows() }), wanted);
    expect(summary).toMatchObject({ linesWritten: 1_200, parts: { resumed: 3 } });
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));
  });

  it("does not try again what only a person can mend", async () => {
    await using bench = new ExportBench();
    let reads = 0;
    const source = memoryLogSource({
      rows: someRows(),
      beforeBatch: () => {
        reads += 1;
        throw new AppError("files.disk-full", { file: "x" });
      },
    });
    await expect(bench.run(source, { query: QUERY, range: RANGE, parallel: 1 })).rejects.toMatchObject({
      code: "files.disk-full",
    });
    expect(reads).toBe(1);
    expect(existsSync(join(bench.directory, MANIFEST_FILE))).toBe(false);
  });

  it("ends on a full disk with nothing half written, and goes on when there is room", async () => {
    await using bench = new ExportBench();
    const full: ArchiveWriter = {
      openSlice: async (options) => {
        const slice = await bench.writer.openSlice(options);
        let appended = 0;
        return {
          append: async (batch) => {
            appended += 1;
            if (options.slice > "000004" && appended > 2) throw new AppError("files.disk-full", { file: "slice" });
            await slice.append(batch);
          },
          finish: () => slice.finish(),
          [Symbol.asyncDispose]: () => slice[Symbol.asyncDispose](),
        };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const source = () => memoryLogSource({ rows: someRows(), batchRows: 10 });
    const wanted = { query: QUERY, range: RANGE };
    await expect(bench.run(source(), wanted, { partLines: 100, writer: full })).rejects.toMatchObject({
      code: "files.disk-full",
    });
    const names = readdirSync(bench.directory, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => name.includes(".tmp-"))).toEqual([]);
    const kept = bench.checkpoint?.finished ?? [];
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(await linesOf(bench.directory)).toHaveLength(kept.reduce((sum, { linesWritten }) => sum + linesWritten, 0));
    const summary = await bench.run(source(), wanted);
    expect(summary).toMatchObject({ state: "finished", parts: { resumed: kept.length } });
    expect(await linesOf(bench.directory)).toEqual(sorted(someRows()));
  });

  it("reports progress that only grows, in lines and bytes, to the whole", async () => {
    await using bench = new ExportBench();
    await bench.run(memoryLogSource({ rows: someRows() }), { query: QUERY, range: RANGE }, { partLines: 50 });
    const reading = bench.reports.filter(({ phase }) => phase === "read");
    expect(reading.length).toBeGreaterThan(20);
    for (const [index, report] of reading.slice(1).entries()) {
      expect(report.done).toBeGreaterThanOrEqual(reading[index]?.done ?? 0);
    }
    expect(reading.at(-1)).toMatchObject({ fraction: 1, done: 1_200, total: 1_200, unit: "rows" });
    expect(reading.at(-1)?.bytes).toBe(bench.manifest().lineBytes);
  });

  it("merges verdicts of parts: the worst of them, each reason once", async () => {
    await using bench = new ExportBench();
    const memory = memoryLogSource({ rows: someRows() });
    const verdicts = [COMPLETE, UNKNOWN_COMPLETENESS];
    let read = 0;
    const source = {
      ...memory,
      async *read(...given: Parameters<typeof memory.read>) {
        const completeness = verdicts[read] ?? {
          verdict: "incomplete" as const,
          reasons: [{ kind: "server-warning" as const, text: "chunks are gone" }],
        };
        read += 1;
        for await (const event of memory.read(...given))
          yield event.kind === "end" ? { ...event, completeness } : event;
      },
    };
    const summary = await bench.run(source, { query: QUERY, range: RANGE, parallel: 1 }, { partLines: 100 });
    const wanted = { verdict: "incomplete", reasons: [{ kind: "server-warning", text: "chunks are gone" }] };
    expect(summary.completeness).toEqual(wanted);
    expect(bench.manifest().completeness).toEqual(wanted);
  });

  it("says that it is incomplete where fewer lines were written than read", async () => {
    await using bench = new ExportBench();
    const lossy: ArchiveWriter = {
      openSlice: async (options) => {
        const slice = await bench.writer.openSlice(options);
        return {
          append: (batch) => slice.append(batch),
          finish: async () => {
            const written = await slice.finish();
            return { ...written, rows: options.slice === "000001" ? written.rows - 1 : written.rows };
          },
          [Symbol.asyncDispose]: () => slice[Symbol.asyncDispose](),
        };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const source = memoryLogSource({ rows: someRows() });
    const summary = await bench.run(source, { query: QUERY, range: RANGE }, { partLines: 100, writer: lossy });
    expect(summary).toMatchObject({ linesRead: 1_200, linesWritten: 1_199, completeness: { verdict: "incomplete" } });
    expect(bench.manifest().completeness.reasons).toMatchObject([
      { kind: "lines-missing", unit: "entries", promised: 100, read: 99 },
    ]);
  });

  it("redacts on its way to disk and counts what it replaced", async () => {
    await using bench = new ExportBench();
    const rows = someRows().map((row, index) => ({
      ...row,
      line: index % 10 === 0 ? `to ${index}@example.com` : `line ${index}`,
    }));
    const summary = await bench.run(
      memoryLogSource({ rows }),
      { query: QUERY, range: RANGE, redact: ["phone", "email"] },
      { partLines: 100 },
    );
    expect(summary.redacted).toEqual({ phone: 0, email: 120 });
    expect(bench.manifest().provenance.redacted).toEqual({ phone: 0, email: 120 });
    const lines = await linesOf(bench.directory);
    expect(lines.filter((line) => line === "to [redacted:email]")).toHaveLength(120);
    expect(lines.some((line) => line.includes("example.com"))).toBe(false);
  });

  it("keeps to a rate of lines a second", async () => {
    await using bench = new ExportBench();
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
      after: () => () => {},
    };
    const source = memoryLogSource({ rows: someRows(), batchRows: 20 });
    await bench.run(source, { query: QUERY, range: RANGE, linesPerSecond: 100, parallel: 1 }, { clock });
    expect(nowMs).toBeGreaterThanOrEqual(11_900);
    expect(nowMs).toBeLessThanOrEqual(12_100);
  });
});

describe("an export refuses", () => {
  const wanted = { query: QUERY, range: RANGE };

  it("a metric query, a query with errors, an empty range, before anything is written", async () => {
    await using bench = new ExportBench();
    const source = memoryLogSource({ rows: someRows() });
    const refused = async (query: string, range = RANGE) => bench.run(source, { query, range });
    await expect(refused(`sum(rate(${QUERY}[1m]))`)).rejects.toMatchObject({ code: "export.metric-query" });
    await expect(refused("{app=")).rejects.toMatchObject({ code: "loki.query-invalid" });
    await expect(refused(QUERY, { ...RANGE, endNs: RANGE.startNs })).rejects.toMatchObject({
      code: "logs.range-reversed",
    });
    expect(bench.commits).toBe(0);
    expect(existsSync(bench.directory)).toBe(false);
  });

  it("the checkpoint of another query, range or tenant", async () => {
    await using bench = new ExportBench();
    await bench.run(memoryLogSource({ rows: someRows() }), wanted);
    const again = async (other: object) => bench.run(memoryLogSource({ rows: [] }), { ...wanted, ...other });
    for (const other of [
      { query: '{app="other"}' },
      { range: { ...RANGE, endNs: RANGE.endNs + 1n } },
      { tenant: "globex" },
      { redact: ["email" as const] },
    ]) {
      await expect(again(other)).rejects.toMatchObject({ code: "export.other-plan" });
    }
  });

  it("a folder that holds an archive", async () => {
    await using bench = new ExportBench();
    mkdirSync(join(bench.directory, "tenant=globex"), { recursive: true });
    await expect(bench.run(memoryLogSource({ rows: [] }), wanted)).rejects.toMatchObject({
      code: "archive.already-there",
    });
  });
});
