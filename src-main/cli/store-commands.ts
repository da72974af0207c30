import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { StorageHealthOptions } from "./run-storage-health.ts";
import type { StorageStoresOptions } from "./run-storage-stores.ts";

/** What every `--store` takes. */
export const STORE_PLACES =
  "a folder that is a copy of the bucket, s3://bucket/prefix?endpoint=…&region=…&ca-file=…, the name or id of a store of the profile, or site:NAME";

export function addStoreCommands(storage: Command, run: CommandRunner): void {
  storage
    .command("stores")
    .description("list the stores of the profile, and with --site what that site's Loki keeps its data in")
    .option("--site <site>", "name or id of a site")
    .addOption(outputOption())
    .action(
      run<StorageStoresOptions>(async ({ context, options }) => {
        const { runStorageStores } = await import("./run-storage-stores.ts");
        await runStorageStores(context, options);
      }),
    );
  storage
    .command("health")
    .description("say how a bucket and its servers are, and what endangers what Loki keeps in it")
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--check", "also try what the console needs of it")
    .option("--write", "with --check: also write and delete an object of the console's own")
    .option("--require-well", "end with 6 where something critical was found, or a check failed")
    .addOption(outputOption())
    .action(
      run<StorageHealthOptions>(async ({ context, options }) => {
        const { runStorageHealth } = await import("./run-storage-health.ts");
        await runStorageHealth(context, options);
      }),
    );
}
