import { WHOLE_BUCKET, type ScanSummary } from "../../src-shared/model/storage/scan.ts";
import type { StatusTone } from "./status-shape.tsx";

/**
 * What a scan says of its bucket. `part-clean`: nothing was found in what was looked at, and that was not all; so it is no
 * word about the rest. `gaps` are what it could not do in full.
 */
export const SCAN_VERDICTS = [
  "critical",
  "warning",
  "info",
  "clean",
  "part-clean",
  "failed",
  "cancelled",
  "open",
] as const;
export type ScanVerdict = (typeof SCAN_VERDICTS)[number];

const TONES: Readonly<Record<ScanVerdict, StatusTone>> = {
  critical: "bad",
  warning: "warning",
  info: "good",
  clean: "good",
  "part-clean": "doubt",
  failed: "bad",
  cancelled: "idle",
  open: "working",
};

export function verdictTone(verdict: ScanVerdict): StatusTone {
  return TONES[verdict];
}

/** Every tenant, every time, every chunk, and nothing that could not be read. */
export function isWhole({ request: { scope }, gaps }: ScanSummary): boolean {
  return (
    gaps.length === 0 &&
    scope.tenants === WHOLE_BUCKET.tenants &&
    scope.fromMs === WHOLE_BUCKET.fromMs &&
    scope.throughMs === WHOLE_BUCKET.throughMs &&
    scope.samplePercent >= WHOLE_BUCKET.samplePercent
  );
}

export function scanVerdict(scan: ScanSummary): ScanVerdict {
  if (scan.state === "running" || scan.state === "paused") return "open";
  if (scan.counts.critical > 0) return "critical";
  if (scan.state !== "finished") return scan.state;
  if (scan.counts.warning > 0) return "warning";
  if (!isWhole(scan)) return "part-clean";
  return scan.counts.info > 0 ? "info" : "clean";
}
