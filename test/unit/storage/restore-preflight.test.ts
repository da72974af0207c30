import { describe, expect, it } from "vitest";
import type { LokiRetention } from "../../../src-main/core/storage/bucket-health/bucket-facts.ts";
import type { BucketSettings, LifecycleRule } from "../../../src-main/core/storage/bucket-health/bucket-settings.ts";
import type { StandingLease } from "../../../src-main/core/storage/lease/lease-object.ts";
import { estimatedMs, ASSUMED_RATE } from "../../../src-main/core/storage/restore/plan/estimate.ts";
import {
  clockCheck,
  freeSpaceCheck,
  leaseCheck,
  permissionsCheck,
  sourceCheck,
  versioningCheck,
} from "../../../src-main/core/storage/restore/plan/preflight/bucket-checks.ts";
import {
  compactorCheck,
  isExpired,
  lifecycleCheck,
  retentionCheck,
} from "../../../src-main/core/storage/restore/plan/preflight/loki-checks.ts";

const NOW_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;
const DAY_S = 86_400;

function retention(overrides: Partial<LokiRetention> = {}): LokiRetention {
  return { enabled: true, global: { seconds: 7 * DAY_S, streams: [] }, tenants: [], ...overrides };
}

function settings(rule: Partial<LifecycleRule>): BucketSettings {
  const absent = { state: "absent" } as const;
  const plain: LifecycleRule = {
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
  };
  return {
    versioning: absent,
    objectLock: absent,
    lifecycle: { state: "told", value: [{ ...plain, ...rule }] },
    replication: absent,
    encryption: absent,
  };
}

describe("before a bucket is written to", () => {
  it("another's lease is told, one's own and one that has ended are none", () => {
    const info = { key: "k", sizeBytes: 1, etag: "e", modifiedMs: NOW_MS, versionId: null };
    const lease = { nonce: "n", holder: "somebody", purpose: "restore", ttlMs: 60_000, expiresAtMs: NOW_MS };
    const standing: StandingLease = { info, lease, holder: "somebody", endsAtStoreMs: NOW_MS + 30_000 };
    expect(leaseCheck(standing, null, NOW_MS)).toMatchObject({ state: "warned", reason: "held" });
    expect(leaseCheck(standing, "n", NOW_MS).state).toBe("passed");
    expect(leaseCheck(standing, null, NOW_MS + DAY_MS).state).toBe("passed");
    expect(leaseCheck(null, null, NOW_MS).state).toBe("passed");
  });

  it("a bucket without versions is told only where something is written over", () => {
    expect(versioningCheck("off", { replaced: 0 }).state).toBe("passed");
    expect(versioningCheck("off", { replaced: 3 })).toMatchObject({ state: "warned", params: { objects: 3 } });
    expect(versioningCheck("enabled", { replaced: 3 }).state).toBe("passed");
    expect(versioningCheck(null, { replaced: 3 }).state).toBe("unknown");
  });

  it("what the credentials may not do stops it, what was not tried is not known", () => {
    const check = (name: "reach" | "list" | "read" | "write" | "delete", state: "passed" | "failed" | "unknown") =>
      ({ check: name, state, reason: null, params: {} }) as const;
    const reading = [check("reach", "passed"), check("list", "passed"), check("read", "passed")];
    expect(permissionsCheck([...reading, check("write", "failed")])).toMatchObject({
      state: "failed",
      params: { action: "write" },
    });
    expect(permissionsCheck([...reading, check("write", "unknown")])).toMatchObject({
      state: "unknown",
      params: { actions: "write" },
    });
    expect(permissionsCheck([...reading, check("write", "passed")]).state).toBe("passed");
    expect(permissionsCheck([...reading, check("write", "passed"), check("delete", "failed")]).state).toBe("warned");
    expect(clockCheck([]).state).toBe("unknown");
  });

  it("too little room stops it, and a source that has nothing whole", () => {
    expect(freeSpaceCheck(99, { bytes: 100 })).toMatchObject({ state: "failed", params: { freeBytes: 99 } });
    expect(freeSpaceCheck(110, { bytes: 100 }).state).toBe("warned");
    expect(freeSpaceCheck(1_000, { bytes: 100 }).state).toBe("passed");
    expect(freeSpaceCheck(null, { bytes: 100 }).state).toBe("unknown");
    expect(sourceCheck({ read: 3, whole: 0 }).state).toBe("failed");
    expect(sourceCheck({ read: 3, whole: 2 }).state).toBe("warned");
    expect(sourceCheck({ read: 0, whole: 0 }).state).toBe("passed");
  });

  it("a compactor that runs is paused, one that cannot be told is a doubt", () => {
    const compactor = { workload: "StatefulSet/loki/compactor", replicas: 1, running: 1 };
    expect(compactorCheck({ compactor, retention: null }, true)).toMatchObject({ reason: "will-pause" });
    expect(compactorCheck({ compactor: null, retention: null }, true).state).toBe("warned");
    expect(compactorCheck(null, true).state).toBe("unknown");
    expect(compactorCheck(null, false).state).toBe("passed");
  });
});

