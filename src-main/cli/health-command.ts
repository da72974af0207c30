import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { HealthOptions } from "./health-options.ts";
import { outputOption } from "./output-option.ts";
import { addHealthOperationCommands } from "./operation-commands.ts";
import type { HealthReplayOptions } from "./run-health-replay.ts";
import { addSourceOptions } from "./source-options.ts";

export function addHealthCommands(program: Command, run: CommandRunner): void {
  const health = program.command("health").description("judge the components of a Loki, and act on them safely");
  // Without a name this one is meant: `kubemate health --site prod`.
  addSourceOptions(health.command("board", { isDefault: true }).description("watch a Loki and say how its parts are"))
    .option("--wait <seconds>", "watch for so long at most; shorter once everybody was watched for a minute", "75")
    .option("--interval <seconds>", "between two rounds; the setting health.intervalSeconds, or less", "5")
    .option("--follow", "print every change as it happens, until Ctrl-C")
    .addOption(outputOption())
    .action(
      run<HealthOptions>(async ({ context, options }) => {
        const { runHealth } = await import("./run-health.ts");
        await runHealth(context, options);
      }),
    );
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
  addHealthOperationCommands(health, run);
}
