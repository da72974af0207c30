import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { addDrillCommands } from "./drill-commands.ts";
import { addRestorePlanCommand } from "./storage-restore-plan-command.ts";
import { addRestoreApplyCommand } from "./storage-restore-command.ts";
import { addQuarantineCommands } from "./storage-quarantine-command.ts";
import { addScanCommands } from "./storage-scan-command.ts";
import { addShardCommands } from "./storage-shards-command.ts";
import { addStoreCommands } from "./store-commands.ts";

export function addStorageCommands(program: Command, run: CommandRunner): void {
  const storage = program.command("storage").description("prove that what a Loki has stored is whole");
  addStoreCommands(storage, run);
  addDrillCommands(storage, run);
  const restore = storage.command("restore").description("bring back what is missing or damaged in a bucket");
  addRestorePlanCommand(restore, run);
  addRestoreApplyCommand(restore, run);
  addScanCommands(storage, run);
  addQuarantineCommands(storage, run);
  addShardCommands(storage, run);
}