describe("chunks that retention deletes again", () => {
  it("are those older than every period of their tenant", () => {
    const old = { tenant: "acme", throughMs: NOW_MS - 8 * DAY_MS };
    expect(isExpired(retention(), old, NOW_MS)).toBe(true);
    expect(isExpired(retention({ enabled: false }), old, NOW_MS)).toBe(false);
    expect(isExpired(retention(), { ...old, throughMs: NOW_MS - 6 * DAY_MS }, NOW_MS)).toBe(false);
    const streams = [{ selector: '{app="audit"}', seconds: 90 * DAY_S }];
    const own = retention({ tenants: [{ tenant: "acme", seconds: DAY_S, streams }] });
    expect(isExpired(own, old, NOW_MS)).toBe(false);
    expect(isExpired(retention({ global: { seconds: 0, streams: [] } }), old, NOW_MS)).toBe(false);
  });

  it("are told with their tenants", () => {
    const expired = { chunks: 2, tenants: ["acme", "globex"] };
    const loki = { compactor: null, retention: retention() };
    expect(retentionCheck(loki, { expired }, true)).toMatchObject({
      state: "warned",
      params: { chunks: 2, tenants: "acme, globex" },
    });
    expect(retentionCheck(loki, { expired: { chunks: 0, tenants: [] } }, true).state).toBe("passed");
  });

  it("are not alone: a lifecycle rule may be shorter than Loki's retention, or end everything at once", () => {
    const places = { storagePrefix: "", indexPrefix: "index/" };
    const loki = { compactor: null, retention: retention() };
    const stateOf = (rule: Partial<LifecycleRule>) => lifecycleCheck(settings(rule), loki, places, NOW_MS).state;
    expect(stateOf({ expirationDays: 3 })).toBe("warned");
    expect(stateOf({ expirationDays: 30 })).toBe("passed");
    expect(stateOf({ expirationDays: 3, enabled: false })).toBe("passed");
    expect(stateOf({ expirationDateMs: NOW_MS - 1 })).toBe("failed");
    expect(lifecycleCheck(null, loki, places, NOW_MS).state).toBe("unknown");
  });
});

describe("the time that a restore takes", () => {
  it("is held up by bytes or by requests, whichever is slower, and by the limit that was set", () => {
    const second = 1_000;
    expect(estimatedMs({ bytes: ASSUMED_RATE.bytesPerSecond * 10, objects: 1 }, ASSUMED_RATE, null)).toBe(10 * second);
    expect(estimatedMs({ bytes: 10, objects: 1_000 }, ASSUMED_RATE, null)).toBe(10 * second);
    expect(estimatedMs({ bytes: 10_000_000, objects: 1 }, ASSUMED_RATE, 1_000_000)).toBe(10 * second);
  });
});
