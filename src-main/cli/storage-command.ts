import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { StorageInspectOptions } from "./run-storage-inspect.ts";
import type { StorageScanOptions } from "./run-storage-scan.ts";
import { addStoreCommands } from "./store-commands.ts";

export function addStorageCommands(program: Command, run: CommandRunner): void {
  const storage = program.command("storage").description("prove that what a Loki has stored is whole");
  addStoreCommands(storage, run);
  storage
    .command("scan")
    .description("compare every chunk with its key and every index with the chunks that there are")
    .requiredOption(
      "--store <place>",
      "a folder that is a copy of the bucket, or s3://bucket/prefix?endpoint=…&region=…&ca-file=…",
    )
    .option("--deep", "decode every block, and not only the checksum of the whole")
    .option("--require-whole", "end with 6 where lines are lost or not found")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption())
    .action(
      run<StorageScanOptions>(async ({ context, options }) => {
        const { runStorageScan } = await import("./run-storage-scan.ts");
        await runStorageScan(context, options);
      }),
    );
  storage
    .command("inspect")
    .description("say what is in one chunk or index file, and what is wrong with it")
    .argument("<key>", "of the object, without the store's own prefix")
    .requiredOption("--store <place>", "as for storage scan")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption())
    .action(
      run<StorageInspectOptions>(async ({ context, options, args }) => {
        const { runStorageInspect } = await import("./run-storage-inspect.ts");
        await runStorageInspect(context, args[0] ?? "", options);
      }),
    );
}
