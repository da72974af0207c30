import type { Site } from "../../../src-shared/api/sites.api.ts";
import type { AppError } from "../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { Announcer } from "../common/topics.ts";

export interface SiteState {
  readonly state: Site["state"];
  readonly error: AppError | null;
}

const IDLE: SiteState = { state: "idle", error: null };

/** How the connection to each site stands. A change is announced; saying the same again is not. */
export class SiteStates {
  readonly #announcer: Announcer;
  readonly #states = new Map<SiteId, SiteState>();

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  get(site: SiteId): SiteState {
    return this.#states.get(site) ?? IDLE;
  }

  set(site: SiteId, state: Site["state"], error: AppError | null = null): void {
    const before = this.get(site);
    if (before.state === state && JSON.stringify(before.error?.toWire()) === JSON.stringify(error?.toWire())) return;
    this.#states.set(site, { state, error });
    this.#announcer.changed("sites");
  }

  forget(site: SiteId): void {
    this.#states.delete(site);
  }
}
