import type { LogTarget } from "../../src-shared/api/log-target.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import { openBucketStates } from "./console-bucket-state.ts";
import { openConsoleScans } from "./console-scans.ts";
import { jobManifests } from "./console-shards.ts";
import { openConsoleStores } from "./console-stores.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { OpenHealthSite } from "./health/health-site.ts";
import type { AnyJobDefinition, JobEngine } from "./jobs/job-engine.ts";
import type { LogSource } from "./logs/log-source.ts";
import type { ScanResults } from "./storage/scans/scan-results.ts";
import type { BucketStateDesk, ScansDesk, StoresDesk } from "./storage/storage-desks.ts";
import type { StoreOpener } from "./storage/stores/opened-store.ts";

export interface StorageDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly health: ConsoleHealth;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  /** The engine is made of the jobs of this domain, so it is asked for when one is submitted. */
  readonly jobs: () => Pick<JobEngine, "submit" | "get">;
  readonly readOnly: () => boolean;
  readonly locateWorker: WorkerLocator;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ConsoleStorage {
  readonly stores: StoresDesk & StoreOpener;
  readonly bucketStates: BucketStateDesk;
  readonly scans: ScansDesk & ScanResults;
  readonly jobs: readonly AnyJobDefinition[];
}

/** Buckets, what is in them, and whether it is whole. */
export function openConsoleStorage(domain: StorageDomain, opened: AsyncDisposableStack): ConsoleStorage {
  const { health, version, base } = domain;
  const stores = openConsoleStores(domain);
  const openSite: OpenHealthSite = (site, signal) => health.service.open(site, signal);
  const bucketStates = opened.use(openBucketStates({ base, stores, openSite, version, keepsHistory: true }));
  const scans = openConsoleScans(domain, stores, opened, jobManifests(stores));
  return { stores, bucketStates, scans, jobs: [scans.job] };
}
