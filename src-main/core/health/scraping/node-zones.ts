import { z } from "zod";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { ClusterConnection } from "../../clusters/cluster-connection.ts";

const PAGE_ITEMS = 500;
const MOST_PAGES = 40;
const MAX_PAGE_BYTES = 64 * 2 ** 20;
const TIMEOUT_MS = 10_000;
const AGAIN_MS = 10 * 60_000;
export const ZONE_LABEL = "topology.kubernetes.io/zone";
/** Metadata alone where the server can: a node's status lists every image on it. */
const METADATA_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const pageSchema = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z
    .array(z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).nullish() }) }))
    .nullish(),
});

/** Zones of nodes by name. Many who may read Loki's namespace may not list nodes: then there are none, which is no error. */
export class NodeZones {
  readonly #connection: ClusterConnection;
  readonly #clock: Clock;
  #zones: ReadonlyMap<string, string> = new Map();
  #nodes: ReadonlySet<string> = new Set();
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(connection: ClusterConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Asks anew when one of these nodes is not known, at most every ten minutes. */
  async of(nodes: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#askedMs < AGAIN_MS || nodes.every((node) => this.#nodes.has(node))) return this.#zones;
    this.#askedMs = nowMs;
    try {
      await this.#read(signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
    }
    return this.#zones;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const zones = new Map<string, string>();
    const nodes = new Set<string>();
    let continuation = "";
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ limit: String(PAGE_ITEMS) });
      if (continuation !== "") query.set("continue", continuation);
      // oxlint-disable-next-line no-await-in-loop -- a page names the next one
      const answer = await this.#connection.send({
        method: "GET",
        path: `/api/v1/nodes?${query.toString()}`,
        headers: { accept: METADATA_ALONE, "accept-encoding": "gzip" },
        signal,
        timeoutMs: TIMEOUT_MS,
      });
      // oxlint-disable-next-line no-await-in-loop -- the body belongs to the page
      const body = await answer.bytes(MAX_PAGE_BYTES);
      const parsed = answer.status === 200 ? pageSchema.safeParse(jsonOf(body)) : null;
      if (parsed?.success !== true) return;
      for (const { metadata } of parsed.data.items ?? []) {
        nodes.add(metadata.name);
        const zone = metadata.labels?.[ZONE_LABEL];
        if (zone !== undefined && zone !== "") zones.set(metadata.name, zone);
      }
      continuation = parsed.data.metadata?.continue ?? "";
      if (continuation === "") break;
    }
    this.#zones = zones;
    this.#nodes = nodes;
  }
}

/** `undefined` for what is no JSON. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
