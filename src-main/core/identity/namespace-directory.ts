import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import { CachedDocument, type CacheTimes } from "./cached-document.ts";
import { tenantsOfNamespaces, type NamespaceObject, type NamespaceTenantSource } from "./namespace-tenants.ts";
import { providerUnavailable } from "./refusals.ts";

/** Namespaces change with every new team; a cluster that is away for a while keeps nobody out at once. */
export const NAMESPACE_TIMES: CacheTimes = { maxAgeMs: 60_000, maxStaleMs: 900_000, minIntervalMs: 5_000 };

export interface NamespaceDirectoryOptions {
  readonly sources: readonly NamespaceTenantSource[];
  /** The namespaces of the site's cluster, with a time limit of its own; `null` where a table says it all. */
  readonly listNamespaces: (() => Promise<readonly NamespaceObject[]>) | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: CacheTimes;
}

/** Which tenant a namespace is, read from the cluster and kept for a minute. */
export class NamespaceDirectory {
  readonly #tenants: CachedDocument<ReadonlyMap<string, TenantId>>;

  constructor({ sources, listNamespaces, clock, logger, times = NAMESPACE_TIMES }: NamespaceDirectoryOptions) {
    const list = listNamespaces ?? (async () => namesOfTables(sources));
    this.#tenants = new CachedDocument(
      async () => {
        const { byNamespace, invalid } = tenantsOfNamespaces(await list(), sources);
        if (invalid.length > 0) {
          logger.warn("namespaces whose tenant is no tenant id", { namespaces: invalid.slice(0, 20).join(", ") });
        }
        return byNamespace;
      },
      clock,
      times,
    );
  }

  /**
   * Rejects with `identity.provider-unavailable` when the cluster cannot be asked: half of somebody's tenants would be
   * mistaken for all of them.
   */
  async tenantsByNamespace(signal: AbortSignal): Promise<ReadonlyMap<string, TenantId>> {
    try {
      return await this.#tenants.current(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw providerUnavailable("the namespaces could not be read", error);
    }
  }
}

function namesOfTables(sources: readonly NamespaceTenantSource[]): NamespaceObject[] {
  const names = sources.flatMap((source) => (source.kind === "table" ? Object.keys(source.tenants) : []));
  return [...new Set(names)].map((name) => ({ metadata: { name } }));
}
