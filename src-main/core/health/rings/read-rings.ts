import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { RING_PAGES, type RingName, type RingView } from "../../../../src-shared/model/health/ring.ts";
import type { Clock } from "../../common/clock.ts";
import type { ScrapeTarget } from "../scraping/scrape-target.ts";
import { failedOutcome } from "../scraping/target-outcome.ts";
import { withinTime } from "../scraping/time-limit.ts";
import { readRingPage } from "./read-ring-page.ts";
import { tellersOf } from "./ring-tellers.ts";
import { ringView, untoldRing } from "./ring-view.ts";

export interface ReadRingsOptions {
  readonly targets: readonly ScrapeTarget[];
  readonly names: readonly RingName[];
  /** `loki_distributor_replication_factor`; `null` where nobody tells. */
  readonly replicationFactor: number | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const PAGE_BYTES = 64 * 2 ** 20;
const TELLER_TIMEOUT_MS = 4_000;
const RING_TIMEOUT_MS = 12_000;

/**
 * Rings in the order of `names`, each as the first teller that knows it tells it. A ring that nobody tells of has no members
 * and an error: `health.nobody-tells` where all that were asked have no such ring, else why the last one failed.
 * @throws AppError `request.cancelled`
 */
export async function readRings(options: ReadRingsOptions): Promise<RingView[]> {
  return Promise.all(options.names.map((ring) => readRing(ring, options)));
}

async function readRing(ring: RingName, options: ReadRingsOptions): Promise<RingView> {
  const { targets, replicationFactor, clock, signal } = options;
  const giveUpMs = clock.nowMs() + RING_TIMEOUT_MS;
  let failure: AppError | null = null;
  for (const target of tellersOf(ring, targets)) {
    const leftMs = giveUpMs - clock.nowMs();
    if (leftMs <= 0) break;
    const timeoutMs = Math.min(TELLER_TIMEOUT_MS, leftMs);
    const request = { path: RING_PAGES[ring], accept: "application/json", maxBytes: PAGE_BYTES, timeoutMs } as const;
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next is asked only when this one does not tell
      const page = await withinTime(clock, timeoutMs, signal, async (inner) =>
        readRingPage(await target.get({ ...request, signal: inner })),
      );
      if (page !== null) return ringView(ring, target.instance, page, replicationFactor);
    } catch (error) {
      if (signal.aborted) throw new AppError("request.cancelled", {});
      failure = failedOutcome(error, target.instance).error;
    }
  }
  return untoldRing(ring, failure ?? new AppError("health.nobody-tells", { what: RING_PAGES[ring] }));
}
