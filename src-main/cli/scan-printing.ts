import type { Writable } from "node:stream";
import type { FindingFilter, KeptFinding, ScanSummary } from "../../src-shared/model/storage/scan.ts";
import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import type { OutputFormat } from "./command-context.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface PrintedScan {
  readonly summary: ScanSummary;
  readonly findings: (filter: FindingFilter) => Iterable<Omit<KeptFinding, "quarantine">>;
}

/** A million findings are printed as they are read. */
export async function printScan(
  stdout: Writable,
  { summary, findings }: PrintedScan,
  { output, compare = false }: { readonly output: OutputFormat; readonly compare?: boolean },
): Promise<void> {
  const shown = (kept: Omit<KeptFinding, "quarantine">) =>
    compare ? { ...kept.finding, id: kept.id, state: kept.state, firstSeenMs: kept.firstSeenMs } : kept.finding;
  const vanished = compare && summary.compared !== null ? findings({ state: "vanished" }) : [];
  if (output === "ndjson") {
    for (const kept of findings({})) await write(stdout, jsonLine(shown(kept)));
    for (const kept of vanished) await write(stdout, jsonLine(shown(kept)));
    return;
  }
  if (output === "json") {
    const { objects, bytes, chunks, indexFiles, references } = summary;
    await write(
      stdout,
      `${JSON.stringify({ objects, bytes, chunks, indexFiles, references, summary }).slice(0, -1)},"findings":[`,
    );
    await writeAll(stdout, findings({}), shown);
    if (compare) {
      await write(stdout, '],"vanished":[');
      await writeAll(stdout, vanished, shown);
    }
    await write(stdout, "]}\n");
    return;
  }
  for (const { finding, state } of findings({})) {
    await write(stdout, `${terminalSafe(`${compare ? `${state} ` : ""}${findingLine(finding)}`)}\n`);
  }
  for (const { finding } of vanished) await write(stdout, `${terminalSafe(`vanished ${findingLine(finding)}`)}\n`);
  for (const line of summaryLines(summary)) await write(stdout, `${terminalSafe(line)}\n`);
}

async function writeAll<Kept>(
  stdout: Writable,
  findings: Iterable<Kept>,
  shown: (kept: Kept) => unknown,
): Promise<void> {
  let first = true;
  for (const kept of findings) {
    // oxlint-disable-next-line no-await-in-loop -- waits while the reader is slow
    await write(stdout, `${first ? "" : ","}${JSON.stringify(shown(kept))}`);
    first = false;
  }
}

function summaryLines(summary: ScanSummary): readonly string[] {
  const { objects, bytes, chunks, indexFiles, references, checked, reused, skipped, counts, compared, gaps } = summary;
  const found = counts.critical + counts.warning + counts.info;
  return [
    `${objects} objects of ${bytes} bytes: ${chunks} chunks, ${indexFiles} index files that name ${references}; ${found} findings`,
    ...(reused + skipped === 0 ? [] : [`${checked} chunks read, ${reused} known from before, ${skipped} left out`]),
    ...(compared === null
      ? []
      : [
          `since the scan before: ${compared.appeared} appeared, ${compared.vanished} vanished, ${compared.stayed} stayed`,
        ]),
    ...gaps.map(({ key, params }) => `not done in full: ${key} ${JSON.stringify(params)}`),
  ];
}

function findingLine({ severity, kind, key, tenant, fromMs, throughMs, entriesLost, chunks }: StorageFinding): string {
  const when = fromMs === null || throughMs === null ? "" : ` ${isoTime(fromMs)} to ${isoTime(throughMs)}`;
  const cost = entriesLost === null ? "" : `, ${entriesLost} lines`;
  return `${severity.padEnd(8)} ${kind.padEnd(20)} ${key}${tenant === null ? "" : ` (${tenant}, ${chunks} chunks${cost})`}${when}`;
}

/** Times of keys that nobody vouches for may be no time at all. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
