import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { TenantLimit, TenantLimits } from "../../../../src-shared/model/tenants/board.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import { blastRadius } from "../limits/blast-radius.ts";
import type { SiteLimitFacts } from "../changes/change-facts.ts";
import type { SiteTenants } from "../board/site-tenants.ts";
import { useKey, type UseFigure } from "../board/use/use-series.ts";
import type { RefusalFacts } from "../refusal/explain-refusal.ts";
import { advise, type AdviceFacts } from "./advise.ts";
import type { ExplainParts } from "./explain-parts.ts";
import { plainExplanation, textFacts } from "./plain-explanation.ts";
import { findSenders, type Gap, type Sender } from "./senders.ts";
import { streamLabels } from "./stream-labels.ts";

const HOURS_MS = 6 * 3_600_000;
const MOST_POINTS = 60;
const MAX_TEXT = 2_000;
const BURSTS: Readonly<Record<string, string>> = {
  rate_limited: "ingestion_burst_size_mb",
  per_stream_rate_limit: "per_stream_rate_limit_burst",
};
/** Paths on which somebody sends lines. */
const SENT = "push";

/** A refusal of one tenant with everything that its site says of it. @throws AppError why the site cannot be opened */
export async function siteExplanation(
  parts: ExplainParts,
  site: SiteId,
  tenant: string,
  facts: RefusalFacts,
  signal: AbortSignal,
): Promise<RefusalExplanation> {
  const tenants = parts.siteTenants(site);
  const opened = await tenants.refresh(signal);
  const [limits, known] = await Promise.all([tenants.limits(tenant, signal), tenants.facts(signal)]);
  const limit = limits.limits.find(({ key }) => key === facts.limit) ?? null;
  const gaps: Gap[] = [];
  const { senders, gaps: senderGaps } =
    facts.path === SENT
      ? await sendersOf(parts, site, tenant, facts, opened.cluster, signal)
      : { senders: [], gaps: [] };
  gaps.push(...senderGaps);
  const base = { ...plainExplanation({ ...facts, tenant }), ...valueOf(facts, limit, tenants) };
  if (base.value === null && facts.limit !== null) gaps.push({ key: "limit-unknown", params: { key: facts.limit } });
  if (tenants.latest === null) gaps.push({ key: "metrics-absent", params: {} });
  else if (limit !== null && limit.gauge === null && METERED.has(facts.limit ?? "")) {
    gaps.push({ key: "use-unknown", params: { key: facts.limit ?? "" } });
  }
  const advice = advise(adviceFacts(facts, tenant, limits, limit, tenants, senders, known));
  if (advice.some(({ params }) => params["capacity"] === "unknown")) gaps.push({ key: "capacity-unknown", params: {} });
  const rate = BURSTS[facts.reason] !== undefined && senders.every(({ bytesPerSecond }) => bytesPerSecond === null);
  if (rate && facts.reason === "per_stream_rate_limit") gaps.push({ key: "stream-rate-unknown", params: {} });
  return {
    ...base,
    gauge: limit?.gauge ?? null,
    curve: curveOf(tenants, tenant, facts),
    senders: [...senders],
    advice,
    gaps,
  };
}

const METERED: ReadonlySet<string> = new Set(["ingestion_rate_mb", "max_global_streams_per_user"]);

/** The text's own value; else what holds for the tenant. */
function valueOf(
  { value, limit }: RefusalFacts,
  own: TenantLimit | null,
  tenants: SiteTenants,
): Partial<Pick<RefusalExplanation, "value" | "valueNumber" | "valueFrom">> {
  if (value !== null) return {};
  if (own !== null) {
    return { value: own.value?.slice(0, MAX_TEXT) ?? null, valueNumber: own.number, valueFrom: own.source };
  }
  const told = outsideLimits(limit, tenants);
  return told === null ? {} : { ...told, valueFrom: "config" };
}

/** What is no limit of a tenant and stands in another block of the configuration. */
function outsideLimits(
  limit: string | null,
  tenants: SiteTenants,
): { readonly value: string; readonly valueNumber: number | null } | null {
  for (const { facts } of tenants.sources.configs.configs.value ?? []) {
    const told =
      limit === "query_scheduler.max_outstanding_requests_per_tenant"
        ? facts.maxOutstandingPerTenant
        : limit === "distributor.max_recv_msg_size"
          ? facts.maxReceiveBytes
          : limit === "ingester.max_chunk_age"
            ? facts.maxChunkAge
            : null;
    if (told !== null) return { value: String(told), valueNumber: typeof told === "number" ? told : null };
  }
  return null;
}

