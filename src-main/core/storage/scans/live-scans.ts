import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import type { Announcer } from "../../common/topics.ts";
import { emptySummary, type ScanOrder } from "./scan-order.ts";

interface LiveScan {
  summary: ScanSummary;
  /** Whether it is being carried out, and not only waiting for its turn. */
  running: boolean;
}

const ANNOUNCE_EVERY_MS = 1_000;

/** Scans that this process has begun, as far as they are. */
export class LiveScans {
  readonly #announcer: Announcer;
  readonly #clock: Clock;
  readonly #scans = new Map<JobId, LiveScan>();
  #announcedAtMs = Number.NEGATIVE_INFINITY;

  constructor(announcer: Announcer, clock: Clock) {
    this.#announcer = announcer;
    this.#clock = clock;
  }

  get(scan: JobId): ScanSummary | null {
    return this.#scans.get(scan)?.summary ?? null;
  }

  of(store: StoreId): readonly ScanSummary[] {
    return [...this.#scans.values()].map(({ summary }) => summary).filter(({ request }) => request.store === store);
  }

  /** The scan of a store that is being carried out. */
  running(store: StoreId): JobId | null {
    const found = [...this.#scans.values()].find(({ summary, running }) => running && summary.request.store === store);
    return found?.summary.scan ?? null;
  }

  /** It waits for its turn. */
  begun(order: Pick<ScanOrder, "scan" | "request" | "title" | "principal" | "startedAtMs">): void {
    if (!this.#scans.has(order.scan)) this.#scans.set(order.scan, { summary: emptySummary(order), running: true });
    this.#announcer.changed("storage");
  }

  tell(summary: ScanSummary): void {
    this.#scans.set(summary.scan, { summary, running: true });
    if (this.#clock.nowMs() - this.#announcedAtMs < ANNOUNCE_EVERY_MS) return;
    this.#announcedAtMs = this.#clock.nowMs();
    this.#announcer.changed("storage");
  }

  /** It is not carried out any more: what it last told stays for as long as it can be resumed. */
  ended(scan: JobId, finished: boolean): void {
    const live = this.#scans.get(scan);
    if (finished) this.#scans.delete(scan);
    else if (live !== undefined) {
      const { now: _now, ...summary } = live.summary;
      this.#scans.set(scan, { summary, running: false });
    }
    this.#announcer.changed("storage");
  }
}
