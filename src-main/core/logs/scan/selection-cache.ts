import type { RowStore } from "../result-set/row-store.ts";
import type { ScanPool } from "./scan-pool.ts";
import type { RowPredicate } from "./scan-protocol.ts";
import { Selection } from "./selection.ts";

const KEPT = 8;

/** The last searches of a set, so that stepping from match to match looks at no row twice. */
export class SelectionCache {
  readonly #store: RowStore;
  readonly #pool: ScanPool;
  /** In the order of their last use. */
  readonly #selections = new Map<string, Selection>();

  constructor(store: RowStore, pool: ScanPool) {
    this.#store = store;
    this.#pool = pool;
  }

  get(predicates: readonly RowPredicate[]): Selection {
    const key = JSON.stringify(predicates, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
    let selection = this.#selections.get(key);
    this.#selections.delete(key);
    // One that failed is tried again: a worker may have been lost to another search.
    if (selection === undefined || selection.error !== null) {
      selection = new Selection({ store: this.#store, pool: this.#pool, predicates, markers: false });
    }
    this.#selections.set(key, selection);
    for (const [oldest, search] of this.#selections) {
      if (this.#selections.size <= KEPT) break;
      search.stop();
      this.#selections.delete(oldest);
    }
    return selection;
  }

  clear(): void {
    for (const selection of this.#selections.values()) selection.stop();
    this.#selections.clear();
  }
}
