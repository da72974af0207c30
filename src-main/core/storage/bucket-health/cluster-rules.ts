import type { BucketFinding, BucketHealth, ErasureSet } from "../../../../src-shared/model/storage/bucket-health.ts";
import { evidence, type BucketHealthFacts, type BucketRule, type HealingPoint } from "./bucket-facts.ts";

type Finding = Omit<BucketFinding, "rule">;
type Severity = Finding["severity"];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Self-healing sleeps between objects for seconds, not for hours. */
const HEAL_IDLE_SECONDS = 2 * 3_600;
/** With a count of healed objects that stands still; without any count a large drive is given a week. */
const HEAL_STILL_MS = 6 * HOUR_MS;
const HEAL_LONG_MS = 7 * DAY_MS;

const FREE_SHARE: Readonly<Record<"critical" | "warning", number>> = { critical: 0.05, warning: 0.15 };
const FULL_WITHIN_MS: Readonly<Record<"critical" | "warning", number>> = { critical: 3 * DAY_MS, warning: 14 * DAY_MS };

/** Rules over the servers and drives under a bucket. */
export const CLUSTER_RULES: readonly BucketRule[] = [
  {
    id: "quorum-lost",
    isAble: ({ health }) => health !== null && isTold(health.probes.clusterWrite.state),
    find: ({ health }) => (health === null ? [] : quorumFindings(health)),
  },
  {
    id: "drives-offline",
    isAble: ({ health }) => health !== null && (health.drives.offline !== null || health.erasureSets.some(isSetTold)),
    find: ({ health }) => (health === null ? [] : offlineFindings(health)),
  },
  {
    id: "healing-stuck",
    isAble: ({ health }) => health !== null && health.drives.healing !== null,
    find: ({ bucket, health, healingPast }) => (health === null ? [] : healingFindings(bucket, health, healingPast)),
  },
  {
    id: "healing-errors",
    isAble: ({ health }) => health !== null && health.healing.failedObjects !== null,
    find: ({ bucket, health }) => {
      const failed = health?.healing.failedObjects ?? 0;
      if (failed === 0) return [];
      return [
        {
          severity: "warning",
          where: bucket,
          params: { objects: failed },
          evidence: [evidence("healing.failed-objects", failed)],
        },
      ];
    },
  },
  {
    id: "nearly-full",
    isAble: ({ health }) => health !== null && roomOf(health) !== null,
    find: fullFindings,
  },
  {
    id: "replication-failing",
    isAble: (facts) => isAlone(facts.settings) || usageOf(facts)?.replication.failedObjectsLastHour != null,
    find: (facts) => {
      const failed = usageOf(facts)?.replication.failedObjectsLastHour ?? 0;
      if (failed === 0) return [];
      return [
        {
          severity: "warning",
          where: facts.bucket,
          params: { objects: failed },
          evidence: [evidence("replication.failed-objects-last-hour", failed)],
        },
      ];
    },
  },
  {
    id: "replication-lagging",
    isAble: (facts) => isAlone(facts.settings) || usageOf(facts)?.replication.latencyMs != null,
    find: (facts) => {
      const latencyMs = usageOf(facts)?.replication.latencyMs ?? 0;
      if (latencyMs <= facts.replicationLagLimitMs) return [];
      return [
        {
          severity: "warning",
          where: facts.bucket,
          params: {
            seconds: Math.round(latencyMs / 1_000),
            limitSeconds: Math.round(facts.replicationLagLimitMs / 1_000),
          },
          evidence: [evidence("replication.latency-ms", latencyMs)],
        },
      ];
    },
  },
  {
    id: "replication-link-offline",
    isAble: ({ health, settings }) => isAlone(settings) || health?.replication.offlineLinks != null,
    find: ({ bucket, health }) => {
      const links = health?.replication.offlineLinks ?? 0;
      if (links === 0) return [];
      return [
        {
          severity: "critical",
          where: bucket,
          params: { links },
          evidence: [evidence("replication.offline-links", links)],
        },
      ];
    },
  },
];

function isSetTold({ onlineDrives, writeQuorum }: ErasureSet): boolean {
  return onlineDrives !== null && writeQuorum !== null;
}

/** Whether it is known that the bucket is copied nowhere. */
function isAlone({ replication }: BucketHealthFacts["settings"]): boolean {
  return (
    replication.state === "absent" || (replication.state === "told" && !replication.value.some((rule) => rule.enabled))
  );
}

function isTold(state: string): boolean {
  return state === "ok" || state === "failing";
}

function quorumFindings({ probes, quorum }: BucketHealth): readonly Finding[] {
  const lost = (["clusterWrite", "clusterRead"] as const).filter((name) => probes[name].state === "failing");
  const [worst] = lost.toReversed();
  if (worst === undefined) return [];
  return [
    {
      severity: "critical",
      where: worst === "clusterRead" ? "read" : "write",
      params: { quorum: (worst === "clusterRead" ? quorum.read : quorum.write) ?? "?" },
      evidence: lost.map((name) => evidence(`probe.${name}`, probes[name].status)),
    },
  ];
}

/**
 * Offline drives by erasure set where sets are told: below the read quorum objects cannot be read, below the write quorum
 * nothing is written, and with no drive to spare the next one decides. Without sets only the number of drives against the
 * parity is known, and they may all be of one set.
 */
