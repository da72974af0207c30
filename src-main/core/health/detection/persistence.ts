/** When something seen counts, and when it no longer does: enough of the last rounds, and then long enough nothing. */
export interface PersistenceRule {
  /** Rounds looked at, and how many of them must show it. */
  readonly rounds: number;
  readonly hits: number;
  /** It is over when it was not seen for so long. */
  readonly clearAfterMs: number;
}

/** Hysteresis for one thing that may be seen in a round or not. */
export class Persistence {
  #recent: boolean[] = [];
  #firstHitMs: number | null = null;
  #lastHitMs = Number.NEGATIVE_INFINITY;
  #active = false;

  /** Whether it counts after this round. */
  round(seen: boolean, atMs: number, rule: PersistenceRule): boolean {
    this.#recent.push(seen);
    if (this.#recent.length > rule.rounds) this.#recent.shift();
    if (seen) {
      this.#firstHitMs ??= atMs;
      this.#lastHitMs = atMs;
      if (this.#recent.filter(Boolean).length >= rule.hits) this.#active = true;
    } else if (atMs - this.#lastHitMs >= rule.clearAfterMs) {
      this.#active = false;
      this.#firstHitMs = null;
    } else if (!this.#active && !this.#recent.includes(true)) {
      this.#firstHitMs = null;
    }
    return this.#active;
  }

  /** When it was first seen in this spell; `null` outside of one. */
  get sinceMs(): number | null {
    return this.#firstHitMs;
  }
}
