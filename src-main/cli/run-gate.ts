import { text as readAll } from "node:stream/consumers";
import { systemClock } from "../core/common/clock.ts";
import { readGateFiles, type GateInput } from "../core/tenants/gate/gate-files.ts";
import { runGate, type GateFinding, type GateReport } from "../core/tenants/gate/gate.ts";
import { junitReport } from "../core/tenants/gate/junit.ts";
import type { UnreadableInput } from "../core/tenants/gate/label-use.ts";
import { sarifReport } from "../core/tenants/gate/sarif.ts";
import { listedSuppressions, type BrokenSuppression, type Suppression } from "../core/tenants/gate/suppressions.ts";
import type { CommandContext } from "./command-context.ts";
import { ExitWith } from "./exit-with.ts";
import type { GateCommandOptions } from "./gate-formats.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const CLEAN = 0;
const FINDINGS = 1;
const UNREADABLE = 2;

/** Judges the labels that files would make. Ends with 0, 1 or 2 as pipelines know it from linters. */
export async function runGateCommand(
  { terminal }: CommandContext,
  { format, suppressions }: GateCommandOptions,
  paths: readonly string[],
): Promise<void> {
  const fromInput: readonly GateInput[] = paths.includes("-")
    ? [{ path: "stdin.yaml", text: await readAll(terminal.stdin) }]
    : [];
  const read = await readGateFiles(paths.filter((path) => path !== "-"));
  const listed = suppressions === undefined ? NOTHING_LISTED : await readSuppressions(suppressions);
  const files = [...fromInput, ...read.files];
  const report = runGate(files, listed.suppressions, new Date(systemClock.nowMs()).toISOString().slice(0, 10));
  const whole = { ...report, unreadable: [...read.unreadable, ...listed.broken, ...report.unreadable] };
  await write(terminal.stdout, printed(whole, format));
  const code = whole.unreadable.length > 0 ? UNREADABLE : whole.findings.length > 0 ? FINDINGS : CLEAN;
  if (code !== CLEAN) throw new ExitWith(code);
}

interface Listed {
  readonly suppressions: readonly Suppression[];
  readonly broken: readonly (BrokenSuppression | UnreadableInput)[];
}

const NOTHING_LISTED: Listed = { suppressions: [], broken: [] };

async function readSuppressions(file: string): Promise<Listed> {
  const { files, unreadable } = await readGateFiles([file]);
  const [first] = files;
  if (first === undefined) return { suppressions: [], broken: unreadable };
  const { parseDocument } = await import("yaml");
  const document = parseDocument(first.text, { prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return listedSuppressions(file, document.toJS({ maxAliasCount: 100 }));
  return { suppressions: [], broken: [{ place: { file, line: 1, column: 1 }, problem: error.message.slice(0, 300) }] };
}

function printed(report: GateReport, format: GateCommandOptions["format"]): string {
  switch (format) {
    case "json":
      return jsonLine(report);
    case "sarif":
      return `${JSON.stringify(sarifReport(report, KUBEMATE_VERSION), null, 2)}\n`;
    case "junit":
      return junitReport(report);
    case "text":
      return textReport(report);
  }
}

function textReport({ files, labels, findings, suppressed, unreadable, unused }: GateReport): string {
  const at = ({ file, line, column }: GateFinding["place"]) => `${file}:${line}:${column}`;
  const lines = [
    ...unreadable.map(({ place, problem }) => `${at(place)}: unreadable: ${problem}`),
    ...findings.flatMap(({ place, severity, rule, title, label, owner, evidence, fix, expired }) => [
      `${at(place)}: ${severity}: ${title}${label === "" ? "" : `: ${label}`}${owner === "" ? "" : ` in ${owner}`} (${evidence}) [${rule}]`,
      `    ${fix}`,
      ...(expired === null ? [] : [`    Taken on until ${expired.until}: ${expired.reason}. That day is over.`]),
    ]),
    ...unused.map(
      ({ place, rules }) => `${at(place)}: note: this suppression of ${rules.join(", ") || "all"} covers nothing`,
    ),
    `${files} files, ${labels} labels: ${findings.length} findings, ${suppressed.length} taken on, ${unreadable.length} unreadable`,
  ];
  return `${lines.map(terminalSafe).join("\n")}\n`;
}
