import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { cpus, totalmem } from "node:os";
import { benchLineSchema, type BenchLine } from "../test/perf/bench-line.ts";
import { ensureBuilt } from "./ensure-built.ts";
import { findChromium } from "./find-chromium.ts";

// `npm run bench [-- NAME …]`: runs `test/perf/*.bench.ts` one after the other and prints one table. It measures; it is no test.
const ROOT = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);

ensureBuilt((sentence) => console.error(sentence));
const browser = await findChromium();
const files = globSync("test/perf/*.bench.ts", { cwd: ROOT })
  .sort()
  .filter((file) => wanted.length === 0 || wanted.some((name) => basename(file).includes(name)));

const lines: BenchLine[] = [];
for (const file of files) {
  console.error(`— ${basename(file, ".bench.ts")}`);
  lines.push(...(await runBench(file)));
}
const gib = Math.round(totalmem() / 2 ** 30);
console.log(`\n${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${gib} GiB, Node ${process.versions.node}\n`);
console.log("| What | Reach | Measured | |\n|---|---|---|---|");
for (const { what, reach, measured, ok } of lines) {
  console.log(`| ${what} | ${reach} | ${measured} | ${ok === null ? "" : ok ? "✓" : "✗"} |`);
}

async function runBench(file: string): Promise<BenchLine[]> {
  const child = spawn(process.execPath, ["--expose-gc", "--max-old-space-size=8192", join(ROOT, file)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...(browser === null ? {} : { KUBEMATE_BROWSER: browser }) },
  });
  const found: BenchLine[] = [];
  const exited = once(child, "exit");
  for await (const text of createInterface({ input: child.stdout })) {
    const line = benchLineSchema.safeParse(parsed(text));
    if (!line.success) {
      console.error(text);
      continue;
    }
    found.push(line.data);
    console.error(`  ${line.data.what}: ${line.data.measured}`);
  }
  await exited;
  if (child.exitCode !== 0) {
    found.push({
      what: basename(file),
      reach: "",
      measured: `ended with ${child.exitCode ?? child.signalCode}`,
      ok: false,
    });
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
