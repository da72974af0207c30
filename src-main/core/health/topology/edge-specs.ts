import type { EdgeKind, TopologyEdge } from "../../../../src-shared/model/health/topology.ts";
import type { Selector } from "../verdicts/series-book.ts";
import type { Labels } from "../verdicts/tracked-keys.ts";

/**
 * One kind of arrow: who may be at its ends (of several names the first that the site has; a deployment has either
 * `ingester`, `write` or `single-binary`), and what measures it.
 */
export interface EdgeSpec {
  readonly kind: EdgeKind;
  readonly path: TopologyEdge["path"];
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Whose metrics tell. */
  readonly measured: "from" | "to";
  /** Components whose metrics of this name mix several arrows: there the arrow has no figures. */
  readonly mixedOn?: readonly string[];
  /** Drawn only where somebody exports the family. */
  readonly optional?: boolean;
  /** A histogram's name without `_sum` and `_count`, which gives requests, their mean and their errors; several add up. */
  readonly timed?: readonly Selector[];
  /** A counter of requests where there is no histogram, or where it says more. */
  readonly counted?: Selector;
  /** Requests that failed: of the histogram's count, or a counter. */
  readonly failed?: Selector;
  readonly bytes?: Selector;
}

const INGESTER = ["ingester", "write", "single-binary"];
const DISTRIBUTOR = ["distributor", "write", "single-binary"];
const FRONTEND = ["query-frontend", "read", "single-binary"];
const SCHEDULER = ["query-scheduler", "backend", "single-binary"];
const QUERIER = ["querier", "read", "single-binary"];
const GATEWAY = ["index-gateway", "backend"];
const COMPACTOR = ["compactor"];
const RULER = ["ruler", "backend"];
const STORE = ["object-store"];

const CLIENT = "loki_ingester_client_request_duration_seconds";
const S3 = "loki_s3_request_duration_seconds";
const OBJSTORE = "loki_objstore_bucket_operation_duration_seconds";
const REQUESTS = "loki_request_duration_seconds";

const PUSH_ROUTES = new Set(["loki_api_v1_push", "api_prom_push", "otlp_v1_logs"]);
const QUERY_ROUTE = /^(?:loki_api_v1|api_prom)_(?:query|label|series|index|pattern|detected|volume)/;

const ofPush = ({ route = "" }: Labels) => PUSH_ROUTES.has(route);
const ofQuery = ({ route = "" }: Labels) => QUERY_ROUTE.test(route);
const badStatus = ({ status_code: status = "" }: Labels) =>
  status !== "cancel" && status !== "success" && !status.startsWith("2") && !status.startsWith("1");
const failedAnd = (wanted: (labels: Labels) => boolean) => (labels: Labels) => wanted(labels) && badStatus(labels);

function timed(family: string, where: (labels: Labels) => boolean): Pick<EdgeSpec, "timed" | "failed"> {
  return { timed: [{ families: [family], where }], failed: { families: [`${family}_count`], where: failedAnd(where) } };
}

/** Requests to the object store by the classic client or the Thanos client; a site has one of them. */
function stored(
  s3: (operation: string) => boolean,
  thanos: (operation: string) => boolean,
): Pick<EdgeSpec, "timed" | "failed"> {
  const ofS3 = ({ operation = "" }: Labels) => s3(operation);
  const ofThanos = ({ operation = "" }: Labels) => thanos(operation);
  return {
    timed: [
      { families: [S3], where: ofS3 },
      { families: [OBJSTORE], where: ofThanos },
    ],
    failed: {
      families: [`${S3}_count`, "loki_objstore_bucket_operation_failures_total"],
      // Of the Thanos client's failures, which have no status, each is one.
      where: (labels) => ("status_code" in labels ? failedAnd(ofS3)(labels) : ofThanos(labels)),
    },
  };
}

const isPush = ({ operation = "" }: Labels) => operation === "/logproto.Pusher/Push";
const isRead = ({ operation = "" }: Labels) => operation.startsWith("/logproto.Querier/");
const isLookup = ({ operation = "" }: Labels) => operation.startsWith("/indexgatewaypb.");

/** The arrows of both paths, in the order in which a line or a query meets them. */
export const EDGE_SPECS: readonly EdgeSpec[] = [
  {
    kind: "push",
    path: "write",
    from: ["clients"],
    to: DISTRIBUTOR,
    measured: "to",
    ...timed(REQUESTS, ofPush),
    bytes: { families: ["loki_distributor_bytes_received_total"] },
  },
  { kind: "append", path: "write", from: DISTRIBUTOR, to: INGESTER, measured: "from", ...timed(CLIENT, isPush) },
  {
    kind: "flush",
    path: "write",
    from: INGESTER,
    to: STORE,
    measured: "from",
    ...stored(
      (operation) => operation === "S3.PutObject",
      (operation) => operation === "upload",
    ),
    bytes: { families: ["loki_ingester_chunk_stored_bytes_total", "loki_chunk_store_stored_chunk_bytes_total"] },
  },
  {
    kind: "query",
    path: "read",
    from: ["users"],
    to: FRONTEND,
    measured: "to",
    // Where frontend and querier are one process, both count each query under the same route.
    mixedOn: ["read", "single-binary"],
    ...timed(REQUESTS, ofQuery),
  },
  {
    kind: "enqueue",
    path: "read",
    from: FRONTEND,
    to: SCHEDULER,
    measured: "to",
    counted: { families: ["loki_query_scheduler_enqueue_count"] },
    failed: { families: ["loki_query_scheduler_discarded_requests_total"] },
  },
  {
    kind: "dequeue",
    path: "read",
    from: SCHEDULER,
    to: QUERIER,
    measured: "from",
    timed: [{ families: ["loki_query_scheduler_queue_duration_seconds"] }],
  },
  { kind: "read-recent", path: "read", from: QUERIER, to: INGESTER, measured: "from", ...timed(CLIENT, isRead) },
  {
    kind: "read-index",
    path: "read",
    from: QUERIER,
    to: GATEWAY,
    measured: "from",
    optional: true,
    ...timed("loki_index_gateway_request_duration_seconds", isLookup),
  },
  {
    kind: "read-chunks",
    path: "read",
    from: QUERIER,
    to: STORE,
    measured: "from",
    ...stored(
      (operation) => operation === "S3.GetObject",
      (operation) => operation === "get" || operation === "get_range",
    ),
    bytes: { families: ["loki_chunk_store_fetched_chunk_bytes_total"] },
  },
  {
    kind: "chunks-cache",
    path: "read",
    from: QUERIER,
    to: ["chunks-cache"],
    measured: "from",
    optional: true,
    ...timed("loki_memcache_request_duration_seconds", ({ name = "" }) => /chunk/i.test(name)),
  },
  {
    kind: "results-cache",
    path: "read",
    from: FRONTEND,
    to: ["results-cache"],
    measured: "from",
    optional: true,
    ...timed("loki_memcache_request_duration_seconds", ({ name = "" }) => /result/i.test(name)),
  },
  {
    kind: "compact",
    path: "both",
    from: COMPACTOR,
    to: STORE,
    measured: "from",
    optional: true,
    ...stored(
      () => true,
      () => true,
    ),
  },
  {
    kind: "rule-query",
    path: "read",
    from: RULER,
    to: FRONTEND,
    measured: "from",
    optional: true,
    timed: [{ families: ["loki_ruler_remote_eval_request_duration_seconds"] }],
  },
  {
    kind: "rule-query",
    path: "read",
    from: RULER,
    to: INGESTER,
    measured: "from",
    optional: true,
    ...timed(CLIENT, isRead),
  },
];
