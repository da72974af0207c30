import { AppError } from "../../src-shared/errors/app-error.ts";
import type { AuditOutcome, AuditRecord, AuditTrail } from "../../src-main/core/audit/audit-trail.ts";

export interface AuditCopy {
  readonly sequence: number;
  readonly record: AuditRecord;
  outcome: AuditOutcome | "started";
  errorCode: string | null;
}

/** Keeps entries in memory; `full` makes it fail as a full disk would. */
export class MemoryAudit implements AuditTrail {
  readonly entries: AuditCopy[] = [];
  full = false;
  fullAtEnd = false;

  async begin(record: AuditRecord): Promise<number> {
    if (this.full) throw new AppError("audit.write-failed", { problem: "no space left on device" });
    this.entries.push({ sequence: this.entries.length + 1, record, outcome: "started", errorCode: null });
    return this.entries.length;
  }

  async end(sequence: number, outcome: AuditOutcome, errorCode: string | null): Promise<void> {
    if (this.full || this.fullAtEnd) throw new Error("no space left on device");
    const entry = this.entries[sequence - 1];
    if (entry === undefined) throw new Error(`no entry ${sequence}`);
    entry.outcome = outcome;
    entry.errorCode = errorCode;
  }

  async note(record: AuditRecord, outcome: AuditOutcome, errorCode: string | null): Promise<void> {
    await this.end(await this.begin(record), outcome, errorCode);
  }
}
