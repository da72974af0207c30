import type { Job } from "../../src-shared/model/job.ts";
import { jobIdSchema, siteIdSchema } from "../../src-shared/model/ids.ts";
import type { BucketState } from "../../src-shared/model/storage/bucket-state.ts";
import type { ObjectInspection } from "../../src-shared/model/storage/inspection.ts";
import {
  WHOLE_BUCKET,
  type BucketDay,
  type BucketOverview,
  type FindingFilter,
  type KeptFinding,
  type ScanSummary,
} from "../../src-shared/model/storage/scan.ts";
import { storeSchema, type Store } from "../../src-shared/model/storage/store.ts";
import { STORAGE_FINDING_KINDS, STORAGE_SEVERITIES } from "../../src-shared/model/storage-finding.ts";

const DAY_MS = 86_400_000;
export const NOON = Date.parse("2026-11-22T12:00:00Z");
export const SCAN = jobIdSchema.parse("scan-2");
const SITE = siteIdSchema.parse("lab");

const COMMON = { indexPrefix: "index/", bytesPerSecond: null, dr: null, scratch: null };

export const SITE_STORE: Store = storeSchema.parse({
  id: "site:lab:chunks",
  title: "s3://chunks",
  found: true,
  config: { ...COMMON, name: "Lab chunks", place: { kind: "site", site: SITE, bucket: "chunks" }, site: SITE },
});

export const DR_STORE: Store = storeSchema.parse({
  id: "dr-copy",
  title: "s3://dr-chunks",
  found: false,
  config: {
    ...COMMON,
    name: "DR copy",
    place: {
      kind: "s3",
      place: { bucket: "dr-chunks", prefix: "", endpoint: "https://minio.dr.example:9000", credentials: "s3.dr.1" },
    },
    site: null,
  },
});

export function aScan(part: Partial<ScanSummary> = {}): ScanSummary {
  return {
    scan: SCAN,
    request: { store: SITE_STORE.id, mode: "fast", scope: WHOLE_BUCKET, incremental: false, bytesPerSecond: null },
    title: SITE_STORE.title,
    principal: "olga",
    state: "finished",
    startedAtMs: NOON - 4 * 3_600_000,
    endedAtMs: NOON - 3 * 3_600_000,
    objects: 1_840,
    bytes: 12 * 2 ** 30,
    chunks: 1_806,
    indexFiles: 12,
    references: 1_866,
    checked: 1_806,
    reused: 0,
    skipped: 0,
    checkedBytes: 12 * 2 ** 30,
    counts: { critical: 2, warning: 1, info: 1 },
    kinds: { "bitflip-block": 1, "missing-chunk": 1, "inconsistent-chunk": 1, "garbage-object": 1 },
    compared: { with: jobIdSchema.parse("scan-1"), appeared: 3, vanished: 1, stayed: 1 },
    gaps: [],
    ...part,
  };
}

/** A job as the door tells of a scan that goes on. */
export function aScanJob(part: Partial<Job> = {}): Job {
  return {
    id: SCAN,
    kind: "storage-scan",
    title: { key: "jobs.title.storage-scan", params: { store: "Lab chunks" } },
    principal: "olga",
    state: "running",
    createdAtMs: NOON - 60_000,
    startedAtMs: NOON - 59_000,
    endedAtMs: null,
    attempts: 1,
    output: null,
    canPause: true,
    progress: {
      phase: "chunks",
      done: 4 * 2 ** 30,
      total: 12 * 2 ** 30,
      unit: "bytes",
      fraction: 1 / 3,
      perSecond: 80 * 2 ** 20,
      remainingMs: 100_000,
    },
    ...part,
  };
}

export function aFinding(part: Partial<KeptFinding["finding"]> = {}, kept: Partial<KeptFinding> = {}): KeptFinding {
  return {
    id: "3f3a7eee57c9ee76aabbccdd",
    finding: {
      kind: "bitflip-block",
      severity: "critical",
      key: "acme/9a1eec11201b6bdc/1a1fd9eb880:1a1fda34878:85e0f058",
      tenant: "acme",
      streams: [
        { fingerprint: "9a1eec11201b6bdc", labels: { app: "payments", pod: 'a"b\u202Ec' } },
        { fingerprint: "35f65c8165aea06", labels: null },
      ],
      streamCount: 2,
      fromMs: Date.parse("2026-11-21T10:05:00Z"),
      throughMs: Date.parse("2026-11-21T10:10:00Z"),
      bytes: 4_845,
      entriesLost: 300,
      chunks: 1,
      evidence: [{ what: "block-checksum", offset: 808, expected: "0x1d8a03bc", actual: "0x9be0441f" }],
      ...part,
    },
    state: "appeared",
    firstSeenMs: NOON - 3 * 3_600_000,
    quarantine: null,
    ...kept,
  };
}

