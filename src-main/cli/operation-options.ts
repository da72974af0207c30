import { AppError } from "../../src-shared/errors/app-error.ts";
import { type Operation, operationSchema } from "../../src-shared/model/health/operation.ts";
import type { OutputFormat } from "./command-context.ts";
import type { SourceOptions } from "./source-options.ts";

/** Options of `health plan` and `health apply` as commander hands them on. */
export interface OperationOptions extends SourceOptions {
  readonly output: OutputFormat;
  readonly instance?: string;
  readonly request?: string;
  readonly ring: string;
  readonly member?: string;
  readonly workload?: string;
  readonly namespace?: string;
  readonly replicas?: string;
  readonly level?: string;
  readonly minutes: string;
  readonly unset?: boolean;
  readonly deleteRingTokens?: boolean;
  readonly wait: string;
  readonly yes?: boolean;
  readonly reason?: string;
}

/** The option that says each part of an operation, for whoever left it out. */
const OPTIONS: Readonly<Record<string, string>> = {
  instance: "--instance",
  tenant: "--tenant",
  request: "--request",
  ring: "--ring",
  member: "--member",
  workload: "--workload",
  replicas: "--replicas",
  level: "--level",
  minutes: "--minutes",
};

/** What the options ask for; `namespace` is the site's own. @throws AppError `request.invalid` with the option at fault */
export function operationOf(kind: string, options: OperationOptions, namespace: string): Operation {
  const [workloadKind, name, ...rest] = (options.workload ?? "").split("/");
  const parsed = operationSchema.safeParse({
    kind,
    instance: options.instance,
    tenant: options.tenant,
    request: options.request,
    ring: options.ring,
    member: options.member,
    prepared: options.unset !== true,
    deleteRingTokens: options.deleteRingTokens === true,
    workload: rest.length > 0 ? null : { kind: workloadKind, name, namespace: options.namespace ?? namespace },
    replicas: wholeNumber(options.replicas),
    level: options.level,
    minutes: wholeNumber(options.minutes),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const part = String(issue?.path[0] ?? "kind");
  throw new AppError("request.invalid", {
    path: OPTIONS[part] ?? "<kind>",
    problem: (issue?.message ?? kind).slice(0, 200),
  });
}

function wholeNumber(text: string | undefined): number | undefined {
  return text === undefined || !/^\d{1,6}$/.test(text) ? undefined : Number(text);
}
