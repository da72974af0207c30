import { z } from "zod";

/**
 * - `gray`: it works, and holds the others up. `degraded`: something is wrong that is told, and it is not the one to blame or
 *   will mend by itself. `unknown`: there is no data to judge by; never taken for healthy.
 */
export const VERDICTS = ["healthy", "degraded", "gray", "down", "unknown"] as const;
export type Verdict = (typeof VERDICTS)[number];
export const verdictSchema = z.enum(VERDICTS);

/** Worst first: the order of the board. */
export const VERDICT_ORDER: readonly Verdict[] = ["down", "gray", "degraded", "unknown", "healthy"];

/**
 * Why an instance is suspected; comparing it with its ring mates makes it gray when it lasts. The words are
 * `health.evidence.<kind>`.
 *
 * - `put-slow`, `put-failing`, `put-stalled`: its puts into the object store, against its mates'.
 * - `flush-backlog`: chunks that wait to be flushed, more than its mates' and growing.
 * - `push-starved`: far fewer pushes end on it than on its mates, though the ring sends all the same.
 * - `append-timeouts`: distributors give up on it, and not on its mates.
 * - `push-pileup`: pushes stay on it unanswered.
 * - `slow-all-over`: pushes, puts and its own metrics page all take longer than its mates', none of them alone remarkable:
 *   a process that is not given its CPU.
 * - `answers-slowly`: its metrics page takes many times as long as its mates'.
 */
export const GRAY_EVIDENCE = [
  "put-slow",
  "put-failing",
  "put-stalled",
  "flush-backlog",
  "push-starved",
  "append-timeouts",
  "push-pileup",
  "slow-all-over",
  "answers-slowly",
] as const;
export type GrayEvidenceKind = (typeof GRAY_EVIDENCE)[number];

/**
 * What is said of one instance by itself.
 * - `no-answer`: scrapes fail while others' succeed. `restarted`: a young process. `not-ready`: `/ready` is not 200.
 * - `past-*`: it differs from its own last hours and not from its mates.
 */
export const INSTANCE_EVIDENCE = [
  ...GRAY_EVIDENCE,
  "no-answer",
  "restarted",
  "restarting-often",
  "wal-replay",
  "not-ready",
  "panicked",
  "requests-failing",
  "past-slower",
  "wal-disk-full",
  "wal-disk-filling",
  "wal-corrupt",
  "checkpoint-failing",
  "checkpoint-slow",
  "shutdown-prepared",
  "memory-high",
  "goroutines-growing",
  "reload-failed",
  "config-differs",
  "version-differs",
  "memberlist-sick",
  "ring-unhealthy",
  "no-queriers",
  "no-frontends",
  "no-schedulers",
  "index-upload-failing",
  "index-sync-failing",
] as const;

/** What is said of a component, or of the whole. */
export const COMPONENT_EVIDENCE = [
  "instances-down",
  "instances-gray",
  "instances-degraded",
  "no-instances",
  "samples-discarded",
  "queue-long",
  "queue-wait",
  "queue-discards",
  "cache-misses",
  "cache-down",
  "index-gateway-slow",
  "compactor-none",
  "compactor-many",
  "compaction-late",
  "retention-late",
  "deletes-pending",
  "deletes-failing",
  "rules-missed",
  "rules-failing",
  "notifications-dropped",
  "ring-too-few",
  "ring-zone-lost",
  "ring-members-unhealthy",
  "members-missing",
] as const;

