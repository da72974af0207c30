import type { z } from "zod";
import type { convergenceSchema } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { ComponentState } from "./component-states.ts";

export type Converging = z.output<typeof convergenceSchema>;

/** What the processes said before the write. */
export interface Baseline {
  readonly hashes: readonly string[];
  /** Their last reload had failed already. */
  readonly failing: readonly string[];
}

export interface ConvergenceOptions {
  readonly baseline: Baseline;
  /** The hash that such a content had before, where it is known. */
  readonly expected: string | null;
  /** Whether the file says something else, so that Loki hashes something else. A comment does not. */
  readonly hashChanges: boolean;
}

export interface Look {
  readonly rows: readonly Converging[];
  readonly verdict: "waiting" | "taken" | "refused";
  readonly waiting: readonly string[];
  readonly refused: readonly string[];
}

/** The kubelet looks every minute and trusts what it read for another one; then Loki looks every ten seconds. */
export const PROPAGATION_MS = 130_000;
/** A file that is read while the kubelet swaps it may fail once. */
const LOOKS_TO_REFUSE = 2;

/** Watches processes take a new file, one look after the other. */
export class Convergence {
  readonly #options: ConvergenceOptions;
  readonly #takenAtMs = new Map<string, number>();
  readonly #failedLooks = new Map<string, number>();
  #looksAllTaken = 0;

  constructor(options: ConvergenceOptions) {
    this.#options = options;
  }

  /** `sinceMs` is how long ago the file was written. */
  look(states: readonly ComponentState[], nowMs: number, sinceMs: number): Look {
    const target = this.#target(states, sinceMs);
    const telling = states.some(({ hash, reloaded }) => hash !== null || reloaded !== null);
    const rows = states.map((state) => this.#row(state, target, telling, nowMs));
    const named = (wanted: Converging["state"]) =>
      rows.filter(({ state }) => state === wanted).map(({ instance }) => instance);
    const refused = named("refused");
    const waiting = named("waiting");
    const all = telling && waiting.length === 0 && refused.length === 0;
    this.#looksAllTaken = all ? this.#looksAllTaken + 1 : 0;
    // A hash that was there before the write may be the old file still.
    const looksWanted = target !== null && this.#options.baseline.hashes.includes(target) ? 2 : 1;
    const taken = all && this.#looksAllTaken >= looksWanted;
    return { rows, verdict: refused.length > 0 ? "refused" : taken ? "taken" : "waiting", waiting, refused };
  }

  #row(state: ComponentState, target: string | null, telling: boolean, nowMs: number): Converging {
    const { instance, answered, hash, reloaded } = state;
    const row = (of: Converging["state"]): Converging => {
      if (of === "taken" && !this.#takenAtMs.has(instance)) this.#takenAtMs.set(instance, nowMs);
      if (of !== "taken") this.#takenAtMs.delete(instance);
      return { instance, state: of, hash, takenAtMs: this.#takenAtMs.get(instance) ?? null };
    };
    if (!answered) return row("waiting");
    if (hash === null && reloaded === null) return row(telling ? "unseen" : "waiting");
    const failed = reloaded === false && !this.#options.baseline.failing.includes(instance);
    this.#failedLooks.set(instance, failed ? (this.#failedLooks.get(instance) ?? 0) + 1 : 0);
    if ((this.#failedLooks.get(instance) ?? 0) >= LOOKS_TO_REFUSE) return row("refused");
    if (reloaded === false) return row("waiting");
    if (!this.#options.hashChanges) return row("taken");
    return row(hash !== null && hash === target ? "taken" : "waiting");
  }

  /** The hash that all shall come to; `null` while nobody has one that can be it. */
  #target(states: readonly ComponentState[], sinceMs: number): string | null {
    const { baseline, expected } = this.#options;
    const counts = new Map<string, number>();
    for (const { hash } of states) if (hash !== null) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    if (expected !== null && counts.has(expected)) return expected;
    const [fresh] = [...counts]
      .filter(([hash]) => !baseline.hashes.includes(hash))
      .toSorted(([, one], [, other]) => other - one);
    if (fresh !== undefined) return fresh[0];
    // They were not of one mind before: the new content may be what some of them had. By now it is what they agree on.
    const [only, ...others] = counts.keys();
    const mixed = baseline.hashes.length > 1;
    return mixed && only !== undefined && others.length === 0 && sinceMs >= PROPAGATION_MS ? only : null;
  }
}
