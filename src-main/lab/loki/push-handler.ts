import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import { goLabelSet, goRfc3339Seconds } from "../format/go-text.ts";
import { emptyReply, errorReply, HttpProblem, type Reply } from "../http/reply.ts";
import { metadataSize } from "../store/chunk-builder.ts";
import { detectLevel, serviceName } from "../store/detected-level.ts";
import type { StoredEntry } from "../store/entry.ts";
import type { LogStore, TenantStore } from "../store/tenant-store.ts";
import { parseFlagTime } from "../runtime/go-scalars.ts";
import { type DiscardReason, NO_TALLY, type PushTally } from "./push-tally.ts";
import type { PushStream } from "./push-body.ts";
import {
  entryProblem,
  ignoredReport,
  ingestionRateExceeded,
  streamLimitExceeded,
  streamProblem,
  streamRateExceeded,
  tooFarBehind,
} from "./push-validation.ts";
import type { LimitsView, TenantLimits } from "./tenant-limits.ts";
import { TokenBucket } from "./token-bucket.ts";

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The distributor and the ingesters behind it: validates, enriches, limits and stores. */
export class PushHandler {
  private readonly store: LogStore;
  private readonly limits: LimitsView;
  private readonly clock: Clock;
  private readonly distributors: () => number;
  private readonly tally: PushTally;
  private readonly tenantBuckets = new Map<string, TokenBucket>();
  private readonly streamBuckets = new Map<string, TokenBucket>();

  /** `distributors` says among how many a tenant's ingestion rate is shared. */
  constructor(
    store: LogStore,
    limits: LimitsView,
    clock: Clock,
    distributors: () => number = () => 1,
    tally: PushTally = NO_TALLY,
  ) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.distributors = distributors;
    this.tally = tally;
  }

  /**
   * Stores what is valid, and answers for what is not: a 400 or 429 may follow a push that was taken in part, as in Loki.
   * Of several problems the last one of the distributor is told, the ingester's before it.
   */
  push(tenant: string, streams: readonly PushStream[]): Reply {
    const limits = this.limits.of(tenant);
    const nowNs = BigInt(Math.floor(this.clock.nowMs())) * NS_PER_MS;
    if (streams.length === 0) return errorReply(422, "error at least one valid stream is required for ingestion\n");
    const blocked = blockedReply(tenant, limits, this.clock.nowMs());
    if (blocked !== null) {
      for (const { entries } of streams) this.discard(tenant, "blocked_ingestion", entries);
      return blocked;
    }

    let refused: string | null = null;
    const accepted: PushStream[] = [];
    for (const { labels, entries } of streams) {
      if (Object.keys(labels).length === 0) continue;
      const complete = withServiceName(labels, limits);
      const problem = streamProblem(complete, limits, tenant);
      if (problem !== null) {
        refused = problem.text;
        this.discard(tenant, problem.reason, entries);
        continue;
      }
      const labelText = goLabelSet(complete);
      const valid = entries.filter((entry) => {
        const wrong = entryProblem(entry, labelText, limits, nowNs);
        refused = wrong?.text ?? refused;
        if (wrong !== null) this.discard(tenant, wrong.reason, [entry]);
        return wrong === null;
      });
      if (valid.length > 0)
        accepted.push({ labels: complete, entries: valid.map((entry) => enrich(entry, complete, limits)) });
    }

    const limited = this.rateLimited(tenant, accepted, limits);
    if (limited !== null) return limited;
    const ingested = this.ingest(tenant, accepted, limits);
    if (ingested !== null) return ingested;
    return refused === null ? emptyReply(204) : errorReply(400, `${refused}\n`);
  }

  private discard(tenant: string, reason: DiscardReason, entries: readonly StoredEntry[]): void {
    this.tally.discarded(
      tenant,
      reason,
      entries.length,
      entries.reduce((sum, entry) => sum + entrySize(entry), 0),
    );
  }

  private rateLimited(tenant: string, streams: readonly PushStream[], limits: TenantLimits): Reply | null {
    let lines = 0;
    let bytes = 0;
    for (const { entries } of streams) {
      lines += entries.length;
      for (const entry of entries) bytes += entrySize(entry);
    }
    const rate = Math.floor((limits.ingestion_rate_mb * 2 ** 20) / Math.max(1, this.distributors()));
    const bucket = bucketOf(this.tenantBuckets, tenant, this.clock);
    if (bucket.take(bytes, rate, Math.floor(limits.ingestion_burst_size_mb * 2 ** 20))) {
      this.tally.received(tenant, lines, bytes);
      return null;
    }
    this.tally.discarded(tenant, "rate_limited", lines, bytes);
    return errorReply(429, `${ingestionRateExceeded(tenant, rate, lines, bytes)}\n`);
  }

  private ingest(tenant: string, streams: readonly PushStream[], limits: TenantLimits): Reply | null {
    const store = this.store.tenant(tenant);
    let reply: Reply | null = null;
    for (const { labels, entries } of streams) {
      const labelText = goLabelSet(labels);
      if (store.pushedStream(labelText) === undefined && store.pushedStreamCount >= mostStreams(limits)) {
        this.discard(tenant, "stream_limit", entries);
        reply = errorReply(429, `${streamLimitExceeded(labelText, tenant)}\n`);
        continue;
      }
      reply = this.ingestStream(tenant, store, labels, labelText, entries, limits) ?? reply;
    }
    store.enforceRetention();
    return reply;
  }

  private ingestStream(
    tenant: string,
    store: TenantStore,
    labels: LabelSet,
    labelText: string,
    entries: readonly StoredEntry[],
    limits: TenantLimits,
  ): Reply | null {
    const stream = store.openPushed(labels);
    const bucket = bucketOf(this.streamBuckets, `${tenant}/${labelText}`, this.clock);
    const ignored: { entry: StoredEntry; reason: string }[] = [];
    // With stream sharding on, as it is by default, a stream's entries of one push pass the limit together or not at all.
    const total = entries.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0);
    const limited = !bucket.take(total, limits.per_stream_rate_limit, limits.per_stream_rate_limit_burst);
    for (const entry of entries) {
      const reason = limited
        ? streamRateExceeded(labelText, limits, Buffer.byteLength(entry.line))
        : tooFarBehind(entry, stream);
      if (reason === null) store.append(stream, entry);
      else ignored.push({ entry, reason });
    }
    if (ignored.length === 0) return null;
    const reason = limited ? "per_stream_rate_limit" : "too_far_behind";
    this.discard(
      tenant,
      reason,
      ignored.map(({ entry }) => entry),
    );
    return errorReply(limited ? 429 : 400, `${ignoredReport(ignored, tenant, entries.length, labelText)}\n`);
  }
}