/**
 * All kinds. `params` are empty but for these:
 *
 * - `past-slower`: `figure`, one of `put`, `push`, `answer` (its metrics page); `matesMedian` and `spread` are its own past's.
 * - `memory-high`, `goroutines-growing`: `against`, `past` or `mates`; `matesMedian` is what it was compared with.
 * - `requests-failing`: `route`, as Loki names it. `wal-corrupt`: `type`, `checkpoint` or `segment`.
 * - `restarting-often`: `minutes` that `own` restarts were counted in.
 * - `reload-failed`: `config` (`loki` for the runtime overrides, `ruler` for rules) and `tenant`, empty for overrides.
 * - `config-differs`: `config`. `version-differs`: `version`, and `usual`, the one most processes have.
 * - `memberlist-sick`: `members` that most processes see; `own` is what it sees, or its health score (unit `count`, `metric` tells).
 * - `ring-unhealthy`: `ring`, `state`. `ring-too-few`: `ring`, `needed`. `ring-zone-lost`: `ring`, `zone`.
 *   `ring-members-unhealthy`: `ring`.
 * - `instances-down`, `instances-gray`, `instances-degraded`: `total` instances. `members-missing`: `wanted` replicas.
 * - `no-instances`: `wanted`, 0 where nobody says.
 * - `samples-discarded`: `tenant`, `reason`. `queue-discards`: `tenant`.
 * - `cache-misses`, `cache-down`: `cache`.
 * - `index-gateway-slow`: `operation`.
 * - `compaction-late`, `retention-late`: `limitSeconds` that `own` is over. `deletes-pending`: `oldestSeconds`, the oldest one's age. `deletes-failing`: `cause`.
 * - `rules-missed`, `rules-failing`: `tenant`, `group`. `notifications-dropped`: `tenant`.
 */
export const EVIDENCE_KINDS = [...INSTANCE_EVIDENCE, ...COMPONENT_EVIDENCE] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export const EVIDENCE_UNITS = ["seconds", "per-second", "count", "share", "bytes"] as const;
export type EvidenceUnit = (typeof EVIDENCE_UNITS)[number];

/** One figure that speaks against somebody. */
export const evidenceSchema = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  /** The metric that shows it, as Loki names it. */
  metric: z.string(),
  unit: z.enum(EVIDENCE_UNITS),
  own: z.number(),
  /** `null` where nobody was compared with. */
  matesMedian: z.number().nullable(),
  /** Median absolute deviation of the mates, in `unit`; `null` where nobody was compared with. */
  spread: z.number().nullable(),
  /** Robust z-score against the mates. */
  score: z.number().nullable(),
  sinceMs: z.number(),
  /** What the text names besides: a tenant, a reason, a cache, a ring. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Evidence = z.output<typeof evidenceSchema>;

/** Why a verdict may be wrong. `health.doubt.<kind>`. */
export const DOUBTS = [
  /** Nobody, or one alone, to compare with. */
  "few-mates",
  /** Watched for less than a minute. */
  "short-history",
  /** The last answer is older than two rounds. */
  "stale",
  "forbidden",
  "not-metrics",
  "ring-unread",
  /** A family that the judgement needs is not exported by this version. */
  "families-missing",
  "store-trouble",
  "unusual-load",
  /** Prometheus' own interval is longer than what detection was tried on. */
  "coarse-samples",
  /** Pods exist that were not listed or not asked. */
  "partial-view",
  /** Its answers come from processes with different starts: several stand behind one name. */
  "mixed-processes",
] as const;
export type Doubt = (typeof DOUBTS)[number];

/**
 * What troubles the system as a whole, so that no instance is to blame.
 *
 * - `object-store-outage`: puts fail on most ingesters at once.
 * - `tenant-storm`: a tenant is refused for its rate. `label-explosion`: for the number of its streams, or they multiply.
 */
export const CAUSE_KINDS = ["object-store-outage", "tenant-storm", "label-explosion"] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

export const commonCauseSchema = z.object({
  kind: z.enum(CAUSE_KINDS),
  tenant: z.string().nullable(),
  metric: z.string(),
  /** Share of ingesters (0…1), samples a second, or streams. */
  value: z.number(),
  /** What it was before; `null` where there is no such thing. */
  before: z.number().nullable(),
});
export type CommonCause = z.output<typeof commonCauseSchema>;
