import {
  BUCKET_DAMAGES,
  LAB_FAULTS,
  LAB_INSTANCE_FAULTS,
  LAB_TENANT_FAULTS,
} from "../../src-shared/model/lab-fault.ts";
import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { LabOptions } from "./run-lab.ts";
import { outputOption } from "./output-option.ts";

export function addLabCommand(program: Command, run: CommandRunner): void {
  program
    .command("lab")
    .description("run the practice environment alone and print its addresses; ends with Ctrl-C")
    .option("--loki-port <n>", "0 takes any free one", "0")
    .option("--kubernetes-port <n>", "0 takes any free one", "0")
    .option("--control-port <n>", "0 takes any free one", "0")
    .option("--seed <n>", "the same seed makes the same logs", "1")
    .option("--history-hours <n>", "how far back there are logs", "24")
    .option("--kubeconfig <file>", "where to write its kubeconfig; else a temporary file")
    .option("--fault <name>", `switch on from the start: ${faultNames()}; may be repeated`, collect)
    .addOption(outputOption())
    .action(
      run<LabOptions>(async ({ context, options }) => {
        const { runLab } = await import("./run-lab.ts");
        await runLab(context, options);
      }),
    );
}

function faultNames(): string {
  const withTarget = [
    ...LAB_INSTANCE_FAULTS.map((name) => `${name}:INGESTER`),
    ...LAB_TENANT_FAULTS.map((name) => `${name}:TENANT`),
    ...BUCKET_DAMAGES.map((name) => `bucket-damage:${name}`),
    "dr-lag:MINUTES",
  ];
  return [...LAB_FAULTS, ...withTarget].join(", ");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
