import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { ConfigAudit } from "../../src-shared/model/health/config-audit.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { auditFacts } from "../core/health/config-audit/audit-facts.ts";
import { auditSite, parseConfig } from "../core/health/config-audit/audit-site.ts";
import { withoutSecretPatches } from "../core/health/config-audit/secret-patches.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { commandHealthSite } from "./open-health-site.ts";
import type { SourceOptions } from "./source-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface AuditConfigOptions extends SourceOptions {
  readonly output: OutputFormat;
  readonly config?: string;
}

/** A whole configuration with all defaults has 92 KB. */
const MAX_BYTES = 2 * 2 ** 20;
const INTERVAL_MS = 15_000;

/** Prints findings with their patches, and what could not be looked at. Ends with `unwell` when a finding is critical. */
export async function runAuditConfig(context: CommandContext, options: AuditConfigOptions): Promise<void> {
  const audit = options.config === undefined ? await ofSite(context, options) : await ofFile(options.config);
  const { stdout } = context.terminal;
  if (options.output === "json") await write(stdout, jsonLine(audit));
  else if (options.output === "ndjson") await write(stdout, audit.findings.map(jsonLine).join(""));
  else await write(stdout, auditText(audit, context));
  if (audit.findings.some(({ severity }) => severity === "critical")) throw new ExitWith(EXIT_CODES.unwell);
}

async function ofSite(context: CommandContext, options: AuditConfigOptions): Promise<ConfigAudit> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const act = {
    action: "health.auditConfig",
    permission: "health.read",
    auditClass: "access",
    subject: { site: options.site ?? options.source ?? "" },
  } as const;
  return await audited(base, context, act, async () => {
    const openSite = await commandHealthSite(base, context, options, INTERVAL_MS, stack);
    const { signal } = context.terminal;
    const bucketOf = () => Promise.reject(new AppError("health.nobody-tells", { what: "bucket" }));
    return auditSite(await openSite(signal), { bucketOf, clock: base.clock }, signal);
  });
}

async function ofFile(file: string): Promise<ConfigAudit> {
  const text = await readText(file);
  const facts = {
    config: parseConfig(text),
    source: { file: basename(file), text },
    workloads: null,
    bucket: null,
  };
  const unread = (["workloads", "pods", "budgets", "bucket"] as const).map((fact) => ({
    fact,
    code: "health.nobody-tells",
  }));
  const { findings, ...rest } = auditFacts(facts, unread);
  return { checkedAtMs: Date.now(), configFrom: null, findings: withoutSecretPatches(findings, text), ...rest };
}

/** @throws AppError `files.unreadable` */
async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw new Error(`longer than ${MAX_BYTES} bytes`);
    return await handle.readFile("utf8");
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 300) }, { cause: error });
  }
}

function auditText({ findings, gaps, passed, configFrom }: ConfigAudit, { text }: CommandContext): string {
  const found = findings.map(({ rule, severity, where, present, params, patch }) => {
    const head = `${severity}  ${text.sentence(`health.audit.${rule}.title`, params)} [${rule}]`;
    const lines = [
      terminalSafe(head),
      terminalSafe(`    ${where}${present === "" ? "" : `: ${present}`}`),
      terminalSafe(`    ${text.sentence(`health.audit.${rule}.why`, params)}`),
      ...(patch === null
        ? []
        : patch
            .trimEnd()
            .split("\n")
            .map((line) => `    ${terminalSafe(line)}`)),
    ];
    return `${lines.join("\n")}\n\n`;
  });
  const missed = gaps.map(({ fact, code, rules }) => terminalSafe(`? ${fact} (${code}): ${rules.join(", ")}`));
  const from = configFrom === null ? [] : [terminalSafe(`configuration of ${configFrom}`)];
  return [...found, [...missed, ...from, `✓ ${passed.length}: ${passed.join(", ")}`].join("\n"), "\n"].join("");
}
