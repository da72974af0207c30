import { readFile } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { jobManifest } from "../core/storage/shards/job-manifest.ts";
import { mergeShards, type MergedScan } from "../core/storage/shards/merge-shards.ts";
import { readParts } from "../core/storage/shards/part-store.ts";
import { MOST_SHARDS, unpackPart, type ScanPart } from "../core/storage/shards/scan-part.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { openCliStore, storeSubject } from "./open-storage-store.ts";
import { scanNameOf, scopeOf, type ScopeOptions } from "./scan-shard-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface JobManifestCommandOptions extends ScopeOptions {
  readonly store: string;
  readonly shards: string;
  readonly parallelism?: string;
  readonly namespace: string;
  readonly image: string;
  readonly secret: string;
  readonly scanName?: string;
  readonly deep?: boolean;
  readonly indexPrefix: string;
  readonly output: OutputFormat;
}

export interface MergeOptions {
  readonly store?: string;
  readonly scanName?: string;
  readonly requireWhole?: boolean;
  readonly output: OutputFormat;
}

/** Prints the Job that scans a bucket in parts inside of the cluster. */
export async function runStorageJobManifest(
  context: CommandContext,
  options: JobManifestCommandOptions,
): Promise<void> {
  using base = openBase(context);
  const shards = countOf("--shards", options.shards);
  const { namespace, image, secret, scanName } = options;
  const manifest = {
    mode: options.deep === true ? "deep" : "fast",
    scope: scopeOf(options, base.clock.nowMs()),
    shards,
    parallelism: options.parallelism === undefined ? shards : countOf("--parallelism", options.parallelism),
    namespace,
    image,
    secret,
    ...(scanName === undefined ? {} : { scan: scanNameOf(scanName) }),
  } as const;
  const subject = { store: storeSubject(options.store), shards };
  const act = { action: "storage.jobManifest", permission: "storage.scan", auditClass: "access", subject } as const;
  const yaml = await audited(base, context, act, async () => {
    await using opened = await openCliStore(options.store, base, context, { indexPrefix: options.indexPrefix });
    return jobManifest(opened, manifest);
  });
  await write(context.terminal.stdout, options.output === "text" ? yaml : jsonLine({ yaml }));
}

/** Prints the report of all parts, as `storage scan` prints one scan's. */
export async function runStorageMerge(
  context: CommandContext,
  files: readonly string[],
  options: MergeOptions,
): Promise<void> {
  using base = openBase(context);
  const { stdout } = context.terminal;
  const subject = { store: storeSubject(options.store ?? ""), parts: files.length };
  const act = { action: "storage.merge", permission: "storage.read", auditClass: "access", subject } as const;
  const merged = await audited(base, context, act, async () => mergeShards(await partsOf()));
  if (options.output === "json") await write(stdout, jsonLine(merged));
  else if (options.output === "ndjson") for (const finding of merged.findings) await write(stdout, jsonLine(finding));
  else await write(stdout, textOf(merged));
  const critical = merged.findings.some(({ severity }) => severity === "critical");
  if (options.requireWhole === true && critical) throw new ExitWith(EXIT_CODES.incomplete);

  async function partsOf(): Promise<readonly ScanPart[]> {
    if (files.length > 0) return await Promise.all(files.map(readPart));
    const { store, scanName } = options;
    if (store === undefined || scanName === undefined) {
      throw new AppError("request.invalid", { path: "--store", problem: "files, or --store and --scan-name" });
    }
    await using opened = await openCliStore(store, base, context);
    return await readParts(opened.store, scanNameOf(scanName), context.terminal.signal);
  }
}

async function readPart(file: string): Promise<ScanPart> {
  try {
    return unpackPart(await readFile(file), file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 200) }, { cause: error });
  }
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_SHARDS) return count;
  throw new AppError("request.invalid", { path: option, problem: `1 to ${MOST_SHARDS}` });
}

function textOf(merged: MergedScan): string {
  const lines = merged.findings.map(
    ({ severity, kind, key, tenant }) =>
      `${severity.padEnd(8)} ${kind.padEnd(20)} ${key}${tenant === null ? "" : ` (${tenant})`}`,
  );
  const { shards, objects, bytes, chunks, indexFiles, references, findings } = merged;
  const sum = `${shards} parts, ${objects} objects of ${bytes} bytes: ${chunks} chunks, ${indexFiles} index files that name ${references}; ${findings.length} findings`;
  const gaps = merged.gaps.map(({ key, params }) => `not done in full: ${key} ${JSON.stringify(params)}`);
  return [...lines, sum, ...gaps].map((line) => `${terminalSafe(line)}\n`).join("");
}
