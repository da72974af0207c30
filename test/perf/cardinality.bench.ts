/**
 * Measures a million series from answers of `/series` to a report and what-ifs, in a process and a thread as the sampling job
 * has them, beside the plain way: answers as objects, label sets as texts in maps.
 *
 *     node test/perf/cardinality.bench.ts
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { TableThread } from "../../src-main/core/tenants/cardinality/table-thread.ts";
import { seriesAnswer } from "../builders/series-answers.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { printBenchLine } from "./bench-line.ts";

const SERIES = 1_000_000;
const PER_ANSWER = 25_000;

/** Twelve labels, one of them different in each series: what an explosion looks like. */
function seriesOf(at: number): Readonly<Record<string, string>> {
  const mix = Math.imul(at + 1, 2_654_435_761) >>> 0;
  return {
    cluster: `prod-${at % 3}`,
    namespace: `team-${at % 40}`,
    app: `service-${at % 400}`,
    container: `main-${at % 7}`,
    pod: `service-${at % 400}-${(mix % 9_000).toString(36)}`,
    node: `node-${mix % 120}`,
    level: ["debug", "info", "warn", "error"][at % 4] ?? "info",
    stream: at % 2 === 0 ? "stdout" : "stderr",
    filename: `/var/log/pods/team-${at % 40}_service-${at % 400}/main/${mix % 3}.log`,
    job: `team-${at % 40}/service-${at % 400}`,
    service_name: `service-${at % 400}`,
    trace_id: `${mix.toString(16).padStart(8, "0")}${at.toString(16).padStart(8, "0")}${((mix ^ at) >>> 0).toString(16).padStart(8, "0")}${(mix >>> 3).toString(16).padStart(8, "0")}`,
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** The most that the process had in memory while something ran. Its own work is done between steps, so they are seen. */
class Memory {
  most = process.memoryUsage().rss;
  readonly #timer = setInterval(() => this.look(), 20);

  look(): void {
    this.most = Math.max(this.most, process.memoryUsage().rss);
  }

  [Symbol.dispose](): void {
    this.look();
    clearInterval(this.#timer);
  }
}

async function measureTable(folder: string, work: string): Promise<void> {
  const signal = new AbortController().signal;
  const logger = new RecordingLogger();
  const worker = new URL("../../src-main/workers/series-table.worker.ts", import.meta.url);
  using memory = new Memory();
  await using thread = new TableThread({ worker, clock: systemClock, logger });
  const startedMs = performance.now();
  await thread.ask({ kind: "begin", seed: 5, journal: join(work, "journal"), journalBytes: 0 }, signal);
  for (const name of readdirSync(folder)) {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    await thread.ask({ kind: "answer", bytes }, signal, [bytes.buffer]);
    memory.look();
  }
  const readMs = performance.now() - startedMs;
  const file = join(work, "table.series");
  const summary = await thread.ask({ kind: "finish", file }, signal);
  const tookMs = performance.now() - startedMs;
  memory.look();
  const [most] = summary.labels;
  if (summary.series !== SERIES || most?.label !== "trace_id" || summary.suggested.length === 0) {
    throw new Error(`${summary.series} series, ${most?.label}`);
  }
  printBenchLine({
    what: `cardinality of ${SERIES.toLocaleString("en")} series of 12 labels: answers to report, in a file`,
    reach: "≤ 10 s, ≤ 500 MB",
    measured: `${(tookMs / 1_000).toFixed(1)} s (answers ${(readMs / 1_000).toFixed(1)} s), ${megabytes(memory.most)} resident; file ${megabytes(statSync(file).size)}`,
    ok: tookMs <= 10_000 && memory.most <= 500e6,
  });
  await thread.ask({ kind: "forget" }, signal);
  const loadedMs = performance.now();
  const first = await thread.ask({ kind: "what-if", file, changes: [{ kind: "drop", label: "trace_id" }] }, signal);
  const loadMs = performance.now() - loadedMs;
  const times: number[] = [];
  for (const label of ["trace_id", "pod", "node", "filename", "trace_id"]) {
    const from = performance.now();
    await thread.ask({ kind: "what-if", file, changes: [{ kind: "hash", label, buckets: 16 }] }, signal);
    times.push(performance.now() - from);
  }
  memory.look();
  printBenchLine({
    what: `what-if over ${SERIES.toLocaleString("en")} series: the first with loading, then each`,
    reach: "for information",
    measured: `${Math.round(loadMs)} ms, then ${Math.round(Math.max(...times))} ms at most; ${first.after.toLocaleString("en")} streams left`,
    ok: null,
  });
}

async function measureSmall(folder: string, work: string): Promise<void> {
  const signal = new AbortController().signal;
  const worker = new URL("../../src-main/workers/series-table.worker.ts", import.meta.url);
  await using thread = new TableThread({ worker, clock: systemClock, logger: new RecordingLogger() });
  await thread.ask({ kind: "begin", seed: 5, journal: join(work, "journal-small"), journalBytes: 0 }, signal);
  for (const name of readdirSync(folder).slice(0, 100_000 / PER_ANSWER)) {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    await thread.ask({ kind: "answer", bytes }, signal, [bytes.buffer]);
  }
  const file = join(work, "small.series");
  await thread.ask({ kind: "finish", file }, signal);
  const times: number[] = [];
  for (const label of ["trace_id", "pod", "node", "trace_id", "filename", "job"]) {
    const from = performance.now();
    await thread.ask({ kind: "what-if", file, changes: [{ kind: "drop", label }] }, signal);
    times.push(performance.now() - from);
  }
  const most = Math.max(...times);
  printBenchLine({
    what: "what-if over 100,000 series, the file read by the first",
    reach: "≤ 300 ms",
    measured: `${Math.round(times[0] ?? 0)} ms, then ${Math.round(Math.max(...times.slice(1)))} ms at most`,
    ok: most <= 300,
  });
}

/** What is counted alone: distinct series, and values by label. */
async function measurePlain(folder: string): Promise<void> {
  using memory = new Memory();
  const startedMs = performance.now();
  const values = new Map<string, Map<string, number>>();
  const all = new Set<string>();
  for (const name of readdirSync(folder)) {
    const { data } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { data: Record<string, string>[] };
    for (const labels of data) {
      all.add(JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))));
      for (const [label, value] of Object.entries(labels)) {
        let counts = values.get(label);
        if (counts === undefined) values.set(label, (counts = new Map()));
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    memory.look();
  }
  if (all.size !== SERIES) throw new Error(`${all.size} series`);
  printBenchLine({
    what: "the same answers as objects and texts, counted alone: no report, no file",
    reach: "for comparison",
    measured: `${((performance.now() - startedMs) / 1_000).toFixed(1)} s, ${megabytes(memory.most)} resident`,
    ok: null,
  });
}

const [mode, folder, work] = process.argv.slice(2);
if (folder !== undefined && work !== undefined) {
  if (mode === "table") await measureTable(folder, work);
  else if (mode === "small") await measureSmall(folder, work);
  else await measurePlain(folder);
} else {
  using answers = temporaryDirectory();
  using working = temporaryDirectory();
  for (let from = 0; from < SERIES; from += PER_ANSWER) {
    const some = Array.from({ length: PER_ANSWER }, (_, at) => seriesOf(from + at));
    writeFileSync(answers.file(`${String(from).padStart(9, "0")}.json`), seriesAnswer(some));
  }
  for (const each of ["table", "small", "plain"]) {
    const args = ["--max-old-space-size=8192", import.meta.filename, each, answers.path, working.path];
    execFileSync(process.execPath, args, { stdio: "inherit" });
  }
}
