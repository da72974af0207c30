import { randomUUID } from "node:crypto";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { parseChunkKey } from "../../src-main/core/common/loki-format/chunk-key.ts";
import { inThreadChunkChecker } from "../../src-main/core/storage/integrity/in-thread-chunk-checker.ts";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import type { ObjectStore } from "../../src-main/core/storage/object-store.ts";
import { IndexReader } from "../../src-main/core/storage/restore/plan/index-reader.ts";
import { makeRestorePlan } from "../../src-main/core/storage/restore/plan/make-plan.ts";
import type { PlanProgress, RestorePlanParts } from "../../src-main/core/storage/restore/plan/plan-parts.ts";
import type { KeptRestorePlan } from "../../src-main/core/storage/restore/plan/planned-restore-files.ts";
import { NO_SCAN } from "../../src-main/core/storage/restore/plan/scan-word.ts";
import type { OpenedStore } from "../../src-main/core/storage/stores/opened-store.ts";
import { planIdSchema } from "../../src-shared/model/ids.ts";
import { CONSOLE_PREFIX } from "../../src-shared/model/storage/quarantine.ts";
import type { RestoreItem, RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import { storeConfigSchema, storeIdSchema, type StoreConfig } from "../../src-shared/model/storage/store.ts";
import { recordedObjects, writeObject } from "./loki-bucket.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { workerSource } from "./worker-source.ts";

const never = new AbortController().signal;

/** A store as the console opens it. */
export function openedStore(
  id: string,
  store: ObjectStore,
  options: { readonly folder?: string; readonly config?: Partial<StoreConfig> } = {},
): OpenedStore {
  const { folder = null, config = {} } = options;
  const place =
    folder === null
      ? { kind: "s3" as const, place: { kind: "s3", bucket: store.title.slice(5).split("/")[0] ?? "", prefix: "" } }
      : { kind: "folder" as const, directory: folder };
  return {
    id: storeIdSchema.parse(id),
    config: storeConfigSchema.parse({
      name: id,
      place,
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
      ...config,
    }),
    store,
    layout: { indexPrefix: "index/", foreignPrefixes: [CONSOLE_PREFIX] },
    folder,
    s3: null,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

export function openedFolder(id: string, folder: string, config: Partial<StoreConfig> = {}): OpenedStore {
  return openedStore(id, new FolderObjectStore(folder), { folder, config });
}

/** Makes a plan with real readers and threads, and a Loki that nobody knows. */
export async function planned(
  root: string,
  ends: { readonly bucket: OpenedStore; readonly source?: OpenedStore; readonly into?: OpenedStore },
  request: Partial<RestoreRequest> & Pick<RestoreRequest, "source">,
  parts: Partial<RestorePlanParts> = {},
  tell: (progress: PlanProgress) => void = () => undefined,
): Promise<KeptRestorePlan> {
  const locate = (name: string) => workerSource(name);
  await using indexReader = new IndexReader({ locate, logger: new RecordingLogger() });
  const endOf = (opened: OpenedStore) => ({ opened, checker: inThreadChunkChecker(opened.store) });
  return await makeRestorePlan(
    {
      id: planIdSchema.parse(randomUUID()),
      root,
      clock: systemClock,
      bucket: endOf(ends.bucket),
      source: ends.source === undefined ? null : endOf(ends.source),
      into: ends.into ?? null,
      indexReader,
      scan: NO_SCAN,
      targets: null,
      rate: () => null,
      loki: async () => null,
      preflight: async () => [],
      ...parts,
    },
    {
      store: ends.bucket.id,
      scope: { tenants: null, fromMs: null, throughMs: null },
      findings: null,
      verify: "fast",
      into: ends.into?.id ?? null,
      bytesPerSecond: null,
      ...request,
    },
    tell,
    never,
  );
}

export async function itemsOf(plan: KeptRestorePlan, from = 0): Promise<readonly RestoreItem[]> {
  const items: RestoreItem[] = [];
  for await (const item of plan.items(from, never)) items.push(item);
  return items;
}

const RECENT_MS = Date.UTC(2026, 10, 22);

/** The recorded bucket's two older days alone, with their index: a few objects, each single. */
export function unpackOldDays(folder: string): readonly string[] {
  const keys: string[] = [];
  for (const file of ["objects.ndjson.gz", "../loki-index/objects.ndjson.gz"] as const) {
    for (const [key, bytes] of recordedObjects(file)) {
      if ((parseChunkKey(key)?.key.fromMs ?? RECENT_MS) >= RECENT_MS) continue;
      writeObject(folder, key, bytes);
      keys.push(key);
    }
  }
  for (const table of ["index_20777", "index_20778"]) {
    const from = new URL(`../fixtures/loki-index/index/${table}`, import.meta.url);
    cpSync(from, join(folder, "index", table), { recursive: true });
  }
  return keys.toSorted();
}

/** A whole bucket and its copy, of the two older days. */
export function twoStores(work: { file(name: string): string }): {
  readonly bucket: OpenedStore;
  readonly source: OpenedStore;
  readonly keys: readonly string[];
} {
  unpackOldDays(work.file("bucket"));
  const keys = unpackOldDays(work.file("copy"));
  return { bucket: openedFolder("bucket", work.file("bucket")), source: openedFolder("copy", work.file("copy")), keys };
}
