import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { RestorePlanOptions } from "./run-storage-restore-plan.ts";
import { addRestoreOptions } from "./storage-restore-command.ts";

/** `storage restore plan`: what would be brought back, from where, and what stays lost. Writes to no store. */
export function addRestorePlanCommand(restore: Command, run: CommandRunner): void {
  addRestoreOptions(
    restore
      .command("plan")
      .description(
        "say what is missing or damaged, whether a source has it whole, and what stays lost; `storage restore apply` " +
          "carries it out within an hour",
      ),
  )
    .option("--scan <job>", "only what this scan of the profile found missing or damaged")
    .action(
      run<RestorePlanOptions>(async ({ context, options }) => {
        const { runStorageRestorePlan } = await import("./run-storage-restore-plan.ts");
        await runStorageRestorePlan(context, options);
      }),
    );
}
