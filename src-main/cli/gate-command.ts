import { Option, type Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { GATE_FORMATS, type GateCommandOptions } from "./gate-formats.ts";

export function addGateCommand(program: Command, run: CommandRunner): void {
  program
    .command("gate")
    .description(
      "fail a pipeline whose Promtail, Alloy or Kubernetes files make labels of ids, addresses, times or paths",
    )
    .argument("<paths...>", "files or folders; - reads manifests from standard input, as helm template prints them")
    .addOption(new Option("--format <format>", "how to print").choices([...GATE_FORMATS]).default("text"))
    .addOption(new Option("--output <format>", "the same, as other commands call it").choices([...GATE_FORMATS]))
    .option("--suppressions <file>", "YAML with findings that are taken on: rule, path, label, until, reason")
    .addHelpText("after", "\nEnds with 0 when clean, 1 with findings, 2 with input that it cannot read.\n")
    .action(
      run<GateCommandOptions & { readonly output?: GateCommandOptions["format"] }>(
        async ({ context, options, args }) => {
          const { runGateCommand } = await import("./run-gate.ts");
          const { output, ...given } = options;
          await runGateCommand(context, { ...given, format: output ?? given.format }, args);
        },
      ),
    );
}
