import { randomUUID } from "node:crypto";
import { jobIdSchema, planIdSchema, type JobId } from "../../src-shared/model/ids.ts";
import type { RestoreItem, RestorePlan, RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import { storeIdSchema, type StoreConfig, type StoreId } from "../../src-shared/model/storage/store.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import { DEFAULT_LAYOUT, objectKind } from "../../src-main/core/storage/integrity/object-kind.ts";
import { acquireLease } from "../../src-main/core/storage/lease/acquire-lease.ts";
import type { ObjectInfo, ObjectStore } from "../../src-main/core/storage/object-store.ts";
import type { RestoreCheckpoint } from "../../src-main/core/storage/restore/apply/restore-checkpoint.ts";
import type { RestoreParts } from "../../src-main/core/storage/restore/apply/restore-parts.ts";
import { RestoreRun } from "../../src-main/core/storage/restore/apply/restore-run.ts";
import { restoreSteps } from "../../src-main/core/storage/restore/apply/restore-steps.ts";
import { IndexReader } from "../../src-main/core/storage/restore/plan/index-reader.ts";
import type { PlannedRestore } from "../../src-main/core/storage/restore/planned-restore.ts";
import type { OpenedStore, StoreOpener } from "../../src-main/core/storage/stores/opened-store.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { workerSource } from "./worker-source.ts";

export const TARGET = storeIdSchema.parse("target");
export const SOURCE = storeIdSchema.parse("source");

const CONFIG: StoreConfig = {
  name: "bucket",
  place: { kind: "folder", directory: "/" },
  site: null,
  indexPrefix: "index/",
  bytesPerSecond: null,
  dr: null,
  scratch: null,
};

/** Stores of a test by id; each is opened as often as it is asked for. */
export function openerOf(
  stores: Readonly<Record<string, () => ObjectStore>>,
  config: Partial<StoreConfig> = {},
): StoreOpener {
  return {
    open: (id: StoreId) => {
      const store = stores[id]?.();
      if (store === undefined) throw new Error(`no store ${id}`);
      const opened: OpenedStore = {
        id,
        config: { ...CONFIG, ...config },
        store,
        layout: DEFAULT_LAYOUT,
        folder: store instanceof FolderObjectStore ? store.title : null,
        s3: null,
        [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
      };
      return Promise.resolve(opened);
    },
  };
}

/**
 * Real parts around the stores of a test: lease, index thread, the machine's clock. A lease keeps that clock whatever the others
 * have: one that is moved by hand runs on while a disk is asked, and a lease is late then.
 */
export function restoreParts(stores: StoreOpener, other: Partial<RestoreParts> = {}): RestoreParts {
  const logger = new RecordingLogger();
  return {
    stores,
    acquireLease: ({ store }, { principal, purpose, nonce }, signal) =>
      acquireLease({ store, holder: principal, purpose, nonce, clock: systemClock }, signal),
    lokiControl: () => Promise.resolve(null),
    preflight: () => Promise.resolve([]),
    openIndexReader: () => new IndexReader({ locate: workerSource, logger }),
    clock: systemClock,
    logger,
    ...other,
  };
}

/** All objects below a store, the console's own left out. */
export async function objectsOf(store: ObjectStore): Promise<readonly ObjectInfo[]> {
  const objects: ObjectInfo[] = [];
  const { signal } = new AbortController();
  for (let token: string | null = null; ;) {
    const page = await store.list({ prefix: "", ...(token === null ? {} : { token }) }, signal);
    objects.push(...page.objects.filter(({ key }) => !key.startsWith("__kubemate__/")));
    if (page.nextToken === null) return objects;
    token = page.nextToken;
  }
}

/** What brings back all of a source that a target has not as it is there: a plan as the planner would write it. */
export async function itemsBetween(source: ObjectStore, target: ObjectStore): Promise<readonly RestoreItem[]> {
  const standing = new Map((await objectsOf(target)).map((object) => [object.key, object]));
  const items = (await objectsOf(source)).map(({ key, sizeBytes, etag, modifiedMs }): RestoreItem => {
    const { kind } = objectKind(key);
    const replacesEtag = standing.get(key)?.etag ?? null;
    return {
      key,
      kind: kind === "chunk" || kind === "index" ? kind : "other",
      tenant: null,
      fromMs: null,
      throughMs: null,
      action: replacesEtag === null ? "add" : "replace",
      sizeBytes,
      sourceVersionId: null,
      sourceEtag: etag,
      sourceModifiedMs: modifiedMs,
      replacesEtag,
    };
  });
  const order = ({ kind }: RestoreItem) => (kind === "index" ? 1 : 0);
  return items.toSorted((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1));
}

export function plannedOf(
  items: readonly RestoreItem[],
  other: {
    readonly request?: Partial<RestoreRequest>;
    readonly compactor?: { readonly workload: string; readonly replicas: number } | null;
    readonly plan?: Partial<RestorePlan>;
  } = {},
): PlannedRestore {
  const chunks = items.filter(({ kind }) => kind !== "index").length;
  const bytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const canaries = other.plan?.canaries ?? [];
  const plan: RestorePlan = {
    id: planIdSchema.parse(randomUUID()),
    request: {
      store: TARGET,
      source: { kind: "store", store: SOURCE },
      scope: { tenants: null, fromMs: null, throughMs: null },
      findings: null,
      verify: "fast",
      into: null,
      bytesPerSecond: null,
      ...other.request,
    },
    purpose: "restore",
    createdAtMs: 0,
    expiresAtMs: 0,
    counts: { sound: 0, missing: 0, damaged: 0, restorable: items.length, lost: 0, versionsListed: 0 },
    chunks,
    indexFiles: items.length - chunks,
    bytes,
    requests: 0,
    estimatedMs: 0,
    rate: { bytesPerSecond: 1, basis: "assumed" },
    items: [],
    lost: [],
    lostStreams: 0,
    lostMinutes: 0,
    diff: "",
    problems: [],
    preflight: [],
    steps: restoreSteps({
      target: "target",
      source: "source",
      copiesInside: false,
      chunks,
      indexFiles: items.length - chunks,
      bytes,
      compactor: other.compactor ?? null,
      canaries: canaries.length,
      live: (other.compactor ?? null) !== null,
    }),
    canaries: [],
    ...other.plan,
  };
  return {
    plan,
    directory: "",
    async *items(from) {
      yield* items.slice(from);
    },
  };
}

export function newJob(): JobId {
  return jobIdSchema.parse(randomUUID());
}

/** A run whose checkpoints are kept, as the job engine keeps them. */
export function runOf(
  parts: RestoreParts,
  planned: PlannedRestore,
  other: {
    readonly job?: JobId;
    readonly before?: RestoreCheckpoint | null;
    readonly signal?: AbortSignal;
    readonly onCommit?: (checkpoint: RestoreCheckpoint) => void;
    readonly commitEvery?: number;
    readonly lanes?: number;
  } = {},
): { readonly run: RestoreRun; readonly last: () => RestoreCheckpoint } {
  let last: RestoreCheckpoint | null = other.before ?? null;
  const { onCommit, job, before, signal, ...rest } = other;
  const run = new RestoreRun({
    parts,
    planned,
    job: job ?? newJob(),
    reason: "test",
    principal: "tester",
    before: before ?? null,
    signal: signal ?? new AbortController().signal,
    commit: async (checkpoint) => {
      // What is kept is plain data.
      last = structuredClone(checkpoint);
      onCommit?.(last);
    },
    report: () => undefined,
    ...rest,
  });
  return {
    run,
    last: () => {
      if (last === null) throw new Error("nothing was committed");
      return last;
    },
  };
}
