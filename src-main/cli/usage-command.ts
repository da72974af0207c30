import { Option, type Command } from "commander";
import { COST_DIMENSIONS } from "../../src-shared/model/tenants/query-cost.ts";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { UsageCollectOptions } from "./run-usage-collect.ts";
import type { UsageExportOptions } from "./run-usage-export.ts";
import type { UsageReportOptions } from "./run-usage-report.ts";

export function addUsageCommands(program: Command, run: CommandRunner): void {
  const usage = program.command("usage").description("what queries cost, by whom, and what would make them cheaper");
  ranged(usage.command("report").description("sums of the ledger, most bytes first"))
    .addOption(new Option("--by <what>", "what is added up together").choices(COST_DIMENSIONS).default("tenant"))
    .option("--limit <rows>", "at most", "50")
    .option("--fixes", "the dearest shapes of queries, and what would make each cheaper")
    .addOption(new Option("--output <format>", "how to print").choices(["text", "json", "csv"]).default("text"))
    .action(
      run<UsageReportOptions>(async ({ context, options }) => {
        const { runUsageReport } = await import("./run-usage-report.ts");
        await runUsageReport(context, options);
      }),
    );
  usage
    .command("collect")
    .description("read the query frontends' lines of a site into the ledger, from Loki or from its pods")
    .requiredOption("--site <id>", "a site of the profile, or its name")
    .addOption(outputOption())
    .action(
      run<UsageCollectOptions>(async ({ context, options }) => {
        const { runUsageCollect } = await import("./run-usage-collect.ts");
        await runUsageCollect(context, options);
      }),
    );
  ranged(usage.command("export").description("single queries with what each cost, as a file"))
    .requiredOption("--to-file <path>", "a new file")
    .addOption(new Option("--format <format>", "of the file").choices(["csv", "parquet"]).default("csv"))
    .addOption(outputOption())
    .action(
      run<UsageExportOptions>(async ({ context, options }) => {
        const { runUsageExport } = await import("./run-usage-export.ts");
        await runUsageExport(context, options);
      }),
    );
}

function ranged(command: Command): Command {
  return command
    .option("--from <day>", "first day, UTC: 2026-11-01; without, thirty days ago")
    .option("--to <day>", "last day; without, today")
    .option(
      "--tenant <id>",
      "only this one; may be repeated",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    );
}
