import type { z } from "zod";
import type { storageApi } from "../../../src-shared/api/storage.api.ts";
import type { JobId, SiteId } from "../../../src-shared/model/ids.ts";
import type { BucketState } from "../../../src-shared/model/storage/bucket-state.ts";
import type { ObjectInspection } from "../../../src-shared/model/storage/inspection.ts";
import type {
  BucketOverview,
  FindingFilter,
  KeptFinding,
  ScanRequest,
  ScanSummary,
} from "../../../src-shared/model/storage/scan.ts";
import type { Store, StoreCheck, StoreConfig, StoreId } from "../../../src-shared/model/storage/store.ts";
import type { StorageFindingKind } from "../../../src-shared/model/storage-finding.ts";

type Output<Name extends keyof typeof storageApi> = z.output<(typeof storageApi)[Name]["output"]>;

/** Which stores there are, as the door asks for them. */
export interface StoresDesk {
  list(site: SiteId | null, signal: AbortSignal): Promise<Output<"stores">>;
  save(id: StoreId | null, config: StoreConfig): Promise<Store>;
  remove(id: StoreId): Promise<boolean>;
  check(config: StoreConfig, write: boolean, signal: AbortSignal): Promise<readonly StoreCheck[]>;
}

/** How a bucket and its servers are. */
export interface BucketStateDesk {
  state(store: StoreId, signal: AbortSignal): Promise<BucketState>;
}

/** Scans and what they found, as the door asks for them. */
export interface ScansDesk {
  overview(store: StoreId): BucketOverview;
  begin(request: ScanRequest, principal: string, signal: AbortSignal): Promise<JobId>;
  list(store: StoreId, limit: number): readonly ScanSummary[];
  /** In a thread: a filter may look at a million findings. `kinds` counts what fits the filter, whatever its kinds. */
  page(
    scan: JobId,
    filter: FindingFilter,
    offset: number,
    limit: number,
  ): Promise<{
    readonly findings: readonly KeptFinding[];
    readonly total: number;
    readonly kinds: Readonly<Partial<Record<StorageFindingKind, number>>>;
  }>;
  export(
    scan: JobId,
    filter: FindingFilter,
    format: "json" | "ndjson" | "csv",
    signal: AbortSignal,
  ): Promise<{ readonly file: string; readonly findings: number }>;
  inspect(store: StoreId, key: string, version: string | null, signal: AbortSignal): Promise<ObjectInspection>;
  jobManifest(
    store: StoreId,
    options: {
      readonly request: Pick<ScanRequest, "mode" | "scope">;
      readonly shards: number;
      readonly parallelism: number;
      readonly namespace: string;
      readonly image: string;
    },
    signal: AbortSignal,
  ): Promise<string>;
}
