import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { LimitsShowOptions } from "./run-limits-show.ts";
import type { ExplainOptions } from "./run-explain-429.ts";
import { outputOption } from "./output-option.ts";
import { addSourceOptions } from "./source-options.ts";

/** `limits show`. */
export function addLimitsShowCommand(limits: Command, run: CommandRunner): void {
  addSourceOptions(
    limits.command("show").description("limits of a site's tenants with their use, those nearest to a limit first"),
  )
    .option("--near", "only tenants that are near a limit, over it, or being refused")
    .option("--wait <seconds>", "for the rounds of metrics that rates are made of, at most", "20")
    .addOption(outputOption())
    .action(
      run<LimitsShowOptions>(async ({ context, options }) => {
        const { runLimitsShow } = await import("./run-limits-show.ts");
        await runLimitsShow(context, options);
      }),
    );
}

/** `explain-429`. */
export function addExplainCommand(program: Command, run: CommandRunner): void {
  addSourceOptions(
    program
      .command("explain-429")
      .description("what a refusal of Loki's means: tenant, limit, value, what to do; with --site also who sends it")
      .argument("<text>", "the answer or log line; `-` reads standard input"),
  )
    .option("--wait <seconds>", "for the rounds of metrics of a site, at most", "20")
    .addOption(outputOption())
    .action(
      run<ExplainOptions>(async ({ context, options, args: [text = ""] }) => {
        const { runExplain429 } = await import("./run-explain-429.ts");
        await runExplain429(context, options, text);
      }),
    );
}
