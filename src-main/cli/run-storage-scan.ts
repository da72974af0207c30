import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { FolderObjectStore } from "../core/storage/folder-object-store.ts";
import { scanBucket, type ScanReport } from "../core/storage/integrity/integrity-scan.ts";
import { DEFAULT_LAYOUT } from "../core/storage/integrity/object-kind.ts";
import type { ObjectStore } from "../core/storage/object-store.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { parsePlace, type ExportPlace } from "./export-options.ts";
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
    await using store = await openStore(place, base, context);
    return scanBucket({ store, mode: deep ? "deep" : "fast", layout: { ...DEFAULT_LAYOUT, indexPrefix } }, signal);
  });
  if (output === "json") await write(stdout, jsonLine(report));
  else if (output === "ndjson") for (const finding of report.findings) await write(stdout, jsonLine(finding));
  else await write(stdout, textOf(report));
  if (requireWhole && report.findings.some(({ severity }) => severity === "critical")) {
    throw new ExitWith(EXIT_CODES.incomplete);
  }
}

async function openStore(place: ExportPlace, base: ConsoleBase, { terminal }: CommandContext): Promise<ObjectStore> {
  if (place.kind === "folder") return new FolderObjectStore(place.directory);
  const { openPlaceStore } = await import("../core/console-stores.ts");
  return openPlaceStore(place.place, base, terminal.environment);
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
