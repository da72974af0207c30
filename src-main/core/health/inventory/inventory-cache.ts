import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import type { ExpectedReplicas } from "../verdicts/site-verdicts.ts";
import type { ClusterInventory } from "./cluster-inventory.ts";
import { expectedReplicas } from "./expected-replicas.ts";

/** What Kubernetes said is believed this long. */
const KEPT_MS = 30_000;
/** Older than this it says nothing any more. */
const OLDEST_MS = 5 * 60_000;

/** The inventory as the rounds use it: read beside them, so that a slow API server holds up no verdict. */
export class InventoryCache {
  readonly #read: (signal: AbortSignal) => Promise<ClusterInventory>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #known: { readonly atMs: number; readonly expected: ExpectedReplicas } | null = null;
  #reading = false;

  constructor(
    read: (signal: AbortSignal) => Promise<ClusterInventory>,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#read = read;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** `null` until it was read, and when it could not be read for minutes. */
  expected(): ExpectedReplicas | null {
    if (this.#known === null) return null;
    return this.#clock.nowMs() - this.#known.atMs <= OLDEST_MS ? this.#known.expected : null;
  }

  /** Begins to read it anew when it is due. */
  refresh(signal: AbortSignal): void {
    const ageMs = this.#known === null ? Number.POSITIVE_INFINITY : this.#clock.nowMs() - this.#known.atMs;
    if (this.#reading || (ageMs >= 0 && ageMs < KEPT_MS)) return;
    this.#reading = true;
    fireAndForget(
      this.#refresh(signal).finally(() => (this.#reading = false)),
      this.#logger,
      "reading a cluster's inventory failed",
    );
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    try {
      this.#known = { atMs: this.#clock.nowMs(), expected: expectedReplicas(await this.#read(signal)) };
    } catch (error) {
      if (signal.aborted) return;
      if (!isAppError(error)) throw error;
      this.#logger.info("a cluster's inventory could not be read", { code: error.code });
    }
  }
}
