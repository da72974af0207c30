/**
 * Measures `kubemate import` of a text file as a person meets it: the built command, from its start to its end, and its
 * memory with all its threads.
 *
 *     node test/perf/archive-import.bench.ts [--rows 2000000]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { importSummarySchema, type ImportSummary } from "../../src-shared/model/import-summary.ts";
import { accessLogs } from "../builders/access-logs.ts";
import { printBenchLine } from "./bench-line.ts";

const { values: flags } = parseArgs({ options: { rows: { type: "string", default: "2000000" } } });
const rows = Number(flags.rows);
const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));

interface Measured {
  readonly summary: ImportSummary;
  readonly seconds: number;
  /** 0 where the system does not tell. */
  readonly peakBytes: number;
}

/** Runs the command over a file; every tenth of a second its memory is looked at. */
async function runImport(file: string, archive: string): Promise<Measured> {
  const cli = join(import.meta.dirname, "../../out/main/cli.js");
  const parameters = [
    cli,
    "--profile",
    join(folder, "profile"),
    "import",
    file,
    "--archive",
    archive,
    "--output",
    "json",
  ];
  const began = performance.now();
  const child = spawn(process.execPath, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(child.pid ?? 0));
  }, 100);
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  clearInterval(looking);
  const seconds = (performance.now() - began) / 1_000;
  return { summary: importSummarySchema.parse(JSON.parse(output)), seconds, peakBytes };
}

function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    // No /proc on this system, or the command has just ended.
    return 0;
  }
}

try {
  const file = join(folder, "access.log");
  accessLogs(1_795_168_800_000_000_000n).writeText(file, rows);
  const megabytes = Math.round(statSync(file).size / 1e6);
  const { summary, seconds, peakBytes } = await runImport(file, join(folder, "archive"));
  if (summary.linesWritten !== rows) throw new Error(`${summary.linesWritten} of ${rows} lines`);
  const rate = Math.round(rows / summary.seconds);
  printBenchLine({
    what: `import of a text file (${rows.toLocaleString("en")} lines, ${megabytes} MB) into an archive`,
    reach: "≥ 250,000 lines/s",
    measured: `${rate.toLocaleString("en")} lines/s`,
    ok: rate >= 250_000,
  });
  const informs = [
    ["the same with the command's start and the opening of the file", `${seconds.toFixed(1)} s`],
    ["size of that archive", `${Math.round(summary.sizeBytes / 1e6)} MB`],
    ["memory of that import at most", `${Math.round(peakBytes / 1e6)} MB`],
  ] as const;
  for (const [what, measured] of informs) printBenchLine({ what, reach: "", measured, ok: null });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
