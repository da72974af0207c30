import { homedir, userInfo } from "node:os";
import type { Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import type { AuditSubject } from "../../src-shared/api/procedure.ts";
import type { Permission } from "../../src-shared/permissions/permissions.ts";
import { defaultProfileRoot } from "../core/common/profile.ts";
import { systemClock } from "../core/common/clock.ts";
import { openConsoleBase, type ConsoleBase } from "../core/console-base.ts";
import type { RawSetting } from "../core/settings/setting-parse.ts";
import type { CliText } from "./cli-text.ts";
import type { Terminal } from "./terminal.ts";

export const OUTPUT_FORMATS = ["text", "json", "ndjson"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What every command gets: the terminal, its texts, and the options that all commands share. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly text: CliText;
  readonly profileRoot: string;
  readonly flags: Readonly<Record<string, RawSetting>>;
  readonly principal: string;
}

/** The options that stand before or after any command's name. */
export function commandContext(command: Command, terminal: Terminal, text: CliText): CommandContext {
  const { profile, set } = command.optsWithGlobals<{ profile?: string; set?: readonly string[] }>();
  return {
    terminal,
    text,
    profileRoot: profile?.replace(/^~(?=\/|$)/, homedir()) ?? defaultProfileRoot(terminal.environment),
    flags: Object.fromEntries((set ?? []).map(parseFlag)),
    principal: localPrincipal(terminal.environment),
  };
}

export function openBase(context: CommandContext): ConsoleBase {
  return openConsoleBase({
    profileRoot: context.profileRoot,
    environment: context.terminal.environment,
    flags: context.flags,
    clock: systemClock,
    vault: null,
    noVaultReason: "secrets.reason.noKeyFile",
  });
}

/**
 * Does one thing under a permission and leaves its audit entry, as the door does for the window: refused acts are noted, and
 * without an entry nothing happens.
 */
export async function audited<Result>(
  base: ConsoleBase,
  context: CommandContext,
  act: {
    readonly action: string;
    readonly permission: Permission;
    readonly auditClass: "access" | "change" | "security";
    readonly subject: AuditSubject;
  },
  work: () => Promise<Result>,
): Promise<Result> {
  const role = base.settings.get("safety.role");
  const record = {
    principal: context.principal,
    role,
    action: act.action,
    auditClass: act.auditClass,
    subject: act.subject,
  };
  const decision = decide({ role, readOnly: base.settings.get("safety.readOnly") }, act.permission);
  if (!decision.allowed) {
    const refusal =
      decision.reason === "role"
        ? new AppError("permission.denied", { permission: act.permission, role })
        : new AppError("permission.read-only", { permission: act.permission });
    await base.audit.note(record, "refused", refusal.code);
    throw refusal;
  }
  const sequence = await base.audit.begin(record);
  try {
    const result = await work();
    await base.audit.end(sequence, "succeeded", null);
    return result;
  } catch (error) {
    const cancelled = error instanceof AppError && error.category === "cancelled";
    await base.audit.end(
      sequence,
      cancelled ? "cancelled" : "failed",
      error instanceof AppError ? error.code : "internal",
    );
    throw error;
  }
}

function parseFlag(text: string): readonly [string, RawSetting] {
  const split = text.indexOf("=");
  if (split < 1) throw new AppError("settings.invalid", { key: text, problem: "KEY=VALUE" });
  return [text.slice(0, split), text.slice(split + 1)];
}

function localPrincipal(environment: Terminal["environment"]): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return environment["USER"] ?? `uid-${process.getuid?.() ?? 0}`;
  }
}
