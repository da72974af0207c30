import { createHash } from "node:crypto";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";

export const GENESIS_HASH = "0".repeat(64);

/**
 * SHA-256 over the canonical JSON of an entry's fields and the hash before it, in hex. Canonical: an array of the fields in
 * this order, the subject's keys sorted, no white space; so that anyone can recompute it from an export.
 */
export function auditHash(entry: Omit<AuditEntry, "hash">): string {
  const subject = Object.entries(entry.subject).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const canonical = JSON.stringify([
    entry.previousHash,
    entry.sequence,
    entry.atMs,
    entry.principal,
    entry.role,
    entry.action,
    entry.auditClass,
    subject,
    entry.outcome,
    entry.error,
    entry.of,
  ]);
  return createHash("sha256").update(canonical).digest("hex");
}
