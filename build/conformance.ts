import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadCorpus } from "./conformance/corpus.ts";
import { type ConformanceReport, runConformance } from "./conformance/run.ts";

/**
 * `node build/conformance.ts DIR [--compat loki] [--group NAME] [--out FILE]`: how many queries of a recorded corpus our
 * LogQL answers as Loki did. Prints a table; writes every difference to a file. Exit code 1 when there is one.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    compat: { type: "string", default: "documented" },
    group: { type: "string" },
    out: { type: "string" },
  },
});

function print(report: ConformanceReport): void {
  console.log(`${"group".padEnd(16)}${"equal".padStart(7)}${"different".padStart(11)}${"total".padStart(7)}`);
  const rows = [...report.groups, { group: "all", equal: report.equal, total: report.total }];
  for (const { group, equal, total } of rows) {
    const cells = [String(equal).padStart(7), String(total - equal).padStart(11), String(total).padStart(7)];
    console.log(group.padEnd(16) + cells.join(""));
  }
  console.log(`error texts: ${report.errorTexts.equal} of ${report.errorTexts.total} equal`);
}

const [folder] = positionals;
if (folder === undefined || (values.compat !== "documented" && values.compat !== "loki")) {
  console.error("usage: node build/conformance.ts DIR [--compat documented|loki] [--group NAME] [--out FILE]");
  process.exit(2);
}
const started = performance.now();
const report = runConformance(loadCorpus(folder), { compat: values.compat, group: values.group });
print(report);
const out = values.out ?? join("out", "conformance", `differences-${values.compat}.ndjson`);
mkdirSync(join(out, ".."), { recursive: true });
writeFileSync(out, [...report.differences, ...report.differentTexts].map((row) => `${JSON.stringify(row)}\n`).join(""));
console.log(`${((performance.now() - started) / 1_000).toFixed(1)} s; differences in ${out}`);
process.exitCode = report.differences.length === 0 ? 0 : 1;
