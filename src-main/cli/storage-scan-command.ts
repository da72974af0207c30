import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { StorageInspectOptions } from "./run-storage-inspect.ts";
import type { ScanShardOptions } from "./run-storage-scan-shard.ts";
import type { StorageScanOptions } from "./run-storage-scan.ts";
import { STORE_PLACES } from "./store-commands.ts";

/** `storage scan`, `storage inspect`. */
export function addScanCommands(storage: Command, run: CommandRunner): void {
  storage
    .command("scan")
    .description("compare every chunk with its key and every index with the chunks that there are")
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--deep", "decode every block, and not only the checksum of the whole")
    .option("--require-whole", "end with 6 where lines are lost or not found")
    .option("--tenant <tenant>", "only its objects; may be repeated", collect)
    .option("--from <time>", "only chunks with lines since then: RFC 3339, or a duration ago")
    .option("--to <time>", "only chunks with lines until then")
    .option("--sample <percent>", "read this share of the chunks; the next sample of the store reads others", "100")
    .option("--rate <size>", "read no more than this a second, as 50MB")
    .option("--incremental", "do not read again what was verified before and has not changed since")
    .option("--compare", "keep what was found, and say what appeared and vanished since the last scan that was kept")
    .option("--shard <index/count>", "only one part of the bucket, 0/8 to 7/8; see job-manifest and merge")
    .option("--scan-name <name>", "with --shard: the same for all parts of a scan")
    .option("--part <file>", "with --shard: write the part to a file; into the bucket without")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption())
    .action(
      run<StorageScanOptions & Partial<Pick<ScanShardOptions, "shard">>>(async ({ context, options }) => {
        const { shard } = options;
        if (shard !== undefined) {
          const { runStorageScanShard } = await import("./run-storage-scan-shard.ts");
          await runStorageScanShard(context, { ...options, shard });
          return;
        }
        const { runStorageScan } = await import("./run-storage-scan.ts");
        await runStorageScan(context, options);
      }),
    );
  storage
    .command("inspect")
    .description("say what is in one chunk or index file, and what is wrong with it")
    .argument("<key>", "of the object, without the store's own prefix")
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--version-id <id>", "a version of the object that is not the newest")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption())
    .action(
      run<StorageInspectOptions>(async ({ context, options, args }) => {
        const { runStorageInspect } = await import("./run-storage-inspect.ts");
        await runStorageInspect(context, args[0] ?? "", options);
      }),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
