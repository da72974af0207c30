import { LAB_LOAD } from "../metrics/lab-load.ts";
import { lookupLine, metricsLine } from "../loki/metrics-line.ts";
import { queryStats } from "../loki/query-stats.ts";
import { emptyTally } from "../store/entry-merge.ts";
import type { SeededRandom } from "./seeded-random.ts";

type TenantName = (typeof LAB_LOAD)[number]["tenant"];

/** Something that somebody asks again and again. */
interface Asker {
  readonly tenant: TenantName;
  readonly query: string;
  readonly type: "metric" | "filter" | "limited" | "labels" | "stats";
  readonly rangeSeconds: number;
  readonly stepSeconds: number;
  /** Of the tenant's bytes that the selector picks. */
  readonly share: number;
  /** How often it is asked, beside the others. */
  readonly weight: number;
  readonly tags: Readonly<Record<string, string>>;
}

const panel = (user: string, dashboard: string, number: number) => ({
  source: "grafana",
  user,
  dashboard,
  panel: String(number),
});
const explore = (user: string) => ({ source: "grafana-explore", user });
const HOUR = 3_600;

/** Dashboards on the wall, people who look for something, scripts; and one report that costs more than all of them. */
const ASKERS: readonly Asker[] = [
  {
    tenant: "retail-bank",
    query: 'sum by (level) (count_over_time({app="payments"} | json [1m]))',
    type: "metric",
    rangeSeconds: HOUR,
    stepSeconds: 15,
    share: 0.32,
    weight: 22,
    tags: panel("wall-display", "payments-overview", 2),
  },
  {
    tenant: "retail-bank",
    query: 'sum(rate({app="gateway"} |= "HTTP/1.1\\" 5" [5m]))',
    type: "metric",
    rangeSeconds: 3 * HOUR,
    stepSeconds: 60,
    share: 0.27,
    weight: 16,
    tags: panel("wall-display", "payments-overview", 4),
  },
  {
    tenant: "cards",
    query: 'quantile_over_time(0.99, {app="authorizer"} | logfmt | unwrap duration(latency) [1m]) by (scheme)',
    type: "metric",
    rangeSeconds: HOUR,
    stepSeconds: 30,
    share: 0.55,
    weight: 14,
    tags: panel("m.okafor", "card-authorisation", 1),
  },
  {
    tenant: "cards",
    query: '{app="authorizer"} |= "issuer timeout" | logfmt',
    type: "filter",
    rangeSeconds: HOUR,
    stepSeconds: 14,
    share: 0.55,
    weight: 9,
    tags: explore("m.okafor"),
  },
  {
    tenant: "retail-bank",
    query: '{namespace="retail-bank"} |~ "(?i)declined|refused"',
    type: "filter",
    rangeSeconds: 6 * HOUR,
    stepSeconds: 86,
    share: 1,
    weight: 1.5,
    tags: explore("a.keller"),
  },
  {
    tenant: "treasury",
    query: '{app="swift-connector"} |= "NAK"',
    type: "filter",
    rangeSeconds: 3 * HOUR,
    stepSeconds: 43,
    share: 0.6,
    weight: 2,
    tags: { source: "logcli", user: "j.lindqvist" },
  },
  {
    tenant: "treasury",
    query: '{app="pricing", cluster="lab"}',
    type: "limited",
    rangeSeconds: HOUR,
    stepSeconds: 14,
    share: 0.002,
    weight: 6,
    tags: explore("li.wei"),
  },
  {
    tenant: "platform",
    query: 'sum by (component) (rate({namespace="loki"} |= "level=error" [5m]))',
    type: "metric",
    rangeSeconds: 6 * HOUR,
    stepSeconds: 60,
    share: 0.9,
    weight: 8,
    tags: panel("wall-display", "loki-operational", 11),
  },
  {
    tenant: "retail-bank",
    query: '{namespace="retail-bank"}',
    type: "stats",
    rangeSeconds: 6 * HOUR,
    stepSeconds: 0,
    share: 0,
    weight: 6,
    tags: explore("a.keller"),
  },
  {
    tenant: "cards",
    query: "",
    type: "labels",
    rangeSeconds: HOUR,
    stepSeconds: 0,
    share: 0,
    weight: 6,
    tags: explore("m.okafor"),
  },
  {
    tenant: "retail-bank",
    query:
      'topk(20, sum by (pod, user) (count_over_time({namespace=~".+"} |~ ".*(error|timeout|refused).*" | json [24h])))',
    type: "metric",
    rangeSeconds: 24 * HOUR,
    stepSeconds: 300,
    share: 1,
    weight: 1.2,
    tags: { source: "nightly-report", user: "svc-reporting" },
  },
];
const TOTAL_WEIGHT = ASKERS.reduce((sum, { weight }) => sum + weight, 0);
/** Bytes a second that the lab's queriers get through together. */
const BYTES_PER_SECOND = 900e6;

/** A line of the query frontend's about a query of somebody else; what it cost follows from what its tenant sends. */
export function othersQueryLine(random: SeededRandom, atMs: number): string {
  let dice = random.next() * TOTAL_WEIGHT;
  const asker = ASKERS.find(({ weight }) => {
    dice -= weight;
    return dice < 0;
  });
  if (asker === undefined) return othersQueryLine(random, atMs);
  const { tenant, query, type, rangeSeconds, stepSeconds, share } = asker;
  const nowNs = BigInt(Math.floor(atMs)) * 1_000_000n;
  const endNs = nowNs - BigInt(random.int(20, 900)) * 1_000_000n;
  const bounds = { startNs: endNs - BigInt(rangeSeconds) * 1_000_000_000n, endNs };
  const common = { tenant, query, bounds, tags: new Map(Object.entries(asker.tags)), nowNs };
  if (type === "labels" || type === "stats") {
    return lookupLine({ ...common, type, label: "", entries: random.int(4, 12), execMs: random.latencyMs(9) });
  }
  const load = LAB_LOAD.find((each) => each.tenant === tenant);
  const bytes =
    (load?.linesPerSecond ?? 0) * (load?.bytesPerLine ?? 0) * rangeSeconds * share * (0.85 + random.next() * 0.3);
  const lines = Math.round(bytes / Math.max(1, load?.bytesPerLine ?? 1));
  const recent = Math.min(1, 1_800 / rangeSeconds);
  const tally = {
    ...emptyTally(),
    storeChunkRefs: Math.ceil(bytes / 1.2e6),
    storeEntries: Math.round(lines * (1 - recent)),
    storeLineBytes: Math.round(bytes * (1 - recent)),
    headChunks: random.int(3, 40),
    headEntries: Math.round(lines * recent),
    headLineBytes: Math.round(bytes * recent),
    streams: random.int(3, 90),
  };
  const returned = type === "metric" ? random.int(2, 40) : Math.min(100, lines);
  const stats = queryStats(tally, {
    returned,
    passed: type === "limited" ? returned : Math.round(lines * 0.02),
    splits: Math.max(1, Math.ceil(rangeSeconds / HOUR)),
    execMs: random.latencyMs(35) + (bytes / BYTES_PER_SECOND) * 1_000,
    referencedMetadata: false,
    recent: true,
  });
  return metricsLine({
    ...common,
    type,
    rangeType: "range",
    stepNs: BigInt(stepSeconds) * 1_000_000_000n,
    limit: type === "metric" ? 0 : 100,
    returnedLines: type === "metric" ? 0 : returned,
    resultStreams: random.int(1, 24),
    resultBytes: returned * 210,
    stats,
  });
}
