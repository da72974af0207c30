import type { Command } from "commander";
import { addAssumptionOptions } from "./assumption-options.ts";
import type { CommandRunner } from "./command-runner.ts";
import type { ExportCommandOptions } from "./export-options.ts";
import { outputOption } from "./output-option.ts";
import { addSourceOptions } from "./source-options.ts";
import { addSpendingOptions } from "./spending-options.ts";

export function addExportCommand(program: Command, run: CommandRunner): void {
  const command = addSourceOptions(
    program
      .command("export")
      .description(
        "export every line of a query's range, exactly once; the same command again goes on where an earlier one ended",
      ),
  );
  addSpendingOptions(addAssumptionOptions(command))
    .argument("<query>", "LogQL, a log query")
    .requiredOption(
      "--archive <place>",
      "a folder, or s3://bucket/prefix[?endpoint=URL&region=NAME&ca-file=FILE] with the AWS_… variables as credentials",
    )
    .option("--from <time>", "as of `query`; default an hour before --to, or an archive's beginning")
    .option("--to <time>", "default now, or an archive's end; the range does not include it")
    .option("--parallel <n>", "parts of the range read at the same time, 1 to 16", "2")
    .option("--rate <lines>", "lines a second at most; without it, what source and tenant bear")
    .option(
      "--redact <patterns>",
      "make unreadable: identity-card, bank-card, phone, email, bearer-token; separated by commas",
    )
    .option("--require-complete", "exit with 6 when lines may be missing")
    .addOption(outputOption())
    .action(
      run<ExportCommandOptions>(async ({ context, options, args: [query = ""] }) => {
        const { runExportCommand } = await import("./run-export-command.ts");
        await runExportCommand(context, options, query);
      }),
    );
}
