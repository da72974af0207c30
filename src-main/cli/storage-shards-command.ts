import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { JobManifestCommandOptions, MergeOptions } from "./run-storage-shards.ts";
import { STORE_PLACES } from "./store-commands.ts";

/** `storage job-manifest`, `storage merge`: a scan in parts, as pods of a cluster do it by `storage scan --shard`. */
export function addShardCommands(storage: Command, run: CommandRunner): void {
  addScope(
    storage
      .command("job-manifest")
      .description("write the Kubernetes Job that scans a bucket in parts inside of its cluster; nothing is sent"),
  )
    .requiredOption("--shards <number>", "parts, each scanned by a pod of its own")
    .option("--parallelism <number>", "pods at a time; as many as there are parts without")
    .requiredOption("--namespace <namespace>", "of the Job and its Secret")
    .requiredOption("--image <image>", "whose entry point is the program kubemate")
    .option("--secret <name>", "Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "kubemate-bucket")
    .option("--scan-name <name>", "of the scan; made up without")
    .action(
      run<JobManifestCommandOptions>(async ({ context, options }) => {
        const { runStorageJobManifest } = await import("./run-storage-shards.ts");
        await runStorageJobManifest(context, options);
      }),
    );
  storage
    .command("merge")
    .description("put the parts of a scan together: the report that one scan would have made")
    .argument("[files...]", "parts; those in the bucket without")
    .option("--store <place>", STORE_PLACES)
    .option("--scan-name <name>", "which scan's parts in the bucket")
    .option("--require-whole", "end with 6 where lines are lost or not found")
    .addOption(outputOption())
    .action(
      run<MergeOptions>(async ({ context, options, args }) => {
        const { runStorageMerge } = await import("./run-storage-shards.ts");
        await runStorageMerge(context, args, options);
      }),
    );
}

function addScope(command: Command): Command {
  return command
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--deep", "decode every block, and not only the checksum of the whole")
    .option("--tenant <tenant>", "only its objects; may be repeated", collect)
    .option("--from <time>", "only chunks with lines since then: RFC 3339, or a duration ago")
    .option("--to <time>", "only chunks with lines until then")
    .option("--sample <percent>", "read this share of the chunks", "100")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption());
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