/** The cluster's limit, or that of one ingester where it is less: every ingester of the lab holds every stream. */
function mostStreams({ max_global_streams_per_user, max_streams_per_user }: TenantLimits): number {
  return Math.min(
    ...[max_global_streams_per_user, max_streams_per_user].map((most) => (most > 0 ? most : Number.MAX_SAFE_INTEGER)),
  );
}

function blockedReply(tenant: string, limits: TenantLimits, nowMs: number): Reply | null {
  const untilMs = parseFlagTime(limits.block_ingestion_until) ?? 0;
  if (untilMs <= nowMs) return null;
  const status = limits.block_ingestion_status_code;
  const text = `ingestion blocked for user '${tenant}' until '${goRfc3339Seconds(untilMs)}' with status code '${status}'\n`;
  return status === 200 ? emptyReply(200) : errorReply(status, text);
}

function withServiceName(labels: LabelSet, limits: TenantLimits): LabelSet {
  for (const name of Object.keys(labels)) {
    if (LABEL_NAME.test(name)) continue;
    const at = [...name].findIndex((character, index) => !(index === 0 ? /[a-zA-Z_]/ : /[a-zA-Z0-9_]/).test(character));
    const wrong = [...name][at] ?? "";
    throw new HttpProblem(
      400,
      `couldn't parse labels: 1:${at + 2}: parse error: unexpected character inside braces: '${wrong}'\n`,
    );
  }
  if (labels.service_name !== undefined || limits.discover_service_name.length === 0) return labels;
  return { ...labels, service_name: serviceName(labels, limits.discover_service_name) };
}

/** Truncates, names metadata as Loki does, and adds `detected_level`. */
function enrich(entry: StoredEntry, labels: LabelSet, limits: TenantLimits): StoredEntry {
  const line = truncated(entry.line, limits);
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.metadata)) {
    const clean = name.replace(/[^a-zA-Z0-9_]+/g, "_");
    metadata[clean in labels ? `${clean}_extracted` : clean] = value;
  }
  if (limits.discover_log_levels && limits.allow_structured_metadata && metadata.detected_level === undefined) {
    metadata.detected_level = detectLevel(labels, metadata, line, limits.log_level_fields);
  }
  return { timestampNs: entry.timestampNs, line, metadata };
}

function truncated(line: string, limits: TenantLimits): string {
  if (!limits.max_line_size_truncate || limits.max_line_size <= 0 || Buffer.byteLength(line) <= limits.max_line_size)
    return line;
  const mark = limits.max_line_size_truncate_identifier;
  return (
    Buffer.from(line)
      .subarray(0, Math.max(0, limits.max_line_size - Buffer.byteLength(mark)))
      .toString() + mark
  );
}

function entrySize(entry: StoredEntry): number {
  return Buffer.byteLength(entry.line) + metadataSize(entry.metadata);
}

function bucketOf(buckets: Map<string, TokenBucket>, key: string, clock: Clock): TokenBucket {
  const known = buckets.get(key);
  if (known !== undefined) return known;
  const created = new TokenBucket(clock);
  buckets.set(key, created);
  return created;
}
