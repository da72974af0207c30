import type { Command } from "commander";
import { addAssumptionOptions } from "./assumption-options.ts";
import type { CommandRunner } from "./command-runner.ts";
import type { ImportCommandOptions } from "./run-import.ts";
import { outputOption } from "./output-option.ts";

export function addImportCommand(program: Command, run: CommandRunner): void {
  addAssumptionOptions(
    program
      .command("import")
      .description("write log files, a copied bucket or Parquet into an archive that answers LogQL at once"),
  )
    .argument("<files...>", "files or folders; several become one archive, merged by time")
    .requiredOption("--archive <directory>", "the archive to make: a folder that is not there yet, or empty")
    .option("--tenant <id>", "of lines that name none; of an archive with tenants, the one to take")
    .addOption(outputOption())
    .action(
      run<ImportCommandOptions>(async ({ context, options, args }) => {
        const { runImport } = await import("./run-import.ts");
        await runImport(context, options, args);
      }),
    );
}
