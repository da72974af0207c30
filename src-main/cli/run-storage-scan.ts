import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import { StorageCheckPool } from "../core/storage/check/storage-check-pool.ts";
import { scanBucket, type ScanReport } from "../core/storage/integrity/integrity-scan.ts";
import { DEFAULT_LAYOUT } from "../core/storage/integrity/object-kind.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { parsePlace } from "./export-options.ts";
import { openStorageStore } from "./open-storage-store.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface StorageScanOptions {
  readonly store: string;
  readonly deep?: boolean;
  readonly requireWhole?: boolean;
  readonly indexPrefix: string;
  readonly output: OutputFormat;
}

/** Scans a bucket or a copy of one and prints what is wrong with it, the worst first. */
export async function runStorageScan(
  context: CommandContext,
  { store: address, deep = false, requireWhole = false, indexPrefix, output }: StorageScanOptions,
): Promise<void> {
  const place = parsePlace(address, "--store");
  const { stdout, signal } = context.terminal;
  using base = openBase(context);
  const subject = {
    store: place.kind === "folder" ? place.directory : `s3://${place.place.bucket}/${place.place.prefix}`,
    deep,
  };
  const act = { action: "storage.scan", permission: "storage.scan", auditClass: "access", subject } as const;
  const report = await audited(base, context, act, async () => {
    await using store = await openStorageStore(place, base, context);
    await using pool = new StorageCheckPool({ locate: context.terminal.locateWorker, logger: base.logger });
    const checker = place.kind === "folder" ? pool.ofFolder(store.title) : pool.ofStore(store);
    const layout = { ...DEFAULT_LAYOUT, indexPrefix };
    return await scanBucket({ store, mode: deep ? "deep" : "fast", layout, checker }, signal);
  });
  if (output === "json") await write(stdout, jsonLine(report));
  else if (output === "ndjson") for (const finding of report.findings) await write(stdout, jsonLine(finding));
  else await write(stdout, textOf(report));
  if (requireWhole && report.findings.some(({ severity }) => severity === "critical")) {
    throw new ExitWith(EXIT_CODES.incomplete);
  }
}

function textOf({ findings, objects, bytes, chunks, indexFiles, references }: ScanReport): string {
  const lines = [
    ...findings.map(findingLine),
    `${objects} objects of ${bytes} bytes: ${chunks} chunks, ${indexFiles} index files that name ${references}; ${findings.length} findings`,
  ];
  return `${lines.map(terminalSafe).join("\n")}\n`;
}

function findingLine({ severity, kind, key, tenant, fromMs, throughMs, entriesLost, chunks }: StorageFinding): string {
  const when =
    fromMs === null || throughMs === null
      ? ""
      : ` ${new Date(fromMs).toISOString()} to ${new Date(throughMs).toISOString()}`;
  const cost = entriesLost === null ? "" : `, ${entriesLost} lines`;
  return `${severity.padEnd(8)} ${kind.padEnd(20)} ${key}${tenant === null ? "" : ` (${tenant}, ${chunks} chunks${cost})`}${when}`;
}
