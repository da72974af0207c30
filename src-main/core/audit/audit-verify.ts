import { auditEntrySchema, type AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { auditHash, GENESIS_HASH } from "./audit-hash.ts";
import type { AuditLog } from "./audit-log.ts";

export interface AuditVerdict {
  readonly entries: number;
  readonly intact: boolean;
  readonly broken?: { readonly sequence: number; readonly kind: "hash" | "link" | "gap" | "unreadable" | "truncated" };
  readonly headHash: string;
}

/** Walks the chain from its first entry and names the first that does not fit, and how. */
export function verifyAuditLog(log: Pick<AuditLog, "bodies" | "head">): AuditVerdict {
  const head = log.head();
  let entries = 0;
  let previousHash = GENESIS_HASH;
  const broken = (sequence: number, kind: NonNullable<AuditVerdict["broken"]>["kind"]): AuditVerdict => ({
    entries,
    intact: false,
    broken: { sequence, kind },
    headHash: head.hash,
  });
  for (const { sequence, body } of log.bodies()) {
    if (sequence !== entries + 1) return broken(entries + 1, "gap");
    const entry = readEntry(body);
    if (entry === null || entry.sequence !== sequence) return broken(sequence, "unreadable");
    if (entry.previousHash !== previousHash) return broken(sequence, "link");
    if (auditHash(entry) !== entry.hash) return broken(sequence, "hash");
    previousHash = entry.hash;
    entries += 1;
  }
  if (entries !== head.sequence || previousHash !== head.hash) return broken(entries + 1, "truncated");
  return { entries, intact: true, headHash: head.hash };
}

function readEntry(body: string): AuditEntry | null {
  try {
    return auditEntrySchema.parse(JSON.parse(body));
  } catch {
    return null;
  }
}
