import { Option, type Command } from "commander";
import { QUOTA_KINDS, QUOTA_PERIODS } from "../../src-shared/model/tenants/quota.ts";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { QuotaScopeOptions, QuotaSetOptions, QuotaShowOptions } from "./run-quota.ts";

export function addQuotaCommands(program: Command, run: CommandRunner): void {
  const quota = program.command("quota").description("bytes that queries may read in a day or a month");
  quota
    .command("show")
    .description("every quota with what is spent of it")
    .addOption(outputOption())
    .action(
      run<QuotaShowOptions>(async ({ context, options }) => {
        const { showQuotas } = await import("./run-quota.ts");
        await showQuotas(context, options);
      }),
    );
  scoped(quota.command("set").description("set a quota, or set it anew"))
    .requiredOption("--bytes <size>", "from here on a query needs a reason: 500GB, 2TB, 1.5TiB")
    .option("--hard <size>", "from here on it is refused; default the same")
    .option("--warn <percent>", "from here on one is told", "80")
    .addOption(outputOption())
    .action(
      run<QuotaSetOptions>(async ({ context, options, args: [name = ""] }) => {
        const { setQuota } = await import("./run-quota.ts");
        await setQuota(context, options, name);
      }),
    );
  scoped(quota.command("remove").description("take a quota away; what was spent stays counted"))
    .addOption(outputOption())
    .action(
      run<QuotaScopeOptions>(async ({ context, options, args: [name = ""] }) => {
        const { removeQuota } = await import("./run-quota.ts");
        await removeQuota(context, options, name);
      }),
    );
}

function scoped(command: Command): Command {
  return command
    .argument("<name>", "a tenant, a person as the console names them, or a role")
    .addOption(new Option("--of <kind>", "whose queries are counted together").choices(QUOTA_KINDS).default("tenant"))
    .addOption(new Option("--per <period>", "UTC").choices(QUOTA_PERIODS).default("day"));
}
