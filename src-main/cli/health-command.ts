import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { HealthReplayOptions } from "./run-health-replay.ts";

export function addHealthCommands(program: Command, run: CommandRunner): void {
  const health = program.command("health").description("judge the components of a Loki");
  health
    .command("replay")
    .description("judge a recording of metrics and print every change of a verdict")
    .argument("<trace>", "NDJSON of scrapes, packed by gzip or not")
    .addOption(outputOption())
    .action(
      run<HealthReplayOptions>(async ({ context, options, args: [trace = ""] }) => {
        const { runHealthReplay } = await import("./run-health-replay.ts");
        await runHealthReplay(context, options, trace);
      }),
    );
}
