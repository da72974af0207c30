import type { Command } from "commander";
import { OPERATION_KINDS } from "../../src-shared/model/health/operation.ts";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { OperationOptions } from "./operation-options.ts";
import { addSourceOptions } from "./source-options.ts";

/** `health plan` and `health apply`: the operations on a Loki, as the window has them. */
export function addHealthOperationCommands(health: Command, run: CommandRunner): void {
  addOperationOptions(
    health
      .command("plan")
      .description("what an operation would do, and whether it is safe now; sends nothing that acts"),
  ).action(
    run<OperationOptions>(async ({ context, options, args: [kind = ""] }) => {
      const { runHealthPlan } = await import("./run-health-operation.ts");
      await runHealthPlan(context, options, kind);
    }),
  );
  addOperationOptions(health.command("apply").description("plan an operation, do it and look whether it was done"))
    .option("--yes", "do it; without this the plan is printed and nothing is done")
    .option("--reason <text>", "why it is done though it is not known to be safe; for admins")
    .action(
      run<OperationOptions>(async ({ context, options, args: [kind = ""] }) => {
        const { runHealthApply } = await import("./run-health-operation.ts");
        await runHealthApply(context, options, kind);
      }),
    );
}

function addOperationOptions(command: Command): Command {
  return addSourceOptions(command)
    .argument("<kind>", OPERATION_KINDS.join(", "))
    .option("--instance <name>", "the pod")
    .option("--request <id>", "the delete request")
    .option("--ring <name>", "of the member to forget", "ingester")
    .option("--member <id>", "the member to forget")
    .option("--workload <kind/name>", "StatefulSet/loki-ingester or Deployment/loki-querier")
    .option("--namespace <name>", "of the workload; default the site's")
    .option("--replicas <n>", "how many there shall be")
    .option("--level <level>", "debug, info, warn or error")
    .option("--minutes <n>", "after which the log level is set back", "10")
    .option("--unset", "of prepare-shutdown: take it back")
    .option("--delete-ring-tokens", "of shutdown-ingester: it comes back with new tokens")
    .option("--wait <seconds>", "watch for so long at most before it is judged whether it is safe", "75")
    .addOption(outputOption());
}
