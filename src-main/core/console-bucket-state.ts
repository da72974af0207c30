import type { SiteId } from "../../src-shared/model/ids.ts";
import type { ConsoleBase } from "./console-base.ts";
import { lokiControls } from "./console-loki-control.ts";
import type { OpenHealthSite } from "./health/health-site.ts";
import { parseSeriesKey } from "./health/detection/series-key.ts";
import { parseExposition } from "./health/scraping/exposition-parser.ts";
import { BucketStatesService } from "./storage/bucket-state/bucket-states.service.ts";
import { SpaceHistory } from "./storage/bucket-state/space-history.store.ts";
import type { StoreOpener } from "./storage/stores/opened-store.ts";

export interface BucketStatesDomain {
  readonly base: Pick<ConsoleBase, "profile" | "clock" | "logger">;
  readonly stores: StoreOpener;
  readonly openSite: OpenHealthSite;
  readonly version: string;
  /** Whether free bytes are noted in the profile; a command beside a running console leaves that to it. */
  readonly keepsHistory: boolean;
}

/** The state of buckets, with what their sites' Lokis delete and MinIO's metrics read as those of Loki are. */
export function openBucketStates(domain: BucketStatesDomain): BucketStatesService {
  const { base, stores, openSite, version, keepsHistory } = domain;
  const { profile, clock } = base;
  const logger = base.logger.child("storage");
  const controls = lokiControls({ base, openSite, version });
  return new BucketStatesService({
    stores,
    retention: async (site: SiteId, signal) => (await (await controls(site, signal))?.retention(signal)) ?? null,
    readSamples: (body, wanted) =>
      Object.entries(parseExposition(body, wanted).series).map(([key, value]) => ({ ...parseSeriesKey(key), value })),
    history: keepsHistory ? SpaceHistory.open(profile.file("bucket-space.json"), clock, logger) : null,
    clock,
    logger,
  });
}
