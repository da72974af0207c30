import { AppError } from "../../../src-shared/errors/app-error.ts";
import { LOKI_ROLES, type LokiRole } from "../../../src-shared/api/sites.api.ts";
import type { Clock } from "../common/clock.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { Discovery } from "./loki-discovery.ts";
import { describeRoute, routesOf, type LokiRoute, type LokiRoutes } from "./loki-routes.ts";
import { searchLoki } from "./loki-search.ts";

/** What was found is believed this long; a failure on a route forgets it at once. */
const KEEP_MS = 60_000;

export interface RouteTableOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  /** The namespace set by hand, else `null`. */
  readonly namespace: string | null;
  /** The context's own namespace. */
  readonly preferred: string | null;
  readonly byHand: Readonly<Partial<Record<LokiRole, string | undefined>>> | undefined;
}

/** Which Loki a cluster has and where each role leads, found once for all who ask at the same time. */
export class LokiRouteTable {
  readonly #options: RouteTableOptions;
  #found: { readonly discovery: Discovery | null; readonly atMs: number } | null = null;
  #search: Promise<Discovery | null> | null = null;
  #known: LokiRoutes = {};

  constructor(options: RouteTableOptions) {
    this.#options = options;
  }

  /** Rejects with what `searchLoki` rejects with. One search serves everybody, so it does not end with one caller. */
  async discovery(signal: AbortSignal): Promise<Discovery | null> {
    const { clock } = this.#options;
    if (this.#found !== null && clock.nowMs() - this.#found.atMs < KEEP_MS) return this.#found.discovery;
    // Before a search is begun that nobody would wait for.
    if (signal.aborted) throw new AppError("request.cancelled", {});
    this.#search ??= this.#searchNow().finally(() => (this.#search = null));
    return abortable(this.#search, signal);
  }

  /** Rejects with `sites.no-route` when nothing answers this role. */
  async route(role: LokiRole, signal: AbortSignal): Promise<LokiRoute> {
    const { byHand } = this.#options;
    const set = byHand?.[role];
    const routes =
      set === undefined || set === ""
        ? routesOf(await this.discovery(signal), byHand)
        : routesOf(null, { [role]: set });
    this.#known = { ...this.#known, ...routes };
    const route = routes[role];
    if (route === undefined) throw new AppError("sites.no-route", { role });
    return route;
  }

  /** The route that was used last, for a person; the role's name while none is known. */
  describe(role: LokiRole): string {
    const route = this.#known[role];
    return route === undefined ? role : describeRoute(route);
  }

  /** All routes that exist, for the doctor. */
  async routes(signal: AbortSignal): Promise<LokiRoutes> {
    const { byHand } = this.#options;
    const allByHand = LOKI_ROLES.every((role) => (byHand?.[role] ?? "") !== "");
    return routesOf(allByHand ? null : await this.discovery(signal), byHand);
  }

  /** A route led nowhere: the next question looks at the cluster again. */
  forget(): void {
    this.#found = null;
  }

  async #searchNow(): Promise<Discovery | null> {
    const { client, clock, namespace, preferred } = this.#options;
    const discovery = await searchLoki(client, { namespace, preferred, signal: new AbortController().signal });
    this.#found = { discovery, atMs: clock.nowMs() };
    return discovery;
  }
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(new AppError("request.cancelled", {}));
  return new Promise((settle, fail) => {
    const onAbort = () => fail(new AppError("request.cancelled", {}));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(settle, fail).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
