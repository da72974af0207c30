import type { Command } from "commander";
import { LIMIT_PRESETS } from "../../src-shared/model/tenants/limit-presets.ts";
import type { CommandRunner } from "./command-runner.ts";
import type { LimitsChangeOptions } from "./limits-change-options.ts";
import { outputOption } from "./output-option.ts";

/** `limits plan`, `limits apply` and `limits rollback`: changes of limits, as the window has them. */
export function addLimitsChangeCommands(limits: Command, run: CommandRunner): void {
  addChangeOptions(
    limits
      .command("plan")
      .description("what a change of limits would do: diff, problems, capacity, steps; writes nothing"),
  ).action(
    run<LimitsChangeOptions>(async ({ context, options }) => {
      const { runLimitsPlan } = await import("./run-limits-change.ts");
      await runLimitsPlan(context, options);
    }),
  );
  addApplyOptions(
    addChangeOptions(
      limits.command("apply").description("plan a change of limits, write it and watch every component take it"),
    ).option("--plan <file>", "a plan that was saved as JSON; refused when anything of it has moved"),
  ).action(
    run<LimitsChangeOptions>(async ({ context, options }) => {
      const { runLimitsApply } = await import("./run-limits-change.ts");
      await runLimitsApply(context, options);
    }),
  );
  addApplyOptions(
    limits
      .command("rollback")
      .description("take back what a change did, value by value, where its values still stand")
      .requiredOption("--site <id>", "a site of this profile, by id or name")
      .requiredOption("--job <id>", "the change, as `limits apply` and `limits changes` tell it")
      .addOption(outputOption()),
  ).action(
    run<LimitsChangeOptions>(async ({ context, options }) => {
      const { runLimitsApply } = await import("./run-limits-change.ts");
      await runLimitsApply(context, options);
    }),
  );
  limits
    .command("changes")
    .description("changes of limits that this profile made, newest first")
    .requiredOption("--site <id>", "a site of this profile, by id or name")
    .addOption(outputOption())
    .action(
      run<LimitsChangeOptions>(async ({ context, options }) => {
        const { runLimitsChanges } = await import("./run-limits-change.ts");
        await runLimitsChanges(context, options);
      }),
    );
}

function addChangeOptions(command: Command): Command {
  return command
    .option("--site <id>", "a site of this profile, by id or name")
    .option(
      "--limit <tenant.key=value>",
      "a value of a tenant, as YAML; may be repeated. `--set` does the same where it names no setting",
      collect,
    )
    .option("--unset <tenant.key>", "take a tenant's value out; may be repeated", collect)
    .option("--file <path>", "the whole runtime configuration instead; `-` is standard input")
    .option("--preset <name>", LIMIT_PRESETS.join(", "))
    .option("--tenant <id>", "of the preset")
    .option("--with <name=value>", "of the preset: rateMb, maxStreams, perStreamMb, factor, until, …", collect)
    .option("--expires <duration>", "after which the values go back by themselves: 30m, 2h, 7d")
    .addOption(outputOption());
}

function addApplyOptions(command: Command): Command {
  return command
    .option("--yes", "do it; without this the plan is printed and nothing is done")
    .option("--reason <text>", "why, for the audit log");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
