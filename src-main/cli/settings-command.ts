import type { Command } from "commander";
import type { Setting } from "../../src-shared/api/settings.api.ts";
import { outputOption } from "./output-option.ts";
import type { CommandRunner } from "./command-runner.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { environmentName, isSettingKey } from "../core/settings/setting-parse.ts";
import { jsonLine, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

export function addSettingsCommands(program: Command, run: CommandRunner): void {
  const settings = program.command("settings").description("show and change settings");

  settings
    .command("list")
    .description("every setting with its value and where it comes from")
    .addOption(outputOption())
    .action(
      run<{ output: OutputFormat }>(async ({ context, options }) => {
        using base = openBase(context);
        await printSettings(context, base.settings.list(), options.output);
      }),
    );

  settings
    .command("set")
    .description("change a setting in this profile")
    .argument("<key>")
    .argument("<value>")
    .addOption(outputOption())
    .action(
      run<{ output: OutputFormat }>(async ({ context, options, args: [key = "", value = ""] }) => {
        using base = openBase(context);
        const act = {
          action: "settings.set",
          permission: "settings.change",
          auditClass: "change",
          subject: { key, value },
        } as const;
        const changed = await audited(base, context, act, () => base.settings.set(key, value));
        await printSettings(context, [changed], options.output);
      }),
    );

  settings
    .command("reset")
    .description("go back to the value of the next source")
    .argument("<key>")
    .addOption(outputOption())
    .action(
      run<{ output: OutputFormat }>(async ({ context, options, args: [key = ""] }) => {
        using base = openBase(context);
        const act = {
          action: "settings.reset",
          permission: "settings.change",
          auditClass: "change",
          subject: { key },
        } as const;
        const changed = await audited(base, context, act, () => base.settings.reset(key));
        await printSettings(context, [changed], options.output);
      }),
    );
}

async function printSettings(
  context: CommandContext,
  settings: readonly Setting[],
  format: OutputFormat,
): Promise<void> {
  const { stdout } = context.terminal;
  if (format === "json") return write(stdout, jsonLine(settings));
  if (format === "ndjson") return write(stdout, settings.map(jsonLine).join(""));
  const rows = settings.map(({ key, value, source }) => [
    key,
    String(value),
    context.text.sentence(`settings.source.${source}`),
    isSettingKey(key) ? environmentName(key) : "",
    context.text.sentence(`settings.${key}.label`),
  ]);
  return write(stdout, textTable(["KEY", "VALUE", "SOURCE", "ENVIRONMENT", "MEANING"], rows));
}
