import { Option, type Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { AuditConfigOptions } from "./run-audit-config.ts";
import { addSourceOptions } from "./source-options.ts";

export function addAuditConfigCommand(program: Command, run: CommandRunner): void {
  addSourceOptions(
    program.command("audit-config").description("what of a Loki's configuration asks for trouble, and why"),
  )
    .addOption(new Option("--config <file>", "a configuration file of Loki's instead").conflicts(["source", "site"]))
    .addOption(outputOption())
    .action(
      run<AuditConfigOptions>(async ({ context, options }) => {
        const { runAuditConfig } = await import("./run-audit-config.ts");
        await runAuditConfig(context, options);
      }),
    );
}
