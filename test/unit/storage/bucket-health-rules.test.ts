import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BucketHealthFacts, LokiRetention } from "../../../src-main/core/storage/bucket-health/bucket-facts.ts";
import type { LifecycleRule } from "../../../src-main/core/storage/bucket-health/bucket-settings.ts";
import { healthFigures } from "../../../src-main/core/storage/bucket-health/health-figures.ts";
import { BUCKET_HEALTH_RULES, judgeBucket } from "../../../src-main/core/storage/bucket-health/judge-bucket.ts";
import { needsUnder } from "../../../src-main/core/storage/bucket-health/lifecycle-reach.ts";
import { MetricBook } from "../../../src-main/core/storage/bucket-health/metric-book.ts";
import {
  bucketJudgementSchema,
  type BucketHealth,
  type Probe,
} from "../../../src-shared/model/storage/bucket-health.ts";
import { readSamples } from "../../builders/minio-node.ts";

const DAY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;
const NOW_MS = 1_800_000_000_000;
const ok: Probe = { state: "ok", status: 200 };

/** A health as it is read of a version 2 exposition. */
function healthOf(exposition: string, probes: Partial<BucketHealth["probes"]> = {}): BucketHealth {
  const book = new MetricBook();
  book.add(
    "v2",
    readSamples(Buffer.from(exposition), () => true),
  );
  return {
    checkedAtMs: NOW_MS,
    nodesRead: ["a"],
    nodesAsked: 1,
    generations: ["v2"],
    attempts: [],
    probes: { live: ok, ready: ok, clusterWrite: ok, clusterRead: ok, maintenance: ok, ...probes },
    ...healthFigures(book, { writeQuorum: null, readQuorum: null, healingDrives: null }),
  };
}

const HEALTHY = `minio_cluster_drive_offline_total 0
minio_cluster_drive_total 8
minio_cluster_health_erasure_set_online_drives{pool="0",set="0"} 4
minio_cluster_health_erasure_set_write_quorum{pool="0",set="0"} 3
minio_cluster_health_erasure_set_read_quorum{pool="0",set="0"} 2
minio_cluster_health_erasure_set_healing_drives{pool="0",set="0"} 0
minio_cluster_capacity_usable_free_bytes 60
minio_cluster_capacity_usable_total_bytes 100
minio_heal_objects_errors_total 0
`;

const retention: LokiRetention = {
  enabled: true,
  global: { seconds: 30 * DAY_SECONDS, streams: [] },
  tenants: [
    { tenant: "acme", seconds: 10 * DAY_SECONDS, streams: [{ selector: '{app="pay"}', seconds: 365 * DAY_SECONDS }] },
    { tenant: "keep", seconds: 0, streams: [] },
    { tenant: "tiny", seconds: DAY_SECONDS, streams: [] },
  ],
};

function rule(part: Partial<LifecycleRule>): LifecycleRule {
  return {
    id: "rule",
    enabled: true,
    prefix: "",
    tagged: false,
    largerThanBytes: null,
    smallerThanBytes: null,
    expirationDays: null,
    expirationDateMs: null,
    expiredDeleteMarker: false,
    noncurrentDays: null,
    noncurrentKept: null,
    abortMultipartDays: null,
    ...part,
  };
}

const SOUND: BucketHealthFacts = {
  bucket: "chunks",
  storagePrefix: "",
  indexPrefix: "index/",
  settings: {
    versioning: { state: "told", value: "enabled" },
    objectLock: { state: "absent" },
    lifecycle: { state: "told", value: [rule({ noncurrentDays: 30, expiredDeleteMarker: true })] },
    replication: { state: "absent" },
    encryption: { state: "absent" },
  },
  health: healthOf(HEALTHY),
  full: null,
  healingPast: [],
  retention,
  recoveryWindowDays: 14,
  replicationLagLimitMs: 900_000,
};

function withLifecycle(...rules: readonly Partial<LifecycleRule>[]): BucketHealthFacts {
  const lifecycle = {
    state: "told",
    value: [...(SOUND.settings.lifecycle.state === "told" ? SOUND.settings.lifecycle.value : []), ...rules.map(rule)],
  } as const;
  return { ...SOUND, settings: { ...SOUND.settings, lifecycle } };
}

function found(facts: BucketHealthFacts): readonly (readonly [string, string])[] {
  return judgeBucket(facts).findings.map(({ rule: id, severity }) => [id, severity] as const);
}

