import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.ts";
import { findChromium } from "./find-chromium.ts";

// `npm test`: every test there is, the browser's included. The last line is `N passed, N failed`.
const ROOT = join(import.meta.dirname, "..");

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const browser = await needChromium();
const counts: Count[] = [];
for (const script of ["typecheck", "lint", "format:check"]) counts.push(runCheck(script));
ensureBuilt((sentence) => console.log(sentence));
counts.push(runVitest(), runPlaywright(browser));

const total = counts.reduce((sum, count) => ({
  passed: sum.passed + count.passed,
  failed: sum.failed + count.failed,
  skipped: sum.skipped + count.skipped,
}));
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped === 0 ? "" : `, ${total.skipped} skipped`}`);

/** The browser that the tests drive; installed where that is possible, else the one line to type. */
async function needChromium(): Promise<string> {
  const found = await findChromium();
  if (found !== null) return found;
  console.log("No Chromium was found: trying to install Playwright’s …");
  spawnSync("npx", ["playwright", "install", "chromium"], { cwd: ROOT, stdio: "inherit", timeout: 600_000 });
  const installed = await findChromium();
  if (installed !== null) return installed;
  console.error(
    process.platform === "linux"
      ? "The tests need a Chromium. Type: sudo apt-get install -y chromium"
      : "The tests need a Chromium. Type: npx playwright install chromium",
  );
  process.exit(1);
}

function runCheck(script: string): Count {
  console.log(`— ${script}`);
  const { status } = spawnSync("npm", ["run", "-s", script], { cwd: ROOT, stdio: "inherit" });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

function runVitest(): Count {
  console.log("— unit, contract, integration, architecture");
  const report = reportFile("vitest");
  const { status } = spawnSync(
    "npx",
    [
      "vitest",
      "run",
      "--config",
      "test/vitest.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    { cwd: ROOT, stdio: "inherit", env: { ...process.env, NO_COLOR: "1" } },
  );
  return counted(report, status, (json) => ({
    passed: numberAt(json, "numPassedTests"),
    failed: numberAt(json, "numFailedTests"),
    skipped: numberAt(json, "numPendingTests"),
  }));
}

function runPlaywright(executable: string): Count {
  console.log("— end to end, in Chromium");
  const report = reportFile("playwright");
  const { status } = spawnSync("npx", ["playwright", "test", "--config", "test/e2e/playwright.config.ts"], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, KUBEMATE_BROWSER: executable, PLAYWRIGHT_JSON_OUTPUT_FILE: report, NO_COLOR: "1" },
  });
  return counted(report, status, (json) => {
    const stats = typeof json === "object" && json !== null && "stats" in json ? json.stats : null;
    return {
      passed: numberAt(stats, "expected") + numberAt(stats, "flaky"),
      failed: numberAt(stats, "unexpected"),
      skipped: numberAt(stats, "skipped"),
    };
  });
}

function reportFile(name: string): string {
  const file = join(tmpdir(), `kubemate-${name}-${process.pid}.json`);
  rmSync(file, { force: true });
  return file;
}

/** A runner that failed without a failed test (a crash, a broken import) counts as one failure. */
function counted(report: string, status: number | null, read: (json: unknown) => Count): Count {
  let count: Count = { passed: 0, failed: 0, skipped: 0 };
  try {
    count = read(JSON.parse(readFileSync(report, "utf8")));
  } catch (error) {
    console.error(`no report: ${String(error)}`);
  }
  rmSync(report, { force: true });
  return status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function numberAt(json: unknown, key: string): number {
  if (typeof json !== "object" || json === null || !(key in json)) return 0;
  const value: unknown = Object.entries(json).find(([name]) => name === key)?.[1];
  return typeof value === "number" ? value : 0;
}
