import { writeFile } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { StorageCheckPool } from "../core/storage/check/storage-check-pool.ts";
import { putPart } from "../core/storage/shards/part-store.ts";
import { scanInShard } from "../core/storage/shards/scan-in-shard.ts";
import { packPart } from "../core/storage/shards/scan-part.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { openCliStore, storeSubject } from "./open-storage-store.ts";
import { scanNameOf, scopeOf, shardOf, type ScopeOptions } from "./scan-shard-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface ScanShardOptions extends ScopeOptions {
  readonly store: string;
  readonly shard: string;
  readonly scanName?: string;
  readonly part?: string;
  readonly deep?: boolean;
  /** Of one scan alone. */
  readonly rate?: string;
  readonly incremental?: boolean;
  readonly compare?: boolean;
  readonly requireWhole?: boolean;
  readonly indexPrefix: string;
  readonly output: OutputFormat;
}

/** Scans one part of a bucket and says where what it found is: pods' logs are read by many. */
export async function runStorageScanShard(context: CommandContext, options: ScanShardOptions): Promise<void> {
  const { terminal } = context;
  using base = openBase(context);
  const shard = shardOf(options.shard);
  requireOfShard(options);
  const scan = scanNameOf(options.scanName ?? "");
  const scope = scopeOf(options, base.clock.nowMs());
  const mode = options.deep === true ? "deep" : "fast";
  const subject = { store: storeSubject(options.store), scan, shard: options.shard };
  const act = { action: "storage.scan", permission: "storage.scan", auditClass: "access", subject } as const;
  const told = await audited(base, context, act, async () => {
    await using opened = await openCliStore(options.store, base, context, { indexPrefix: options.indexPrefix });
    await using pool = new StorageCheckPool({ locate: terminal.locateWorker, logger: base.logger });
    const { store, folder, layout } = opened;
    const checker = folder === null ? pool.ofStore(store) : pool.ofFolder(folder);
    const part = await scanInShard(
      { store, layout, checker, mode, scope, shard, scan, clock: base.clock },
      terminal.signal,
    );
    const place =
      options.part === undefined
        ? await putPart(store, part, terminal.signal)
        : await writePart(options.part, packPart(part));
    return { scan, shard: part.shard, place, ...part.counts, findings: part.findings.length };
  });
  const line = `${told.place}: ${told.checked} chunks of ${told.checkedBytes} bytes, ${told.findings} findings`;
  await write(terminal.stdout, options.output === "text" ? `${terminalSafe(line)}\n` : jsonLine(told));
}

/** @throws AppError `request.invalid` for what a part of a scan cannot do: it would be silently left out */
function requireOfShard(options: ScanShardOptions): void {
  for (const option of ["rate", "incremental", "compare", "requireWhole"] as const) {
    if (options[option] === undefined) continue;
    const path = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new AppError("request.invalid", { path, problem: "not with --shard" });
  }
}

async function writePart(file: string, bytes: Uint8Array): Promise<string> {
  try {
    await writeFile(file, bytes);
    return file;
  } catch (error) {
    throw new AppError("files.unwritable", { file, problem: String(error).slice(0, 200) }, { cause: error });
  }
}
