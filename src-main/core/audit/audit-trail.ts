import type { AuditClass, AuditSubject } from "../../../src-shared/api/procedure.ts";

export interface AuditRecord {
  readonly principal: string;
  readonly role: string;
  /** `domain.procedure`, or what the CLI or a job did. */
  readonly action: string;
  readonly auditClass: Exclude<AuditClass, "none">;
  readonly subject: AuditSubject;
}

export type AuditOutcome = "succeeded" | "failed" | "refused" | "cancelled";

/**
 * The hash-chained log of who did what. `begin` is durable when it resolves, before the act; `end` tells how it went. Both
 * reject with `audit.write-failed`, and then the act must not happen (or must be reported as failed).
 */
export interface AuditTrail {
  begin(record: AuditRecord): Promise<number>;
  end(sequence: number, outcome: AuditOutcome, errorCode: string | null): Promise<void>;
  /** A single entry for an act that is already decided, such as a refusal. */
  note(record: AuditRecord, outcome: AuditOutcome, errorCode: string | null): Promise<void>;
}
