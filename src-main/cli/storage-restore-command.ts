import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { RestoreOptions } from "./storage-restore-options.ts";

/** `storage restore apply`: carries out a plan, or makes one and carries it out. */
export function addRestoreApplyCommand(restore: Command, run: CommandRunner): void {
  addRestoreOptions(
    restore
      .command("apply")
      .description(
        "bring back what is missing or damaged: chunks first, index files last, each read back. Ctrl-C pauses it; the same " +
          "command goes on, also after a kill",
      )
      .argument("[plan]", "id of a plan that `storage restore plan` made; without it a plan is made of the options"),
  )
    .option("--yes", "do it; without this the plan is printed and nothing is done")
    .option("--reason <text>", "why, for the audit log and the report")
    .action(
      run<RestoreOptions>(async ({ context, options, args }) => {
        const { runStorageRestoreApply } = await import("./run-storage-restore-apply.ts");
        await runStorageRestoreApply(context, args[0], options);
      }),
    );
}

/** What a plan of a restore is asked for with. */
export function addRestoreOptions(command: Command): Command {
  return command
    .option("--store <place>", "the bucket that something is missing from or damaged in; as for storage scan")
    .option("--as-of <time>", "from its own versions as they were then: RFC 3339, now-2h, by the store's clock")
    .option("--from-store <place>", "from a copy instead: a DR bucket or a folder")
    .option("--tenant <id>", "only this tenant; may be repeated", collect)
    .option("--from <time>", "only chunks with lines from then on")
    .option("--to <time>", "only chunks with lines until then")
    .option("--deep", "decode what is judged, and not only its checksum")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .option("--bytes-per-second <size>", "restore no faster: 50MB")
    .addOption(outputOption());
}

function collect(value: string, before?: readonly string[]): readonly string[] {
  return [...(before ?? []), value];
}
