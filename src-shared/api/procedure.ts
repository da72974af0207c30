import type { z } from "zod";
import type { Permission } from "../permissions/permissions.ts";

/**
 * What a call leaves in the audit log.
 * - `none`: it reads the console's own state.
 * - `access`: it reads a tenant's data; who looked at whose logs is recorded.
 * - `change`: it changes something. If the entry cannot be written, the call fails.
 * - `security`: it changes who may do what, or which program may run; as `change`.
 */
export type AuditClass = "none" | "access" | "change" | "security";

/** The values of an input that the audit entry names; never a secret. */
export type AuditSubject = Readonly<Record<string, string | number | boolean | null>>;

/** Tenants by name, or the right to see every tenant there is. */
export type TenantNeed = readonly string[] | "every";

/** Something that was made for one person and is named by an id. `job-run` is a job that shall go on reading. */
export interface Handle {
  readonly kind: "result-set" | "job" | "job-run" | "archive";
  readonly id: string;
}

/**
 * One procedure of the door: its schemas, who may call it, what it leaves behind. `query` answers, `command` changes and
 * answers, `stream` yields outputs until it ends or the caller lets go.
 *
 * The client's types and the server's router both come from these tables, so the page imports no server code and nothing
 * can be served that is not declared.
 */
export interface ProcedureContract<
  Kind extends "query" | "command" | "stream" = "query" | "command" | "stream",
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly kind: Kind;
  readonly input: Input;
  readonly output: Output;
  readonly permission: Permission | "public";
  readonly audit: AuditClass;
  auditSubject?(input: z.output<Input>): AuditSubject;
  /** Which tenants an input names; `every` where it leads to what belongs to all of them together. */
  tenants?(input: z.output<Input>): TenantNeed;
  /** What an input names that only its owner, or who may see every tenant, may use. */
  handles?(input: z.output<Input>): readonly Handle[];
  /**
   * Which tenants an answer speaks of, where the input does not tell. An answer, or a stream's value, that speaks of
   * others than the caller's does not leave; the handler should have left them out.
   */
  reveals?(output: z.output<Output>, input: z.output<Input>): readonly string[];
  /**
   * The answer is about what tenants share and may name some: where its fields called `tenant` name others than the
   * caller's, they are made unreadable. Not for answers with log lines or labels.
   */
  readonly masksTenants?: true;
}

type Definition<Kind extends "query" | "command" | "stream", Input extends z.ZodType, Output extends z.ZodType> = Omit<
  ProcedureContract<Kind, Input, Output>,
  "kind"
>;

export function query<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Definition<"query", Input, Output>,
): ProcedureContract<"query", Input, Output> {
  return { kind: "query", ...definition };
}

export function command<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Definition<"command", Input, Output>,
): ProcedureContract<"command", Input, Output> {
  return { kind: "command", ...definition };
}

export function stream<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Definition<"stream", Input, Output>,
): ProcedureContract<"stream", Input, Output> {
  return { kind: "stream", ...definition };
}

/** For what belongs to all tenants together. */
export function everyTenant(): "every" {
  return "every";
}

/** What several needs come to. */
export function joinedNeed(needs: readonly TenantNeed[]): TenantNeed {
  const tenants = new Set<string>();
  for (const need of needs) {
    if (need === "every") return "every";
    for (const tenant of need) tenants.add(tenant);
  }
  return [...tenants];
}

/** The procedures of one domain. */
export type DomainContract = Readonly<Record<string, ProcedureContract>>;
