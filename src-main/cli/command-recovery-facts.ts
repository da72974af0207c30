import { existsSync } from "node:fs";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { DrillBooks } from "../core/console-drill-job.ts";
import { ingesterFacts } from "../core/console-ingester-facts.ts";
import { HealthSites } from "../core/console-health-sites.ts";
import { configPage } from "../core/health/site-pages.ts";
import { S3BucketSettings } from "../core/storage/bucket-health/s3-bucket-settings.ts";
import { RecoveryFactsService } from "../core/storage/recovery/recovery-facts.service.ts";
import { FindingsStore } from "../core/storage/scans/findings.store.ts";
import { ScanFiles } from "../core/storage/scans/scan-files.ts";
import { lastFinished } from "../core/storage/scans/scan-rows.ts";
import type { StoreOpener } from "../core/storage/stores/opened-store.ts";
import type { CommandContext } from "./command-context.ts";
import { openCliStores } from "./open-storage-store.ts";

const INTERVAL_MS = 30_000;
const DRILLS_LISTED = 200;

/** What a loss would cost, for a command: one round of the site's metrics, and no past of it. */
export function recoveryFactsOf(
  parts: {
    readonly base: ConsoleBase;
    readonly context: CommandContext;
    readonly stores: StoreOpener;
    readonly books: DrillBooks;
    /** Instead of the copy that the store's configuration names. */
    readonly dr: StoreId | null;
  },
  stack: AsyncDisposableStack,
): RecoveryFactsService {
  const { base, context, stores, books, dr } = parts;
  return new RecoveryFactsService({
    stores: dr === null ? stores : withCopy(stores, dr),
    ingesters: (site, signal) => oneRound({ base, context, stack }, site, signal),
    settingsOf: (requests) => new S3BucketSettings(requests),
    bucketBytes: async (store) => scannedBytes(base, store),
    drills: (store) => books.history.list(store, DRILLS_LISTED),
    staleAfterDays: () => base.settings.get("storage.drillStaleDays"),
    clock: base.clock,
  });
}

/** As the last scan of everything in this profile counted them; `null` without one. */
function scannedBytes({ profile, clock }: ConsoleBase, store: StoreId): number | null {
  const { findings: file } = new ScanFiles(profile.file("storage"));
  if (!existsSync(file)) return null;
  using findings = new FindingsStore({ file, clock, onDamaged: () => undefined });
  return findings.run((database) => lastFinished(database, store, true))?.summary.bytes ?? null;
}

function withCopy(stores: StoreOpener, dr: StoreId): StoreOpener {
  return {
    open: async (id, signal) => {
      const opened = await stores.open(id, signal);
      if (id === dr) return opened;
      const { config, store, layout, folder, s3 } = opened;
      const close = () => opened[Symbol.asyncDispose]();
      return { id, config: { ...config, dr }, store, layout, folder, s3, [Symbol.asyncDispose]: close };
    },
  };
}

async function oneRound(
  {
    base,
    context,
    stack,
  }: Pick<Parameters<typeof recoveryFactsOf>[0], "base" | "context"> & {
    readonly stack: AsyncDisposableStack;
  },
  site: SiteId,
  signal: AbortSignal,
) {
  const { sites } = await openCliStores(base, context, stack);
  const healthSites = stack.use(new HealthSites({ base, sites: await sites(), intervalMs: () => INTERVAL_MS }));
  const opened = await healthSites.open(site, signal);
  const { round } = await opened.rounds.round(signal);
  const tellers = {
    round: () => round,
    lastFlush: () => Promise.resolve(null),
    config: (_site: SiteId, instance: string, inner: AbortSignal) => configPage(opened, instance, base.clock, inner),
  };
  return ingesterFacts(tellers, site, signal);
}
