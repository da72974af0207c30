import type { AuditSubject } from "../../src-shared/api/procedure.ts";
import { PROTOCOL_VERSION } from "../../src-shared/api/session.api.ts";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import type { z } from "zod";
import type { AuditOutcome, AuditRecord, AuditTrail } from "../core/audit/audit-trail.ts";
import type { Caller } from "./call-context.ts";
import type { DoorConnection } from "./door-connection.ts";
import type { ServedProcedure } from "./served-procedure.ts";
import {
  reachRefusal,
  revealRefusal,
  soleTenantRefusal,
  type HandleRights,
  type ReachRefusal,
  type TellsTenantsApart,
} from "./tenant-reach.ts";

/** What the door asks before it lets a call through. */
export interface AdmissionPolicy {
  readonly audit: AuditTrail;
  readonly standing: () => { readonly readOnly: boolean };
  readonly rights: HandleRights;
  readonly tellsTenantsApart: TellsTenantsApart;
}

/** A call that was let in: its parsed input, and how to say how it went. */
export interface Admission {
  readonly input: unknown;
  /** Refuses, and records, an answer that speaks of tenants its caller may not see. */
  mayLeave(output: unknown): Promise<void>;
  end(outcome: AuditOutcome, errorCode: string | null): Promise<void>;
}

/**
 * Protocol, permission, input, tenants, audit, in this order: who may not call learns nothing about what the input must look
 * like, and nothing is done before the entry that tells of it is durable. Reaching for another's tenant is recorded as a
 * matter of security, whatever the procedure leaves behind otherwise.
 */
export async function admit(
  procedure: ServedProcedure,
  rawInput: unknown,
  connection: DoorConnection,
  policy: AdmissionPolicy,
  signal: AbortSignal,
): Promise<Admission> {
  const { contract, action } = procedure;
  const { caller, clientProtocol, socket } = connection;
  // A peer may go on sending while the socket of an ended session closes.
  if (socket.readyState !== 1) throw new AppError("session.expired", {});
  if (clientProtocol !== PROTOCOL_VERSION) {
    throw new AppError("rpc.version-mismatch", { client: clientProtocol, server: PROTOCOL_VERSION });
  }
  const parsed = contract.input.safeParse(rawInput);
  const subject = parsed.success ? (contract.auditSubject?.(parsed.data) ?? {}) : {};
  const record = { principal: caller.principal, role: caller.role, action, subject };

  const refusal = refusalOf(procedure, caller, policy.standing().readOnly);
  if (refusal !== null) {
    await written(policy.audit.note({ ...record, auditClass: classOf(procedure) }, "refused", refusal.code));
    throw refusal;
  }
  if (!parsed.success) throw invalidInput(action, parsed.error);
  const refuse = async ({ told, code, reached }: ReachRefusal): Promise<never> => {
    const attempt = { ...record, subject: { ...subject, reached }, auditClass: "security" } as const;
    await written(policy.audit.note(attempt, "refused", code));
    throw told;
  };
  const reach =
    reachRefusal(procedure, parsed.data, caller, policy.rights) ??
    (await soleTenantRefusal(procedure, parsed.data, caller, policy.tellsTenantsApart, signal));
  if (reach !== null) await refuse(reach);
  return {
    input: parsed.data,
    mayLeave: async (output) => {
      const revealed = revealRefusal(procedure, output, parsed.data, caller);
      if (revealed !== null) await refuse(revealed);
    },
    end: await beginAudit(procedure, record, policy.audit),
  };
}

function refusalOf(procedure: ServedProcedure, { role }: Caller, readOnly: boolean): AppError | null {
  const { permission } = procedure.contract;
  if (permission === "public") return null;
  const decision = decide({ role, readOnly }, permission);
  if (decision.allowed) return null;
  return decision.reason === "role"
    ? new AppError("permission.denied", { permission, role })
    : new AppError("permission.read-only", { permission });
}

/** A refusal is always recorded; that of a procedure without an audit class is a matter of security. */
function classOf({ contract }: ServedProcedure): AuditRecord["auditClass"] {
  return contract.audit === "none" ? "security" : contract.audit;
}

async function beginAudit(
  { contract }: ServedProcedure,
  record: Omit<AuditRecord, "auditClass"> & { readonly subject: AuditSubject },
  audit: AuditTrail,
): Promise<Admission["end"]> {
  if (contract.audit === "none") return async () => {};
  const sequence = await written(audit.begin({ ...record, auditClass: contract.audit }));
  return (outcome, errorCode) => written(audit.end(sequence, outcome, errorCode));
}

async function written<Result>(writing: Promise<Result>): Promise<Result> {
  try {
    return await writing;
  } catch (error) {
    if (isAppError(error)) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("audit.write-failed", { problem: problem.slice(0, 300) }, { cause: error });
  }
}

/** Names the first field that does not fit, as `filters.2.name`; an input that is wrong as a whole is the procedure itself. */
function invalidInput(action: string, error: z.ZodError): AppError<"request.invalid"> {
  const [issue] = error.issues;
  const path = issue === undefined || issue.path.length === 0 ? action : issue.path.map(String).join(".");
  const problem = issue?.message ?? error.message;
  return new AppError(
    "request.invalid",
    { path: path.slice(0, 200), problem: problem.slice(0, 300) },
    { cause: error },
  );
}
