import { createStore, type StoreApi } from "zustand/vanilla";
import type { Hello } from "../../src-shared/api/session.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";

/**
 * How the page stands with its core.
 * - `connecting`: the first try; calls wait for it.
 * - `open`: calls are answered; `hello` says by whom and for whom.
 * - `lost`: the connection broke or could not be made. It is tried again, unless `error` is `session.expired`. Calls fail
 *   at once, streams go on when it is back.
 * - `incompatible`: page and core are of different builds; only loading the page again helps.
 */
export interface ConnectionState {
  readonly state: "connecting" | "open" | "lost" | "incompatible";
  /** The last answer to `session.hello`; kept while the connection is lost. */
  readonly hello: Hello | null;
  readonly error: WireError | null;
  /** Raised each time the connection opens; from the second on, what the page shows may be old. */
  readonly openings: number;
}

export type ConnectionStore = StoreApi<ConnectionState>;

export function createConnectionStore(): ConnectionStore {
  return createStore<ConnectionState>(() => ({ state: "connecting", hello: null, error: null, openings: 0 }));
}
