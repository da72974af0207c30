import { AppError } from "../../src-shared/errors/app-error.ts";
import { limitChangeSchema, type LimitChange, type LimitEdit } from "../../src-shared/model/tenants/limit-change.ts";
import { changeOfPreset, limitPresetSchema, type PresentLimit } from "../../src-shared/model/tenants/limit-presets.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import { SETTING_DEFINITIONS } from "../core/settings/setting-definitions.ts";
import type { CommandContext, OutputFormat } from "./command-context.ts";
import { parseDuration, parseInstant } from "./time-arguments.ts";

/** Options of `limits plan|apply|rollback|changes` as commander hands them on. */
export interface LimitsChangeOptions {
  readonly output: OutputFormat;
  readonly site?: string;
  readonly limit?: readonly string[];
  readonly unset?: readonly string[];
  readonly file?: string;
  readonly preset?: string;
  readonly tenant?: string;
  readonly with?: readonly string[];
  readonly expires?: string;
  readonly plan?: string;
  readonly job?: string;
  readonly yes?: boolean;
  readonly reason?: string;
}

/** `--set` is an option of every command, for settings; what names none of them is a tenant's limit here. */
export function splitSettings(context: CommandContext): {
  readonly context: CommandContext;
  readonly limits: readonly string[];
} {
  const entries = Object.entries(context.flags);
  const settings = entries.filter(([key]) => Object.hasOwn(SETTING_DEFINITIONS, key));
  const limits = entries.filter(([key]) => !Object.hasOwn(SETTING_DEFINITIONS, key));
  return {
    context: { ...context, flags: Object.fromEntries(settings) },
    limits: limits.map(([key, value]) => `${key}=${String(value)}`),
  };
}

/** What is known when the options are read: a preset takes its values from what the tenant has now. */
export interface ChangeSource {
  readonly present: (tenant: string) => Promise<PresentLimit>;
  readonly readText: (file: string) => Promise<string>;
  readonly nowMs: number;
}

/** What the options ask for. @throws AppError `request.invalid` with the option at fault */
export async function changeOf(
  options: LimitsChangeOptions,
  set: readonly string[],
  source: ChangeSource,
): Promise<LimitChange> {
  const { file, preset, job, unset = [], limit = [] } = options;
  const edits = [...limit, ...set].map((text) => assigned(text)).concat(unset.map((text) => removed(text)));
  const ways = [file !== undefined, preset !== undefined, job !== undefined, edits.length > 0].filter(Boolean).length;
  if (ways !== 1) throw invalid("--limit", "one of --limit and --unset, --file, --preset");
  const expires = expiryMinutes(options);
  if (expires !== undefined && (file !== undefined || job !== undefined)) throw invalid("--expires", "of values alone");
  if (job !== undefined) return parsed({ kind: "rollback", job }, "--job");
  if (file !== undefined) return parsed({ kind: "file", text: await source.readText(file) }, "--file");
  const withExpiry = expires === undefined ? {} : { expiresAfterMinutes: expires };
  if (preset === undefined) return parsed({ kind: "edits", edits, ...withExpiry }, "--limit");
  const read = limitPresetSchema.safeParse({
    preset,
    tenant: options.tenant,
    ...presetParts(options.with ?? [], source.nowMs),
    ...withExpiry,
  });
  if (!read.success) {
    const [issue] = read.error.issues;
    const part = String(issue?.path.at(-1) ?? "preset");
    const option = part === "preset" || part === "tenant" ? `--${part}` : `--with ${part}`;
    throw invalid(part === "expiresAfterMinutes" ? "--expires" : option, issue?.message ?? preset);
  }
  return changeOfPreset(read.data, await source.present(read.data.tenant));
}

/** A tenant's name may have dots, a limit's has none. */
function assigned(text: string): LimitEdit {
  const equals = text.indexOf("=");
  const [tenant, key] = splitName("--limit", equals < 0 ? "" : text.slice(0, equals));
  return { tenant: tenantIdSchema.parse(tenant), key, value: text.slice(equals + 1) };
}

function removed(text: string): LimitEdit {
  const [tenant, key] = splitName("--unset", text);
  return { tenant: tenantIdSchema.parse(tenant), key, value: null };
}

function splitName(option: string, name: string): readonly [string, string] {
  const dot = name.lastIndexOf(".");
  if (dot < 1 || dot === name.length - 1) throw invalid(option, "TENANT.KEY=VALUE");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function expiryMinutes({ expires }: LimitsChangeOptions): number | undefined {
  if (expires === undefined) return undefined;
  const duration = parseDuration(expires);
  if (duration === null || duration < 60_000_000_000n) throw invalid("--expires", expires);
  return Math.round(Number(duration / 60_000_000_000n));
}

function presetParts(given: readonly string[], nowMs: number): Readonly<Record<string, unknown>> {
  const parts = new Map(
    given.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw invalid("--with", "NAME=VALUE");
      return [text.slice(0, equals), text.slice(equals + 1)] as const;
    }),
  );
  const until = parts.get("until");
  const hash = parts.get("hash");
  const pattern = parts.get("pattern");
  const query =
    hash !== undefined
      ? { by: "hash", hash: Number(hash) }
      : { by: "pattern", pattern, regex: parts.get("regex") === "true" };
  return {
    ...Object.fromEntries([...parts].map(([name, value]) => [name, Number(value)])),
    ...(until === undefined ? {} : { untilMs: Number(untilNs(until, nowMs) / 1_000_000n) }),
    ...(hash === undefined && pattern === undefined ? {} : { query }),
  };
}

/** An instant, or a duration from now on. */
function untilNs(text: string, nowMs: number): bigint {
  const ahead = parseDuration(text);
  return ahead === null ? parseInstant(text, nowMs) : BigInt(nowMs) * 1_000_000n + ahead;
}

function parsed(change: unknown, option: string): LimitChange {
  const read = limitChangeSchema.safeParse(change);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalid(issue?.path[0] === "expiresAfterMinutes" ? "--expires" : option, issue?.message ?? "");
}

function invalid(path: string, problem: string): AppError {
  return new AppError("request.invalid", { path, problem: problem.slice(0, 200) });
}
