import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { JobEngine } from "../../jobs/job-engine.ts";
import type { LokiControl } from "../loki/loki-control.ts";
import type { ScanResults } from "../scans/scan-results.ts";
import type { StoreOpener } from "../stores/opened-store.ts";
import type { PlannedObjects } from "./planned-objects.store.ts";

/** What the quarantine is made of; whoever composes the console passes it in. */
export interface QuarantineParts {
  readonly stores: StoreOpener;
  readonly scans: Pick<ScanResults, "byId" | "findings" | "setAside">;
  /** Of the Loki that reads a store; `null` where there is none. What it says may be missing: nothing depends on it. */
  readonly openLoki: (site: SiteId, signal: AbortSignal) => Promise<LokiControl | null>;
  /** Read when it is needed: an engine is made of the job that this service defines. */
  readonly jobs: () => Pick<JobEngine, "submit">;
  readonly planned: PlannedObjects;
  /** Person and machine, as another console reads it in the lease. */
  readonly holder: (principal: string) => string;
  readonly readOnly: () => boolean;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly logger: Logger;
}