describe("rules over a bucket", () => {
  it("find nothing in a sound bucket, and all of them had what they look at", () => {
    const judgement = judgeBucket(SOUND);
    expect(judgement).toEqual({ findings: [], passed: BUCKET_HEALTH_RULES.map(({ id }) => id), silent: [] });
  });

  it("say nothing, and tell it, where nothing is known", () => {
    const unknown = { state: "unknown", code: "storage.forbidden" } as const;
    const settings = {
      versioning: unknown,
      objectLock: unknown,
      lifecycle: unknown,
      replication: unknown,
      encryption: unknown,
    };
    const judgement = judgeBucket({
      ...SOUND,
      settings,
      health: healthOf("", { clusterWrite: { state: "unsupported", status: 403 } }),
      retention: null,
    });
    expect(judgement).toEqual({ findings: [], passed: [], silent: BUCKET_HEALTH_RULES.map(({ id }) => id) });
  });

  it("find what expires sooner than the tenant of longest retention needs it", () => {
    const { findings } = judgeBucket(withLifecycle({ id: "tidy", prefix: "acme/", expirationDays: 90 }));
    expect(bucketJudgementSchema.shape.findings.parse(findings)).toEqual([
      {
        rule: "lifecycle-shorter-than-retention",
        severity: "critical",
        where: "tidy",
        params: { days: 90, retentionDays: 365, tenant: "acme" },
        evidence: [
          { fact: "prefix", value: "acme/" },
          { fact: "expiration.days", value: "90" },
          { fact: "retention.seconds", value: `${365 * DAY_SECONDS}` },
          { fact: "retention_stream.selector", value: '{app="pay"}' },
        ],
      },
    ]);
  });

  it("let an expiry pass that is no shorter, not enabled, for tagged objects or beside Loki's prefix", () => {
    expect(found(withLifecycle({ prefix: "tiny/", expirationDays: 1 }))).toEqual([]);
    expect(found(withLifecycle({ prefix: "acme/", expirationDays: 365 }))).toEqual([]);
    expect(found(withLifecycle({ expirationDays: 1, enabled: false }))).toEqual([]);
    expect(found(withLifecycle({ expirationDays: 1, tagged: true }))).toEqual([]);
    expect(found({ ...withLifecycle({ prefix: "backups/", expirationDays: 1 }), storagePrefix: "loki/" })).toEqual([]);
  });

  it("take a retention of 0, and one that is switched off, for ever", () => {
    const forEver = withLifecycle({ prefix: "keep/", expirationDays: 36_500 });
    expect(judgeBucket(forEver).findings).toMatchObject([{ severity: "critical", params: { retentionDays: 0 } }]);
    const off = {
      ...withLifecycle({ prefix: "tiny/", expirationDays: 5 }),
      retention: { ...retention, enabled: false },
    };
    expect(found(off)).toEqual([["lifecycle-shorter-than-retention", "critical"]]);
  });

  it("take a rule over the index for one over everybody's lines", () => {
    const facts = { ...withLifecycle({ prefix: "loki/index/", expirationDays: 400 }), storagePrefix: "loki/" };
    expect(judgeBucket(facts).findings).toMatchObject([{ severity: "critical", params: { tenant: "keep" } }]);
  });

  it("are less sure of a prefix that may be the name of a tenant nobody listed", () => {
    expect(found(withLifecycle({ prefix: "other/", expirationDays: 7 }))).toEqual([
      ["lifecycle-shorter-than-retention", "warning"],
    ]);
  });

  it("know a need under every prefix that reaches an object of Loki's", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("acme/", "keep/", "tiny/", "new/", "index/"),
        fc.nat({ max: 8 }),
        fc.constantFrom("", "loki/", "a/b/"),
        (folder, cut, storagePrefix) => {
          const key = `${storagePrefix}${folder}`;
          const needs = needsUnder(key.slice(0, cut), retention, { storagePrefix, indexPrefix: "index/" });
          expect(needs.length).toBeGreaterThan(0);
          // A prefix that ends before the tenant's name is over everybody's objects.
          if (cut <= storagePrefix.length) expect(needs.some(({ seconds }) => seconds === null)).toBe(true);
        },
      ),
    );
  });

  it("are sure where a tenant that is listed needs more, though one that is not might need it longer still", () => {
    const facts = withLifecycle({ prefix: "ac", expirationDays: 90 });
    const forEver = { ...retention, global: { seconds: 0, streams: [] } };
    expect(judgeBucket({ ...facts, retention: forEver }).findings).toMatchObject([
      { severity: "critical", params: { tenant: "acme", retentionDays: 365 } },
    ]);
  });

  it("hold back what hangs on a setting that was not told", () => {
    const settings = { ...SOUND.settings, lifecycle: { state: "unknown", code: "storage.forbidden" } as const };
    const health = healthOf(HEALTHY, { live: { state: "unsupported", status: 404 } });
    const judgement = judgeBucket({ ...SOUND, settings, health });
    expect(judgement.findings).toEqual([]);
    expect(judgement.silent).toEqual([
      "lifecycle-shorter-than-retention",
      "lifecycle-expires-on-date",
      "noncurrent-shorter-than-recovery",
      "versions-never-expire",
      "abort-multipart-missing",
    ]);
  });

  it("find an expiry at a date, superseded versions that go too soon, and those that never go", () => {
    expect(found(withLifecycle({ expirationDateMs: NOW_MS }))).toEqual([["lifecycle-expires-on-date", "critical"]]);
    expect(found(withLifecycle({ noncurrentDays: 13 }))).toEqual([["noncurrent-shorter-than-recovery", "warning"]]);
    const none = { ...SOUND, settings: { ...SOUND.settings, lifecycle: { state: "absent" } as const } };
    expect(found(none)).toEqual([["versions-never-expire", "info"]]);
  });

  it("find a bucket without versions, be they off, suspended or unknown to the store", () => {
    const versioned = (versioning: BucketHealthFacts["settings"]["versioning"]) =>
      found({ ...SOUND, settings: { ...SOUND.settings, versioning } });
    expect(versioned({ state: "told", value: "off" })).toEqual([["versioning-off", "warning"]]);
    expect(versioned({ state: "unsupported" })).toEqual([["versioning-off", "warning"]]);
    expect(versioned({ state: "told", value: "suspended" })).toEqual([["versioning-suspended", "warning"]]);
  });

  it("find a lock that outlasts the shortest retention, and only such", () => {
    const locked = (days: number, enabled = true) =>
      found({
        ...SOUND,
        retention: { ...retention, enabled },
        settings: { ...SOUND.settings, objectLock: { state: "told", value: { mode: "compliance", days } } },
      });
    expect(locked(2)).toEqual([["object-lock-outlasts-retention", "warning"]]);
    expect(locked(1)).toEqual([]);
    expect(locked(2, false)).toEqual([]);
  });

  it("find uploads that nobody ends, where the server does not end them by itself", () => {
    const elsewhere = { ...SOUND, health: healthOf(HEALTHY, { live: { state: "unsupported", status: 404 } }) };
    expect(found(elsewhere)).toEqual([["abort-multipart-missing", "info"]]);
    expect(found({ ...withLifecycle({ abortMultipartDays: 3 }), health: elsewhere.health })).toEqual([]);
  });

  it("weigh offline drives by their erasure set: spare, none to spare, writes stopped", () => {
    const drives = (offline: number, online: number) =>
      judgeBucket({
        ...SOUND,
        health: healthOf(
          HEALTHY.replace("offline_total 0", `offline_total ${offline}`).replace('set="0"} 4', `set="0"} ${online}`),
        ),
      }).findings.map(({ rule: id, severity, where, params }) => [id, severity, where, params["readable"]]);
    expect(drives(1, 4)).toEqual([["drives-offline", "warning", "cluster", undefined]]);
    expect(drives(1, 3)).toEqual([["drives-offline", "warning", "pool 0 set 0", "yes"]]);
    expect(drives(2, 2)).toEqual([["drives-offline", "critical", "pool 0 set 0", "yes"]]);
    expect(drives(3, 1)).toEqual([["drives-offline", "critical", "pool 0 set 0", "no"]]);
  });

  it("weigh offline drives by the parity where no set is told", () => {
    const health = healthOf("minio_cluster_drive_offline_total 3\n");
    const parity = (value: number | null) =>
      judgeBucket({ ...SOUND, health: { ...health, drives: { ...health.drives, parity: value } } }).findings[0];
    expect(parity(2)).toMatchObject({ severity: "critical", where: "cluster" });
    expect(parity(4)).toMatchObject({ severity: "warning" });
    expect(parity(null)).toMatchObject({ severity: "warning", params: { offline: 3, parity: -1 } });
  });

  it("find a lost quorum by the cluster probes, whatever the server's readiness says", () => {
    const failing: Probe = { state: "failing", status: 503 };
    expect(found({ ...SOUND, health: healthOf(HEALTHY, { clusterWrite: failing }) })).toEqual([
      ["quorum-lost", "critical"],
    ]);
    const both = judgeBucket({ ...SOUND, health: healthOf(HEALTHY, { clusterWrite: failing, clusterRead: failing }) });
    expect(both.findings).toMatchObject([{ where: "read" }]);
  });

  it("find healing that does not get on, and let healing pass that does", () => {
    const healing = (healed: string, past: BucketHealthFacts["healingPast"]) =>
      found({
        ...SOUND,
        health: healthOf(
          `${HEALTHY.replace('healing_drives{pool="0",set="0"} 0', 'healing_drives{pool="0",set="0"} 1')}${healed}`,
        ),
        healingPast: past,
      });
    const before = (hours: number, healedObjects: number | null, drives = 1) => ({
      atMs: NOW_MS - hours * HOUR_MS,
      drives,
      healedObjects,
    });
    const stuck = [["healing-stuck", "warning"]];
    expect(healing("minio_heal_objects_heal_total 50\n", [before(9, 10), before(7, 50), before(3, 50)])).toEqual(stuck);
    expect(healing("minio_heal_objects_heal_total 50\n", [before(9, 10), before(5, 50)])).toEqual([]);
    expect(healing("minio_heal_objects_heal_total 50\n", [before(9, 50), before(5, 50, 0), before(1, 50)])).toEqual([]);
    expect(healing("minio_heal_time_last_activity_nano_seconds 9e+12\n", [])).toEqual(stuck);
    expect(healing("", [before(24 * 8, null)])).toEqual(stuck);
    expect(healing("", [before(24, null)])).toEqual([]);
  });

  it("find a cluster that is nearly full or soon will be", () => {
    const free = (bytes: number, fullAtMs: number | null = null) =>
      found({
        ...SOUND,
        health: healthOf(HEALTHY.replace("free_bytes 60", `free_bytes ${bytes}`)),
        full: { fullAtMs, lostBytesPerDay: 1 },
      });
    expect(free(15)).toEqual([]);
    expect(free(14)).toEqual([["nearly-full", "warning"]]);
    expect(free(4)).toEqual([["nearly-full", "critical"]]);
    expect(free(60, NOW_MS + 10 * 24 * HOUR_MS)).toEqual([["nearly-full", "warning"]]);
    expect(free(60, NOW_MS + 2 * 24 * HOUR_MS)).toEqual([["nearly-full", "critical"]]);
    expect(free(60, NOW_MS + 20 * 24 * HOUR_MS)).toEqual([]);
  });

  it("find a copy that is behind, fails or is cut off, and objects that do not heal", () => {
    const facts = {
      ...SOUND,
      health:
        healthOf(`${HEALTHY.replace("errors_total 0", "errors_total 2")}minio_bucket_replication_latency_ms{bucket="chunks"} 1e+06
minio_bucket_replication_last_hour_failed_count{bucket="chunks"} 3
minio_bucket_replication_last_hour_failed_count{bucket="other"} 30
minio_cluster_replication_link_online{endpoint="dr"} 0
`),
    };
    const { findings } = judgeBucket(facts);
    expect(findings.map(({ rule: id, params }) => [id, params])).toEqual([
      ["replication-link-offline", { links: 1 }],
      ["healing-errors", { objects: 2 }],
      ["replication-failing", { objects: 3 }],
      ["replication-lagging", { seconds: 1_000, limitSeconds: 900 }],
    ]);
  });

  it("tell figures of a copy that are missing, unless nothing is copied", () => {
    const target = { id: "dr", prefix: "", destination: "arn:aws:s3:::copy", deleteMarkers: true };
    const silentOf = (enabled: boolean) => {
      const replication = { state: "told", value: [{ ...target, enabled }] } as const;
      return judgeBucket({ ...SOUND, settings: { ...SOUND.settings, replication } }).silent;
    };
    expect(silentOf(true)).toEqual(["replication-failing", "replication-lagging", "replication-link-offline"]);
    expect(silentOf(false)).toEqual([]);
  });

  it("bound what others wrote", () => {
    const { findings } = judgeBucket(withLifecycle({ id: "", prefix: "x".repeat(5_000), expirationDays: 1 }));
    expect(JSON.stringify(findings).length).toBeLessThan(1_500);
  });
});
