import { jobIdSchema, planIdSchema } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type {
  QuarantineBatch,
  QuarantineItem,
  QuarantinePlan,
  QuarantineReport,
} from "../../src-shared/model/storage/quarantine.ts";
import type { RestorePlan, RestoreReport } from "../../src-shared/model/storage/restore.ts";
import type { Canary } from "../../src-shared/model/storage/storage-plan.ts";
import { storeIdSchema, type Store } from "../../src-shared/model/storage/store.ts";
import { CLUSTER_SITE } from "./site-examples.ts";

const AT_MS = Date.UTC(2026, 10, 22, 3, 0);
const MINUTE_MS = 60_000;
export const A_CHUNK_KEY = "retail-bank/5f2e/19f2a3b4c5d:19f2a3b4d5e:a1b2c3d4";

/** A site's bucket, its copy and its scratch bucket. */
export const A_STORE: Store = aStore("chunks", {
  dr: storeIdSchema.parse("dr"),
  scratch: storeIdSchema.parse("scratch"),
});
export const SOME_STORES: readonly Store[] = [A_STORE, aStore("dr"), aStore("scratch")];

function aStore(name: string, more: Partial<Store["config"]> = {}): Store {
  return {
    id: storeIdSchema.parse(name),
    title: `s3://loki-${name}`,
    found: name === "chunks",
    config: {
      name,
      place: { kind: "s3", place: { bucket: `loki-${name}`, prefix: "", endpoint: "https://minio.example:9000" } },
      site: name === "chunks" ? CLUSTER_SITE.id : null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
      ...more,
    },
  };
}

export function aCanary(overrides: Partial<Canary> = {}): Canary {
  return {
    tenant: "retail-bank",
    day: "2026-11-21",
    query: '{app="payments"}',
    fromMs: AT_MS - 60 * MINUTE_MS,
    throughMs: AT_MS,
    expected: 1_200,
    before: 800,
    after: null,
    state: "waiting",
    problem: null,
    ...overrides,
  };
}

export function aQuarantineItem(overrides: Partial<QuarantineItem> = {}): QuarantineItem {
  return {
    key: A_CHUNK_KEY,
    aside: `__kubemate__/quarantine/b1/objects/${A_CHUNK_KEY}`,
    sizeBytes: 1_572_864,
    etag: "e1",
    versionId: "v1",
    kind: "bitflip-block",
    tenant: "retail-bank",
    fromMs: AT_MS - 60 * MINUTE_MS,
    throughMs: AT_MS,
    remains: "versions",
    ...overrides,
  };
}

export function aQuarantinePlan(overrides: Partial<QuarantinePlan> = {}): QuarantinePlan {
  return {
    id: planIdSchema.parse("plan-1"),
    request: { kind: "set-aside", store: A_STORE.id, scan: jobIdSchema.parse("scan-1"), findings: ["f1"] },
    batch: "b1",
    createdAtMs: AT_MS,
    expiresAtMs: AT_MS + 5 * MINUTE_MS,
    items: [aQuarantineItem()],
    count: 1,
    bytes: 1_572_864,
    diff: `- ${A_CHUNK_KEY}\n+ __kubemate__/quarantine/b1/objects/${A_CHUNK_KEY}\n`,
    problems: [],
    preflight: [{ check: "lease", state: "passed", reason: null, params: {} }],
    steps: [{ key: "lease", params: {}, kind: "check", request: null }],
    canaries: [aCanary()],
    ...overrides,
  };
}

export function aQuarantineReport(overrides: Partial<QuarantineReport> = {}): QuarantineReport {
  const plan = aQuarantinePlan();
  return {
    plan,
    steps: plan.steps.map(() => ({ state: "done", startedAtMs: AT_MS, endedAtMs: AT_MS + 900, detail: null })),
    copied: 1,
    verified: 1,
    removed: 1,
    left: [],
    leftCount: 0,
    canaries: [aCanary({ after: 1_200, state: "works" })],
    done: true,
    reason: "bad block",
    ...overrides,
  };
}

export function aBatch(overrides: Partial<QuarantineBatch> = {}): QuarantineBatch {
  return {
    batch: "b1",
    state: "set-aside",
    atMs: AT_MS,
    principal: "ada",
    reason: "bad block",
    count: 1,
    bytes: 1_572_864,
    items: [aQuarantineItem()],
    problem: null,
    ...overrides,
  };
}

export function aRestorePlan(overrides: Partial<RestorePlan> = {}): RestorePlan {
  return {
    id: planIdSchema.parse("plan-2"),
    request: {
      store: A_STORE.id,
      source: { kind: "versions", asOfMs: AT_MS - 60 * MINUTE_MS },
      scope: { tenants: null, fromMs: null, throughMs: null },
      findings: null,
      verify: "fast",
      into: null,
      bytesPerSecond: null,
    },
    purpose: "restore",
    createdAtMs: AT_MS,
    expiresAtMs: AT_MS + 5 * MINUTE_MS,
    counts: { sound: 1_800, missing: 2, damaged: 1, restorable: 2, lost: 1, versionsListed: 1_900 },
    chunks: 2,
    indexFiles: 0,
    bytes: 3_145_728,
    requests: 7,
    estimatedMs: 12_000,
    rate: { bytesPerSecond: 20_971_520, basis: "assumed" },
    items: [
      {
        key: A_CHUNK_KEY,
        kind: "chunk",
        tenant: "retail-bank",
        fromMs: AT_MS - 60 * MINUTE_MS,
        throughMs: AT_MS,
        action: "undelete",
        sizeBytes: 1_572_864,
        sourceVersionId: "v1",
        sourceEtag: "e1",
        sourceModifiedMs: AT_MS - 90 * MINUTE_MS,
        replacesEtag: null,
      },
    ],
    lost: [
      {
        tenant: "retail-bank",
        fingerprint: "5f2e",
        labels: { app: "payments" },
        fromMs: AT_MS - 60 * MINUTE_MS,
        throughMs: AT_MS - 58 * MINUTE_MS,
        chunks: 1,
      },
    ],
    lostStreams: 1,
    lostMinutes: 2,
    diff: `+ ${A_CHUNK_KEY}\n`,
    problems: [],
    preflight: [{ check: "compactor", state: "passed", reason: null, params: {} }],
    steps: [{ key: "lease", params: {}, kind: "check", request: null }],
    canaries: [aCanary()],
    ...overrides,
  };
}

export function aRestoreReport(overrides: Partial<RestoreReport> = {}): RestoreReport {
  const plan = aRestorePlan();
  return {
    plan,
    steps: plan.steps.map(() => ({ state: "done", startedAtMs: AT_MS, endedAtMs: AT_MS + 900, detail: null })),
    written: 2,
    writtenBytes: 3_145_728,
    verified: 2,
    found: 0,
    failed: [],
    failedCount: 0,
    canaries: [aCanary({ after: 1_200, state: "works" })],
    compactor: { workload: "StatefulSet/loki/loki-compactor", replicas: 1, resumed: true },
    bytesPerSecond: 20_971_520,
    objectsPerSecond: 13,
    done: true,
    reason: "chunks deleted by mistake",
    ...overrides,
  };
}

export function aStorageJob(kind: string, output: unknown, overrides: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse("job-1"),
    kind,
    title: { key: `jobs.title.${kind}`, params: {} },
    state: "succeeded",
    principal: "ada",
    createdAtMs: AT_MS,
    startedAtMs: AT_MS,
    endedAtMs: AT_MS + 1_000,
    attempts: 1,
    progress: null,
    output,
    canPause: true,
    ...overrides,
  };
}
