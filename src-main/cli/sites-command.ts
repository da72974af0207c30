import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { DoctorOptions, SitesOptions } from "./run-doctor.ts";
import { outputOption } from "./output-option.ts";
import { addSourceOptions } from "./source-options.ts";

export function addSitesCommands(program: Command, run: CommandRunner): void {
  program
    .command("sites")
    .description("the sites of this profile: kubeconfig contexts, direct addresses, the lab")
    .addOption(outputOption())
    .action(
      run<SitesOptions>(async ({ context, options }) => {
        const { listSites } = await import("./run-doctor.ts");
        await listSites(context, options);
      }),
    );

  addSourceOptions(
    program.command("doctor").description("walk the way to a site step by step and say where it fails and what to do"),
  )
    .option(
      "--confirm-plugin <hash>",
      "let the credential plugin of this hash run, as the step that stopped there names it",
    )
    .addOption(outputOption())
    .action(
      run<DoctorOptions>(async ({ context, options }) => {
        const { runDoctorCommand } = await import("./run-doctor.ts");
        await runDoctorCommand(context, options);
      }),
    );
}