async function sendersOf(
  parts: ExplainParts,
  site: SiteId,
  tenant: string,
  { stream, reason }: RefusalFacts,
  cluster: Parameters<typeof findSenders>[1]["cluster"],
  signal: AbortSignal,
): Promise<{ readonly senders: readonly Sender[]; readonly gaps: readonly Gap[] }> {
  // A stream that was not let in is in no index, and neither is one that was refused for its labels.
  const labels = stream === null ? null : streamLabels(stream);
  const named = reason === "rate_limited" || reason === "stream_limit" ? null : labels;
  try {
    await using source = await parts.openLogs(site, tenant, signal);
    return await findSenders(source, { stream: named, nowMs: parts.clock.nowMs(), cluster }, signal);
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return { senders: [], gaps: [{ key: "senders-unknown", params: { problem: error.code } }] };
  }
}

/** What was taken, in the unit of the refused thing, and what was refused. */
function curveOf({ use }: SiteTenants, tenant: string, { reason, path }: RefusalFacts): RefusalExplanation["curve"] {
  if (path !== SENT) return [];
  const figure: UseFigure = reason === "stream_limit" ? "streams" : "bytes";
  const fromMs = (use.history.lastPointMs ?? 0) - HOURS_MS;
  const taken = use.history.points(useKey(figure, tenant), fromMs, MOST_POINTS);
  const refused = use.history.points(useKey("discarded", tenant, reason), fromMs, MOST_POINTS);
  const refusedBytes = use.history.points(useKey("discarded-bytes", tenant, reason), fromMs, MOST_POINTS);
  const at = new Map(refused.map(({ atMs, value }) => [atMs, value]));
  const bytesAt = new Map(refusedBytes.map(({ atMs, value }) => [atMs, value]));
  const times = [...new Set([...taken, ...refused].map(({ atMs }) => atMs))].toSorted((one, other) => one - other);
  const used = new Map(taken.map(({ atMs, value }) => [atMs, value]));
  return times.slice(-MOST_POINTS).map((atMs) => {
    const received = used.get(atMs) ?? null;
    // Received bytes are counted before anything is refused.
    const kept =
      received === null || figure === "streams" ? received : Math.max(0, received - (bytesAt.get(atMs) ?? 0));
    return { atMs, taken: kept, refusedLinesPerSecond: at.get(atMs) ?? null };
  });
}

function adviceFacts(
  facts: RefusalFacts,
  tenant: string,
  limits: TenantLimits,
  limit: TenantLimit | null,
  { use }: SiteTenants,
  senders: readonly Sender[],
  { cluster }: SiteLimitFacts,
): AdviceFacts {
  const numberOf = (key: string | undefined) =>
    limits.limits.find((candidate) => candidate.key === key)?.number ?? null;
  const points = limit?.gauge?.points ?? [];
  const seen = [
    ...points.map(({ used }) => used),
    ...(limit?.gauge === null || limit === null ? [] : [limit.gauge.used]),
  ];
  const [most] = senders;
  const sharding = limits.limits.find(({ key }) => key === "shard_streams")?.value ?? null;
  return {
    ...textFacts(facts),
    current: limit?.number ?? null,
    burst: numberOf(BURSTS[facts.reason]),
    peak: seen.length === 0 ? null : Math.max(...seen),
    present: use.history.present().get(useKey("bytes", tenant)) ?? null,
    streamRate: facts.stream === null ? null : (most?.bytesPerSecond ?? null),
    sender: largestSender(senders),
    sharding: sharding === null ? null : /enabled"?:\s*true/.test(sharding),
    fits: (value) => fitsCluster(facts, value, cluster),
  };
}

/** Pods of one workload are one to speak to. */
function largestSender(senders: readonly Sender[]): AdviceFacts["sender"] {
  const shares = new Map<string, number>();
  for (const { workload, pod, stream, share } of senders) {
    const name = workload ?? pod ?? stream;
    if (share !== null) shares.set(name, (shares.get(name) ?? 0) + share);
  }
  const [most] = [...shares].toSorted(([, one], [, other]) => other - one);
  return most === undefined ? null : { name: most[0], share: most[1] };
}

/** Whether the ingesters have the memory for this tenant's streams at the new value; of rates nobody has measured what fits. */
function fitsCluster({ limit }: RefusalFacts, value: number, cluster: SiteLimitFacts["cluster"]): boolean | null {
  if (limit === null) return null;
  if (limit !== "max_global_streams_per_user")
    return limit === "ingestion_rate_mb" || limit === "per_stream_rate_limit" ? null : true;
  if (cluster === null) return null;
  const tenant = { tenant: "", rateBytesPerSecond: 0, globalStreams: value, localStreams: 0 };
  const memory = blastRadius([tenant], cluster).uses.find(({ of }) => of === "ingester-memory");
  return memory?.reason === "fits" ? true : memory?.reason === "over" ? false : null;
}
