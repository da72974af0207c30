import type { CommonCause } from "../../../../src-shared/model/health/verdict.ts";
import { explodingTenants, refusedTenants, storeOutage, type Windows } from "./common-cause.ts";
import { Persistence, type PersistenceRule } from "./persistence.ts";

const RULE: PersistenceRule = { rounds: 4, hits: 2, clearAfterMs: 30_000 };
const STORE_AFTERMATH_MS = 90_000;

interface CauseState {
  readonly persistence: Persistence;
  last: CommonCause;
}

/** Which common causes there are, with hysteresis. */
export class CauseWatch {
  readonly #causes = new Map<string, CauseState>();
  #storeTroubleUntilMs = Number.NEGATIVE_INFINITY;
  active: readonly CommonCause[] = [];

  /** `past` are readings of minutes before the windows. */
  round(atMs: number, { all, ingesters, past }: Readonly<Record<"all" | "ingesters" | "past", Windows>>): void {
    const outage = storeOutage(ingesters);
    const seen = [...(outage === null ? [] : [outage]), ...refusedTenants(all), ...explodingTenants(ingesters, past)];
    const byKey = new Map(seen.map((cause) => [`${cause.kind}\u0000${cause.tenant ?? ""}`, cause]));
    for (const [key, cause] of byKey) {
      if (!this.#causes.has(key)) this.#causes.set(key, { persistence: new Persistence(), last: cause });
    }
    const active: CommonCause[] = [];
    for (const [key, state] of this.#causes) {
      const now = byKey.get(key);
      if (now !== undefined) state.last = now;
      if (state.persistence.round(now !== undefined, atMs, RULE)) active.push(state.last);
      else if (state.persistence.sinceMs === null) this.#causes.delete(key);
    }
    // From the first sign on: whoever fails first must not be blamed while the others are about to.
    if (outage !== null) this.#storeTroubleUntilMs = atMs + STORE_AFTERMATH_MS;
    this.active = active;
  }

  /** The object store as a whole is or was just in trouble. */
  storeTrouble(atMs: number): boolean {
    return atMs < this.#storeTroubleUntilMs;
  }

  get unusualLoad(): boolean {
    return this.active.some(({ kind }) => kind !== "object-store-outage");
  }
}
