import type { StorageFinding, StorageFindingKind } from "../../src-shared/model/storage-finding.ts";
import type { ScanSummary } from "../../src-shared/model/storage/scan.ts";
import type { StatusTone } from "./status-shape.tsx";

export type StorageSeverity = StorageFinding["severity"];

const TONES: Readonly<Record<StorageSeverity, StatusTone>> = { critical: "bad", warning: "warning", info: "doubt" };

/** Also of a bucket's rules, whose severities have the same names. */
export function severityTone(severity: StorageSeverity): StatusTone {
  return TONES[severity];
}

/** Of those that there are, most of them first. */
export function kindsByCount(kinds: ScanSummary["kinds"]): readonly (readonly [StorageFindingKind, number])[] {
  // The schema lets these kinds be keys and no others.
  return (Object.entries(kinds) as [StorageFindingKind, number][])
    .filter(([, count]) => count > 0)
    .toSorted((a, b) => b[1] - a[1]);
}