/** Findings as a bucket in trouble has them: of every kind, of many tenants, in the door's order. */
export function manyFindings(count: number): readonly KeptFinding[] {
  const found = Array.from({ length: count }, (_, place) => {
    const kind = STORAGE_FINDING_KINDS[place % STORAGE_FINDING_KINDS.length] ?? "missing-chunk";
    const severity = STORAGE_SEVERITIES[place % STORAGE_SEVERITIES.length] ?? "info";
    return aFinding(
      {
        kind,
        severity,
        key: `tenant-${place % 500}/${(place * 7_919).toString(16)}/1a1fd9eb880:1a1fda34878:${place.toString(16)}`,
        tenant: place % 17 === 0 ? null : `tenant-${place % 500}`,
        entriesLost: place % 5 === 0 ? null : place,
      },
      { id: place.toString(16).padStart(24, "0"), state: place % 11 === 0 ? "vanished" : "stayed" },
    );
  });
  const rank = ({ finding }: KeptFinding): number => STORAGE_SEVERITIES.indexOf(finding.severity);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

/** As the core pages and filters: kinds are counted whatever the filter's own kinds. */
export function pageOf(
  all: readonly KeptFinding[],
  { filter, offset, limit }: { readonly filter: FindingFilter; readonly offset: number; readonly limit: number },
) {
  const fits = all.filter(
    ({ finding, state }) =>
      (filter.tenant === undefined || finding.tenant === filter.tenant) &&
      (filter.severities === undefined || filter.severities.includes(finding.severity)) &&
      (filter.state === undefined || state === filter.state) &&
      (filter.contains === undefined || finding.key.includes(filter.contains)),
  );
  const kinds: Partial<Record<KeptFinding["finding"]["kind"], number>> = {};
  for (const { finding } of fits) kinds[finding.kind] = (kinds[finding.kind] ?? 0) + 1;
  const listed = fits.filter(({ finding }) => filter.kinds === undefined || filter.kinds.includes(finding.kind));
  return { findings: listed.slice(offset, offset + limit), total: listed.length, kinds };
}

export function aDay(part: Partial<BucketDay> = {}): BucketDay {
  return {
    tenant: "acme",
    day: "2026-11-21",
    chunks: 120,
    bytes: 480 * 2 ** 20,
    verified: 120,
    damaged: 0,
    missing: 0,
    orphans: 0,
    indexMissing: false,
    worst: null,
    ...part,
  };
}

/** Days of many tenants, some of them damaged, as a fleet has them. */
export function manyDays(tenants: number, days: number): readonly BucketDay[] {
  return Array.from({ length: tenants * days }, (_, place) => {
    const tenant = place % tenants;
    const back = Math.floor(place / tenants);
    const worst = tenant % 97 === 3 && back === 2 ? "critical" : tenant % 41 === 5 && back === 4 ? "warning" : null;
    return aDay({
      tenant: `tenant-${String(tenant).padStart(3, "0")}`,
      day: new Date(NOON - back * DAY_MS).toISOString().slice(0, 10),
      bytes: 2 ** (18 + (tenant % 13)) * (1 + (back % 3)),
      chunks: 20 + (tenant % 7) * 10,
      verified: 20 + (tenant % 7) * (back % 4 === 0 ? 5 : 10),
      damaged: worst === "critical" ? 3 : 0,
      worst,
    });
  });
}

export function anOverview(part: Partial<BucketOverview> = {}): BucketOverview {
  return {
    store: SITE_STORE.id,
    last: aScan(),
    current: null,
    days: [
      aDay(),
      aDay({ day: "2026-11-20", damaged: 1, missing: 2, worst: "critical" }),
      aDay({ tenant: "globex", day: "2026-11-22", bytes: 2 ** 20, chunks: 4, verified: 1, worst: "warning" }),
    ],
    daysLeftOut: 0,
    growth: [1, 2, 3].map((place) => ({
      atMs: NOON - (4 - place) * DAY_MS,
      objects: 600 * place,
      bytes: 4 * place * 2 ** 30,
      tenants: [{ tenant: "acme", chunks: 500 * place, bytes: 3 * place * 2 ** 30 }],
    })),
    ...part,
  };
}

const figure = null;
export const NO_HEALTH: BucketState = {
  store: SITE_STORE.id,
  checkedAtMs: NOON,
  health: null,
  settings: null,
  judgement: { findings: [], passed: [], silent: ["versioning-off", "drives-offline"] },
  full: null,
  free: [],
  problems: [],
};

export const MINIO_STATE: BucketState = {
  ...NO_HEALTH,
  health: {
    checkedAtMs: NOON,
    nodesRead: ["minio-0:9000"],
    nodesAsked: 2,
    generations: ["v3"],
    attempts: [],
    probes: {
      live: { state: "ok", status: 200 },
      ready: { state: "ok", status: 200 },
      clusterWrite: { state: "failing", status: 503 },
      clusterRead: { state: "ok", status: 200 },
      maintenance: { state: "unsupported", status: 404 },
    },
    capacity: {
      usableTotalBytes: 100 * 2 ** 40,
      usableFreeBytes: 6 * 2 ** 40,
      rawTotalBytes: figure,
      rawFreeBytes: figure,
      usedBytes: 94 * 2 ** 40,
      objects: 1_840_000,
      versions: figure,
      deleteMarkers: figure,
      countedSecondsAgo: 3_600,
    },
    nodes: { online: 3, offline: 1 },
    drives: { total: 16, online: 14, offline: 2, healing: 1, parity: 4 },
    quorum: { read: 12, write: 12 },
    erasureSets: [
      {
        pool: "0",
        set: "0",
        onlineDrives: 14,
        healingDrives: 1,
        readQuorum: 12,
        writeQuorum: 12,
        readTolerance: 2,
        writeTolerance: 2,
        healthy: true,
      },
    ],
    healing: { scannedObjects: 1_200, healedObjects: 1_190, failedObjects: 10, idleSeconds: 5 },
    scanner: {
      bucketScansStarted: figure,
      bucketScansFinished: figure,
      scannedObjects: figure,
      scannedVersions: figure,
      idleSeconds: figure,
    },
    lifecycle: {
      expiryPending: figure,
      transitionPending: figure,
      transitionActive: figure,
      transitionMissed: figure,
      checkedVersions: figure,
    },
    replication: { queuedObjects: 12, queuedBytes: 2 ** 20, offlineLinks: 0 },
    buckets: [],
  },
  settings: { versioning: "enabled", objectLock: "off", replication: null, lifecycleRules: 2, encryption: "on" },
  judgement: {
    findings: [
      {
        rule: "lifecycle-shorter-than-retention",
        severity: "critical",
        where: "expire-all",
        params: { days: 7, retentionDays: 30, tenant: "acme" },
        evidence: [{ fact: "expiration.days", value: "7" }],
      },
    ],
    passed: ["versioning-off"],
    silent: ["replication-lagging"],
  },
  full: { fullAtMs: NOON + 20 * DAY_MS, lostBytesPerDay: 300 * 2 ** 30 },
  free: [
    { atMs: NOON - 2 * DAY_MS, freeBytes: 6.6 * 2 ** 40 },
    { atMs: NOON - DAY_MS, freeBytes: 6.3 * 2 ** 40 },
    { atMs: NOON, freeBytes: 6 * 2 ** 40 },
  ],
};

export const DAMAGED_CHUNK: ObjectInspection = {
  kind: "chunk",
  key: "acme/9a1eec11201b6bdc/1a1fd9eb880:1a1fda34878:85e0f058",
  sizeBytes: 4_845,
  tenant: "acme",
  fingerprint: "9a1eec11201b6bdc",
  labels: { app: "payments", pod: "payments-old-2" },
  from: "2026-11-21T10:05:00.000000000Z",
  through: "2026-11-21T10:10:00.000000000Z",
  version: 4,
  codec: "snappy",
  blockCount: 2,
  blocks: [
    {
      number: 0,
      offset: 640,
      bytes: 2_100,
      entries: 150,
      from: "2026-11-21T10:05:00.000000000Z",
      through: "2026-11-21T10:07:29.000000000Z",
      sound: false,
    },
    {
      number: 1,
      offset: 2_744,
      bytes: 2_080,
      entries: 150,
      from: "2026-11-21T10:07:30.000000000Z",
      through: "2026-11-21T10:10:00.000000000Z",
      sound: true,
    },
  ],
  entries: 150,
  firstLines: [
    { time: "2026-11-21T10:07:30.000000001Z", line: "payment \u001b[31mrefused\u001b[0m <img src=x onerror=alert(1)>" },
  ],
  findings: [
    {
      what: "block-checksum",
      offset: 808,
      block: 0,
      expected: "1d8a03bc",
      actual: "9be0441f",
      entriesLost: 150,
      detail: null,
    },
  ],
  hex: [
    "00000320  4f 63 6b 20 70 61 79 6d 65 6e 74 20 72 65 66 75  Ock payment refu",
    "00000330  73 65 64 20 62 79 20 61 63 71 75 69 72 65 72 20  sed by acquirer ",
  ],
};
