import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { addLimitsChangeCommands } from "./limits-change-command.ts";
import { addLimitsShowCommand } from "./limits-show-command.ts";

/** `limits`: what tenants may do, and changes of it. */
export function addLimitsCommands(program: Command, run: CommandRunner): void {
  const limits = program.command("limits").description("limits of a site's tenants");
  addLimitsShowCommand(limits, run);
  addLimitsChangeCommands(limits, run);
}
