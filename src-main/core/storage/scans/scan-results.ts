import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { FindingFilter, KeptFinding, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";

/** What scans of this profile found, for those who act on it. */
export interface ScanResults {
  /** @throws AppError `storage.scan-unknown` */
  summary(scan: JobId): ScanSummary;
  /** Newest finished scan of a store whose scope was everything; `null` without one. */
  lastWhole(store: StoreId): ScanSummary | null;
  /** Worst first, one at a time: there may be a million. @throws AppError `storage.scan-unknown` */
  findings(scan: JobId, filter: FindingFilter): Iterable<KeptFinding>;
  /** Those of a scan that have these ids; unknown ids are left out. @throws AppError `storage.scan-unknown` */
  byId(scan: JobId, ids: readonly string[]): readonly KeptFinding[];
  /** Remembers that keys of a store stand in a batch of the quarantine, or, with `null`, no more. */
  setAside(store: StoreId, keys: readonly string[], batch: string | null): void;
}
