import type { RestoreRequest } from "../../../../src-shared/model/storage/restore.ts";
import type { StorageFinding, StorageFindingKind } from "../../../../src-shared/model/storage-finding.ts";
import type { ScanReport } from "../integrity/integrity-scan.ts";
import type { ScratchVerdict } from "./drill-checkpoint.ts";

/** An object of the drill that is not as it should be. Orphans are none: a scope of some hours has chunks without their index. */
const DAMAGED: ReadonlySet<StorageFindingKind> = new Set<StorageFindingKind>([
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-metadata",
  "bitflip-block",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "inconsistent-chunk",
  "corrupt-gz-index",
  "corrupt-index",
  "unreadable-object",
]);
const MOST_KEYS = 50;

/** What a scan of a scratch bucket says of the drill's own scope: its index files name other tenants' chunks and other times' as well. */
export function scratchVerdict(report: ScanReport, scope: RestoreRequest["scope"], ms: number): ScratchVerdict {
  const within = report.findings.filter((finding) => isWithin(finding, scope));
  const damaged = within.filter(({ kind }) => DAMAGED.has(kind));
  const missing = within.filter(({ kind }) => kind === "missing-chunk");
  return {
    objects: report.objects,
    bytes: report.bytes,
    damaged: damaged.length,
    missing: missing.reduce((sum, { chunks }) => sum + Math.max(1, chunks), 0),
    keys: [...damaged, ...missing].slice(0, MOST_KEYS).map(({ key }) => key),
    ms,
  };
}

/** Of a finding that names neither tenant nor time nobody can say that it is outside. */
function isWithin({ tenant, fromMs, throughMs }: StorageFinding, scope: RestoreRequest["scope"]): boolean {
  if (scope.tenants !== null && tenant !== null && !scope.tenants.includes(tenant)) return false;
  if (scope.fromMs !== null && throughMs !== null && throughMs < scope.fromMs) return false;
  return !(scope.throughMs !== null && fromMs !== null && fromMs > scope.throughMs);
}