function offlineFindings({ drives, erasureSets }: BucketHealth): readonly Finding[] {
  const offline = drives.offline ?? 0;
  const sets = erasureSets.flatMap((set): readonly Finding[] => {
    const { pool, set: number, onlineDrives: online, readQuorum: read, writeQuorum: write } = set;
    if (online === null || write === null) return [];
    if (online > write || (online === write && offline === 0)) return [];
    return [
      {
        severity: online < write ? "critical" : "warning",
        where: `pool ${pool} set ${number}`,
        params: { online, writeQuorum: write, readable: read === null ? "unknown" : online >= read ? "yes" : "no" },
        evidence: [
          evidence("erasure-set.online-drives", online),
          evidence("erasure-set.write-quorum", write),
          ...(read === null ? [] : [evidence("erasure-set.read-quorum", read)]),
        ],
      },
    ];
  });
  if (sets.length > 0 || offline === 0) return sets;
  const beyond = !erasureSets.some(isSetTold) && drives.parity !== null && offline > drives.parity;
  return [
    {
      severity: beyond ? "critical" : "warning",
      where: "cluster",
      params: { offline, total: drives.total ?? 0, parity: drives.parity ?? -1 },
      evidence: [
        evidence("drives.offline", offline),
        ...(drives.total === null ? [] : [evidence("drives.total", drives.total)]),
        ...(drives.parity === null ? [] : [evidence("drives.parity", drives.parity)]),
      ],
    },
  ];
}

function healingFindings(bucket: string, health: BucketHealth, past: readonly HealingPoint[]): readonly Finding[] {
  const drives = health.drives.healing ?? 0;
  if (drives === 0) return [];
  const { idleSeconds, healedObjects } = health.healing;
  // How long drives have been healing without a break, and how long as many objects are healed as now.
  let healingSinceMs = health.checkedAtMs;
  let stillSinceMs = health.checkedAtMs;
  let still = healedObjects !== null;
  for (const point of past.toReversed()) {
    if (point.drives === 0) break;
    healingSinceMs = point.atMs;
    still &&= point.healedObjects === healedObjects;
    if (still) stillSinceMs = point.atMs;
  }
  const healingMs = health.checkedAtMs - healingSinceMs;
  const stillMs = health.checkedAtMs - stillSinceMs;
  const idle = (idleSeconds ?? 0) >= HEAL_IDLE_SECONDS;
  const long = healedObjects === null && healingMs >= HEAL_LONG_MS;
  if (!idle && !long && stillMs < HEAL_STILL_MS) return [];
  return [
    {
      severity: "warning",
      where: bucket,
      params: { drives, hours: Math.floor(Math.max(healingMs, (idleSeconds ?? 0) * 1_000) / HOUR_MS) },
      evidence: [
        evidence("drives.healing", drives),
        ...(idleSeconds === null ? [] : [evidence("healing.idle-seconds", Math.round(idleSeconds))]),
        ...(healedObjects === null ? [] : [evidence("healing.healed-objects", healedObjects)]),
      ],
    },
  ];
}

interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Usable room, which is what is left behind the parity; old servers only tell that of their drives. */
function roomOf({ capacity }: BucketHealth): Room | null {
  const { usableFreeBytes, usableTotalBytes, rawFreeBytes, rawTotalBytes } = capacity;
  if (usableFreeBytes !== null && usableTotalBytes !== null && usableTotalBytes > 0) {
    return { freeBytes: usableFreeBytes, totalBytes: usableTotalBytes };
  }
  if (rawFreeBytes === null || rawTotalBytes === null || rawTotalBytes <= 0) return null;
  return { freeBytes: rawFreeBytes, totalBytes: rawTotalBytes };
}

function fullFindings({ bucket, health, full }: BucketHealthFacts): readonly Finding[] {
  const room = health === null ? null : roomOf(health);
  if (health === null || room === null) return [];
  const share = room.freeBytes / room.totalBytes;
  const leftMs = full?.fullAtMs == null ? Number.POSITIVE_INFINITY : full.fullAtMs - health.checkedAtMs;
  const severity = (["critical", "warning"] as const).find(
    (level: Severity & keyof typeof FREE_SHARE) => share < FREE_SHARE[level] || leftMs < FULL_WITHIN_MS[level],
  );
  if (severity === undefined) return [];
  return [
    {
      severity,
      where: bucket,
      params: {
        freePercent: Math.round(share * 1_000) / 10,
        // -1: it does not fill up, or its past is too short to say.
        daysLeft: Number.isFinite(leftMs) ? Math.max(0, Math.round((leftMs / DAY_MS) * 10) / 10) : -1,
      },
      evidence: [
        evidence("capacity.free-bytes", room.freeBytes),
        evidence("capacity.total-bytes", room.totalBytes),
        ...(full === null ? [] : [evidence("capacity.lost-bytes-per-day", Math.round(full.lostBytesPerDay))]),
      ],
    },
  ];
}

function usageOf({ bucket, health }: BucketHealthFacts): BucketHealth["buckets"][number] | null {
  return health?.buckets.find((usage) => usage.bucket === bucket) ?? null;
}
