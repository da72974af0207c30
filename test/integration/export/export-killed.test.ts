import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FSWatcher, mkdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ExportCheckpoint, exportCheckpointSchema } from "../../../src-main/core/export/export-checkpoint.ts";
import { EXPORT_JOURNAL_FILE } from "../../../src-main/core/export/export-journal.ts";
import { SeededRandom } from "../../../src-main/lab/traffic/seeded-random.ts";
import { exportSummarySchema } from "../../../src-shared/model/export-summary.ts";
import { archiveLines } from "../../builders/archive-lines.ts";
import { MiniLoki } from "../../builders/mini-loki.ts";
import type { MiniEntry } from "../../builders/mini-loki-query.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const MAIN = fileURLToPath(new URL("../../../src-main/cli/main.ts", import.meta.url));
const DAY_NS = 86_400_000_000_000n;
const START_NS = BigInt(Date.UTC(2026, 9, 1, 6)) * 1_000_000n;
const DAYS = 25;
const KILLS = 10;
const SEED = 20_261_122;

/** Lines that make exactness hard: many at one instant, some at the very borders of days, ends of chunks among them. */
function someEntries(): MiniEntry[] {
  return Array.from({ length: 4_500 }, (_, index) => {
    const day = BigInt(index % DAYS);
    const midnight = (START_NS / DAY_NS + day + 1n) * DAY_NS;
    const within = START_NS + day * DAY_NS + BigInt(Math.floor(index / 60)) * 600_000_000_000n;
    return {
      labels: { app: "payments", pod: `payments-${index % 4}` },
      ts: index < 4 * DAYS ? midnight - BigInt(index % 2) : within,
      line: `line ${index}`,
    };
  }).filter(({ ts }) => ts < START_NS + BigInt(DAYS) * DAY_NS);
}

const journalSchema = z.object({ content: z.object({ checkpoint: exportCheckpointSchema }) });

function journalOf(directory: string): ExportCheckpoint | null {
  try {
    return journalSchema.parse(JSON.parse(readFileSync(join(directory, EXPORT_JOURNAL_FILE), "utf8"))).content
      .checkpoint;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A running export, with what can be seen of it from outside: requests that it makes, commits to its journal. */
class RunningExport {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  #stdout = "";
  readonly #watcher: FSWatcher;
  readonly #waiting: { readonly what: "request" | "commit"; left: number; readonly done: () => void }[] = [];

  constructor(loki: MiniLoki, profile: string, directory: string, ranges: [bigint, bigint][]) {
    loki.intercept = ({ path, params }) => {
      if (path === "/loki/api/v1/query_range") {
        ranges.push([BigInt(params.get("start") ?? "0"), BigInt(params.get("end") ?? "0")]);
        this.#happened("request");
      }
      return false;
    };
    this.#watcher = watch(directory, (_event, name) => {
      if (name === EXPORT_JOURNAL_FILE) this.#happened("commit");
    });
    this.child = spawn(
      process.execPath,
      [
        [MAIN, "--profile", profile, "export", "--source", loki.url, "--tenant", "acme"],
        ["--from", `${START_NS}`, "--to", `${START_NS + BigInt(DAYS) * DAY_NS}`],
        ["--archive", directory, "--parallel", "3", "--output", "json", '{app="payments"}'],
      ].flat(),
      { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, LANG: "en_GB.UTF-8" } },
    );
    this.child.stdout?.on("data", (data: Buffer) => (this.#stdout += data.toString()));
    this.ended = once(this.child, "close").finally(() => this.#watcher.close());
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Resolves when so many requests were made, or commits, from now on. */
  async after(count: number, what: "request" | "commit"): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ what, left: count, done: resolve });
    await Promise.race([promise, this.ended]);
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #happened(what: "request" | "commit"): void {
    for (const waiter of this.#waiting) {
      if (waiter.what !== what) continue;
      waiter.left -= 1;
      if (waiter.left === 0) waiter.done();
    }
  }
}

describe("an export that is killed with SIGKILL", () => {
  it("ten times at random points ends with every line exactly once, and reads nothing finished again", async () => {
    using temporary = temporaryDirectory();
    const directory = temporary.file("archive");
    mkdirSync(directory);
    const random = new SeededRandom(SEED);
    const entries = someEntries();
    await using loki = await MiniLoki.start({
      entries,
      maxEntries: 50,
      tieOrder: (entry, request) => (Number(entry.line.slice(5)) * 7_919 + request * 104_729) % 997,
      endsChunk: (entry) => Number(entry.line.slice(5)) % 3 === 0,
    });
    let killed = 0;
    let finishedBefore = 0;
    while (killed < KILLS) {
      const before = journalOf(directory);
      const ranges: [bigint, bigint][] = [];
      const running = new RunningExport(loki, temporary.file("profile"), directory, ranges);
      if (random.next() < 0.5) await running.after(1 + Math.floor(random.next() * 10), "request");
      else await running.after(1 + Math.floor(random.next() * 2), "commit");
      expect(running.child.exitCode, "the export must not end before it is killed").toBe(null);
      await running.kill();
      killed += 1;
      expectNothingReadAgain(before, ranges);
      const finished = journalOf(directory)?.finished.length ?? 0;
      expect(finished).toBeGreaterThanOrEqual(finishedBefore);
      finishedBefore = finished;
    }
    const before = journalOf(directory);
    const ranges: [bigint, bigint][] = [];
    const last = new RunningExport(loki, temporary.file("profile"), directory, ranges);
    await last.ended;
    expect(last.child.exitCode).toBe(0);
    expectNothingReadAgain(before, ranges);
    const summary = exportSummarySchema.parse(JSON.parse(last.stdout));
    expect(summary).toMatchObject({ state: "finished", linesRead: entries.length, linesWritten: entries.length });
    expect(summary.parts.resumed).toBe(before?.finished.length ?? 0);
    expect(summary.parts.resumed).toBeGreaterThan(0);
    const found = await archiveLines(directory);
    const key = (line: string, ns: bigint) => `${ns} ${line}`;
    expect(found.map(({ line, timestampNs }) => key(line, timestampNs)).toSorted()).toEqual(
      entries.map(({ line, ts }) => key(line, ts)).toSorted(),
    );
  }, 180_000);
});

/** No request reached into a part that the journal named as finished when the run began. */
function expectNothingReadAgain(before: ExportCheckpoint | null, asked: readonly (readonly [bigint, bigint])[]): void {
  for (const { part } of before?.finished ?? []) {
    const { startNs = "0", endNs = "0" } = before?.plan.parts[part] ?? {};
    // What goes on from another part asks from one nanosecond earlier.
    const inside = asked.filter(([from, to]) => from < BigInt(endNs) - 1n && to > BigInt(startNs));
    expect(inside).toEqual([]);
  }
}
