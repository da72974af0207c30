import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { QuarantineOptions } from "./storage-quarantine-options.ts";
import { STORE_PLACES } from "./store-commands.ts";

/** `storage quarantine plan|apply|undo|list`. */
export function addQuarantineCommands(storage: Command, run: CommandRunner): void {
  const quarantine = storage
    .command("quarantine")
    .description("set damaged objects aside, with a copy of each and a manifest, and bring them back");
  addWhat(
    quarantine
      .command("plan")
      .description("what setting these objects aside would do: what is left of their lines, what speaks against it"),
  ).action(
    run<QuarantineOptions>(async ({ context, options }) => {
      const { runQuarantinePlan } = await import("./run-storage-quarantine.ts");
      await runQuarantinePlan(context, options);
    }),
  );
  addApply(
    addWhat(
      quarantine
        .command("apply")
        .description(
          "copy these objects aside, read the copies back, and only then remove them; the same command goes on",
        ),
    ),
  ).action(
    run<QuarantineOptions>(async ({ context, options }) => {
      const { runQuarantineApply } = await import("./run-storage-quarantine.ts");
      await runQuarantineApply(context, options);
    }),
  );
  addApply(
    addStore(
      quarantine
        .command("undo")
        .description("put the objects of a batch back where nothing stands in their place")
        .argument("<batch>", "as `storage quarantine list` tells it"),
    ),
  ).action(
    run<QuarantineOptions>(async ({ context, options, args }) => {
      const { runQuarantineApply } = await import("./run-storage-quarantine.ts");
      await runQuarantineApply(context, { ...options, batch: args[0] ?? "" });
    }),
  );
  addStore(quarantine.command("list").description("what is set aside in a bucket, the newest batch first")).action(
    run<QuarantineOptions>(async ({ context, options }) => {
      const { runQuarantineList } = await import("./run-storage-quarantine.ts");
      await runQuarantineList(context, options);
    }),
  );
}

function addStore(command: Command): Command {
  return command
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption());
}

function addWhat(command: Command): Command {
  return addStore(command)
    .option("--key <key>", "an object by its key; may be repeated", collect)
    .option("--scan <job>", "a scan whose findings were kept")
    .option("--finding <id>", "one of its findings; may be repeated", collect);
}

function addApply(command: Command): Command {
  return command
    .option("--yes", "do it; without this the plan is printed and nothing is done")
    .option("--reason <text>", "why: needed where the plan doubts; for the audit log and the manifest");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
