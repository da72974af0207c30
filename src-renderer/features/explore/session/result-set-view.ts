import type { ApiClient } from "../../../../src-shared/api/client.ts";
import type { ConsoleApi } from "../../../../src-shared/api/console-api.ts";
import type { ResultSetState } from "../../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { RowWindowCache } from "../rows/row-window-cache.ts";

export type LogsClient = ApiClient<ConsoleApi>["logs"];

/** What the window knows of one result set. `lost`: the line to the core broke; the rows are still there. */
export interface ResultSetSnapshot {
  readonly state: ResultSetState;
  readonly lost: WireError | null;
}

/**
 * One result set as the window looks at it: its newest state, and a cache of the rows that are shown. Whoever opened it
 * disposes it; that closes the set in the core.
 */
export class ResultSetView implements Disposable {
  readonly id: ResultSetId;
  readonly cache: RowWindowCache;
  readonly #client: LogsClient;
  readonly #listeners = new Set<() => void>();
  #snapshot: ResultSetSnapshot;
  #watch: { unsubscribe(): void } | null = null;
  #disposed = false;

  constructor(client: LogsClient, state: ResultSetState, onNextFrame: (run: () => void) => void) {
    this.id = state.set;
    this.#client = client;
    this.#snapshot = { state, lost: null };
    this.cache = new RowWindowCache({
      fetchWindow: (from, count, signal) => client.window({ set: state.set, from, count }, { signal }),
      onNextFrame,
      onFailure: (error) => this.#lose(wireErrorOf(error)),
    });
    this.cache.setTotal(state.rows);
    this.watch();
  }

  /** The same object until something changed. */
  get snapshot(): ResultSetSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listens (again, after the line was lost) to how the set grows. */
  watch(): void {
    this.#watch?.unsubscribe();
    if (this.#disposed) return;
    this.#change({ state: this.#snapshot.state, lost: null });
    this.#watch = this.#client.watch(
      { set: this.id },
      {
        onData: (state) => {
          // A watch begins with the state of the moment, which may be older than the answer of a command.
          if (state.version < this.#snapshot.state.version) return;
          this.cache.setTotal(state.rows);
          this.#change({ state, lost: null });
        },
        onError: (error) => this.#lose(wireErrorOf(error)),
      },
    );
  }

  /** Stops reading or following; the rows stay. */
  async stop(): Promise<void> {
    try {
      const state = await this.#client.stop({ set: this.id });
      if (state.version >= this.#snapshot.state.version) this.#change({ state, lost: null });
    } catch (error) {
      this.#lose(wireErrorOf(error));
    }
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#watch?.unsubscribe();
    this.cache[Symbol.dispose]();
    this.#listeners.clear();
    // The core gives sets back by itself when the window goes away; one that is gone already is no news to anyone.
    this.#client.close({ set: this.id }).catch(() => undefined);
  }

  #lose(error: WireError): void {
    if (error.category === "cancelled") return;
    this.#change({ state: this.#snapshot.state, lost: error });
  }

  #change(snapshot: ResultSetSnapshot): void {
    if (this.#disposed) return;
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
