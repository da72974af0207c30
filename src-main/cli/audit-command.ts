import type { Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { verifyAuditLog } from "../core/audit/audit-verify.ts";
import { audited, openBase, type OutputFormat } from "./command-context.ts";
import { outputOption } from "./output-option.ts";
import type { CommandRunner } from "./command-runner.ts";
import { jsonLine, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

export function addAuditCommands(program: Command, run: CommandRunner): void {
  const audit = program.command("audit").description("read, check and export the audit log");

  audit
    .command("list")
    .description("the newest entries")
    .option("--limit <n>", "how many", "50")
    .option("--contains <text>", "only entries with this text", "")
    .addOption(outputOption())
    .action(
      run<{ output: OutputFormat; limit: string; contains: string }>(async ({ context, options }) => {
        using base = openBase(context);
        const limit = Math.min(500, Math.max(1, Number.parseInt(options.limit, 10) || 50));
        const { entries } = base.audit.list({ limit, contains: options.contains });
        const { stdout } = context.terminal;
        if (options.output === "json") return write(stdout, jsonLine(entries));
        if (options.output === "ndjson") return write(stdout, entries.map(jsonLine).join(""));
        const rows = entries.map((entry) => [
          String(entry.sequence),
          new Date(entry.atMs).toISOString(),
          entry.principal,
          entry.role,
          entry.action,
          context.text.sentence(`audit.outcome.${entry.outcome}`),
          entry.error ?? "",
          JSON.stringify(entry.subject),
        ]);
        return write(stdout, textTable(["#", "TIME", "WHO", "ROLE", "ACTION", "OUTCOME", "ERROR", "SUBJECT"], rows));
      }),
    );

  audit
    .command("verify")
    .description("walk the chain and say whether it is intact; exit code 1 when it is not")
    .addOption(outputOption())
    .action(
      run<{ output: OutputFormat }>(async ({ context, options }) => {
        using base = openBase(context);
        const verdict = verifyAuditLog(base.audit);
        if (options.output !== "text") await write(context.terminal.stdout, jsonLine(verdict));
        else if (verdict.intact) await write(context.terminal.stdout, `${verdict.entries} ${verdict.headHash}\n`);
        if (verdict.broken === undefined) return;
        const problem = context.text.sentence(`audit.problem.${verdict.broken.kind}`);
        throw new AppError("audit.chain-broken", { sequence: verdict.broken.sequence, problem });
      }),
    );

  audit
    .command("export")
    .description("print the whole chain as NDJSON, one entry a line, oldest first")
    .action(
      run(async ({ context }) => {
        using base = openBase(context);
        const act = { action: "audit.export", permission: "audit.export", auditClass: "change", subject: {} } as const;
        await audited(base, context, act, async () => {
          for (const { body } of base.audit.bodies()) await write(context.terminal.stdout, `${body}\n`);
        });
      }),
    );
}
