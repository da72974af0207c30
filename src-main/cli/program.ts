import { Command } from "commander";
import { addAuditCommands } from "./audit-command.ts";
import { addAuditConfigCommand } from "./audit-config-command.ts";
import { addCardinalityCommand } from "./cardinality-command.ts";
import type { CliText } from "./cli-text.ts";
import { commandContext } from "./command-context.ts";
import { commandRunner } from "./command-runner.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { addHealthCommands } from "./health-command.ts";
import { addExportCommand } from "./export-command.ts";
import { addGateCommand } from "./gate-command.ts";
import { addImportCommand } from "./import-command.ts";
import { addLabCommand } from "./lab-command.ts";
import { addLimitsCommands } from "./limits-command.ts";
import { addExplainCommand } from "./limits-show-command.ts";
import { addQueryCommands } from "./query-command.ts";
import { addQuotaCommands } from "./quota-command.ts";
import { addSitesCommands } from "./sites-command.ts";
import { addServeCommand } from "./serve-command.ts";
import { addStorageCommands } from "./storage-command.ts";
import { addSettingsCommands } from "./settings-command.ts";
import type { Terminal } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";
import { addUsageCommands } from "./usage-command.ts";
import { addWatchdogCommands } from "./watchdog-command.ts";

/** Every command of `kubemate`. Nothing of a command's core is loaded before that command runs. */
export function buildProgram(terminal: Terminal, text: CliText): Command {
  const program = new Command("kubemate")
    .description("The console in which SREs keep a Loki log platform alive, as commands.")
    .version(KUBEMATE_VERSION)
    .option("--profile <directory>", "where settings, secrets and the audit log are kept (KUBEMATE_PROFILE)")
    .option("--set <key=value>", "a setting for this command alone; may be repeated", collect)
    .addHelpText("after", exitCodeHelp())
    .configureOutput({
      writeOut: (out) => void terminal.stdout.write(out),
      writeErr: (error) => void terminal.stderr.write(error),
    })
    .exitOverride();
  const run = commandRunner((command) => commandContext(command, terminal, text));
  addQueryCommands(program, run);
  addExportCommand(program, run);
  addImportCommand(program, run);
  addGateCommand(program, run);
  addSitesCommands(program, run);
  addServeCommand(program, run);
  addLabCommand(program, run);
  addHealthCommands(program, run);
  addAuditConfigCommand(program, run);
  addWatchdogCommands(program, run);
  addLimitsCommands(program, run);
  addExplainCommand(program, run);
  addStorageCommands(program, run);
  addQuotaCommands(program, run);
  addUsageCommands(program, run);
  addCardinalityCommand(program, run);
  addSettingsCommands(program, run);
  addAuditCommands(program, run);
  inheritSettings(program);
  return program;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Commander copies these to commands made with `.command()` only when they were set before. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}

function exitCodeHelp(): string {
  const meanings: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
    ok: "done",
    failed: "a bug, or this machine's disk or profile",
    invalid: "usage, a query with errors, a range, a tenant id",
    refused: "credentials, RBAC, role, a plugin that was not confirmed",
    notFound: "no such site, job, setting or file",
    upstream: "Loki or the cluster did not answer, or not as it should",
    incomplete: "with --require-complete or --require-whole: the answer was printed and lines may be missing",
    unwell: "health: gray, down or unknown; audit-config: a critical finding; both were printed",
    interrupted: "ended by Ctrl-C",
  };
  const lines = Object.entries(EXIT_CODES).map(([name, code]) => {
    // The names of one table are the names of the other.
    const meaning = meanings[name as keyof typeof EXIT_CODES];
    return `  ${String(code).padStart(3)}  ${meaning}`;
  });
  return `\nExit codes:\n${lines.join("\n")}\n`;
}
