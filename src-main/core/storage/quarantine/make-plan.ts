import { randomUUID } from "node:crypto";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { planIdSchema } from "../../../../src-shared/model/ids.ts";
import type {
  QuarantineItem,
  QuarantinePlan,
  QuarantineRequest,
} from "../../../../src-shared/model/storage/quarantine.ts";
import type { StorageProblem } from "../../../../src-shared/model/storage/storage-plan.ts";
import { PLAN_LIFETIME_MS } from "../../common/plan-book.ts";
import { objectKind } from "../integrity/object-kind.ts";
import type { LokiControl } from "../loki/loki-control.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import { asideKey, plainItem, type BatchManifest } from "./batch-manifest.ts";
import { listBatches, readManifest } from "./batch-store.ts";
import { findTargets, problem, wantedObjects } from "./find-targets.ts";
import { judgePlan } from "./judge-plan.ts";
import { judgeRemains } from "./judge-remains.ts";
import { planCanaries } from "./plan-canaries.ts";
import { setAsideSteps, undoSteps } from "./plan-steps.ts";
import { preflight } from "./preflight.ts";
import type { QuarantineParts } from "./quarantine-parts.ts";
import { kindOf, rangeOf, type JudgedTarget, type WantedObject } from "./quarantine-target.ts";

const SHOWN = 500;

export interface PlannedQuarantine {
  readonly plan: QuarantinePlan;
  /** All of them; the plan shows the first. */
  readonly items: readonly QuarantineItem[];
}

interface Opened {
  readonly bucket: OpenedStore;
  readonly loki: LokiControl | null;
  readonly parts: QuarantineParts;
}

/** Says what setting these aside would do. Rejects with `storage.*` of the bucket itself. */
export async function planSetAside(
  request: Exclude<QuarantineRequest, { kind: "undo" }>,
  { bucket, loki, parts }: Opened,
  signal: AbortSignal,
): Promise<PlannedQuarantine> {
  const { store } = bucket;
  const { wanted, problems } = wantedObjects(request, parts.scans);
  const unfinished = await unfinishedBatch(bucket, wanted, signal);
  const versioning = await store.versioning(signal);
  const nowMs = parts.clock.nowMs();
  const batch = unfinished?.batch ?? newBatch(nowMs);
  const planned =
    unfinished === null
      ? await judged(request, wanted, { bucket, parts, batch, keepsVersions: versioning !== "off" }, signal)
      : {
          items: unfinished.items.map(plainItem),
          problems: [problem("goes-on", "notes", { batch, objects: unfinished.items.length })],
          canaries: [],
        };
  const checks = await preflight(
    {
      store,
      versioning,
      loki,
      mayWrite: !parts.readOnly(),
      touchesIndex: planned.items.some(({ key }) => objectKind(key, bucket.layout).kind === "index"),
      clock: parts.clock,
    },
    signal,
  );
  return {
    items: planned.items,
    plan: {
      ...frame(request, batch, planned.items, nowMs),
      diff: planned.items
        .slice(0, SHOWN)
        .map(({ key, aside }) => `- ${shown(key)}\n+ ${shown(aside)}\n`)
        .join(""),
      problems: [...problems, ...planned.problems],
      preflight: checks,
      steps: setAsideSteps(batch, planned.items.length, versioning === "enabled"),
      canaries: planned.canaries,
    },
  };
}

/** Says what bringing a batch back would do. Rejects with `storage.batch-unknown`, `storage.batch-damaged`, `storage.*`. */
export async function planUndo(
  request: Extract<QuarantineRequest, { kind: "undo" }>,
  { bucket, loki, parts }: Opened,
  signal: AbortSignal,
): Promise<PlannedQuarantine> {
  const { store, layout } = bucket;
  const manifest = await readManifest(store, request.batch, signal);
  const back = manifest.items.filter(({ state }) => state !== "back");
  const items = back.map(plainItem);
  const problems: StorageProblem[] = [];
  if (manifest.state === "undone" || items.length === 0) problems.push(problem("nothing-to-do", "stops", {}));
  if (manifest.state === "setting-aside") problems.push(problem("not-finished", "notes", { batch: request.batch }));
  const checks = await preflight(
    {
      store,
      versioning: await store.versioning(signal),
      loki,
      mayWrite: !parts.readOnly(),
      touchesIndex: items.some(({ key }) => objectKind(key, layout).kind === "index"),
      clock: parts.clock,
    },
    signal,
  );
  return {
    items,
    plan: {
      ...frame(request, request.batch, items, parts.clock.nowMs()),
      diff: items
        .slice(0, SHOWN)
        .map(({ key, aside }) => `- ${shown(aside)}\n+ ${shown(key)}\n`)
        .join(""),
      problems,
      preflight: checks,
      steps: undoSteps(request.batch, items.length),
      canaries: [],
    },
  };
}

async function judged(
  request: Exclude<QuarantineRequest, { kind: "undo" }>,
  wanted: readonly WantedObject[],
  opened: Pick<Opened, "bucket" | "parts"> & { readonly batch: string; readonly keepsVersions: boolean },
  signal: AbortSignal,
): Promise<{
  readonly items: readonly QuarantineItem[];
  readonly problems: readonly StorageProblem[];
  readonly canaries: QuarantinePlan["canaries"];
}> {
  const { bucket, parts, batch, keepsVersions } = opened;
  const { targets, problems } = await findTargets(wanted, bucket, signal);
  await using dr = await openCopy(bucket, parts, signal);
  const damaged = request.kind === "set-aside" ? damagedKeys(request.scan, parts) : new Set<string>();
  const sources = { bucket, keepsVersions, dr, isDamaged: (key: string) => damaged.has(key) };
  const all = await judgeRemains(targets, sources, signal);
  const unreached = bucket.config.dr !== null && dr === null ? [problem("copy-unreached", "notes", {})] : [];
  return {
    items: all.map((target) => itemOf(target, batch)),
    problems: [...problems, ...judgePlan(all), ...unreached],
    canaries: planCanaries(all),
  };
}

/** A batch of exactly these objects that was not finished: the same request goes on with it. */
async function unfinishedBatch(
  { store }: OpenedStore,
  wanted: readonly WantedObject[],
  signal: AbortSignal,
): Promise<BatchManifest | null> {
  for (const { batch, state, count } of await listBatches(store, signal)) {
    if (state !== "setting-aside" || count !== wanted.length || count === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- there is one, as a rule
    const manifest = await readManifest(store, batch, signal);
    const keys = new Set(manifest.items.map(({ key }) => key));
    if (wanted.every(({ key }) => keys.has(key))) return manifest;
  }
  return null;
}

async function openCopy(
  { config }: OpenedStore,
  { stores, logger }: QuarantineParts,
  signal: AbortSignal,
): Promise<OpenedStore | null> {
  if (config.dr === null) return null;
  try {
    return await stores.open(config.dr, signal);
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    logger.warn("the copy in another place could not be opened", { code: error.code });
    return null;
  }
}

function damagedKeys(scan: Parameters<QuarantineParts["scans"]["findings"]>[0], { scans }: QuarantineParts) {
  const keys = new Set<string>();
  for (const { finding } of scans.findings(scan, {})) if (finding.kind !== "orphan-chunk") keys.add(finding.key);
  return keys;
}

function itemOf(target: JudgedTarget, batch: string): QuarantineItem {
  const { key, info, remains } = target;
  return {
    key,
    aside: asideKey(batch, key),
    sizeBytes: info.sizeBytes,
    etag: info.etag,
    versionId: info.versionId,
    kind: kindOf(target),
    ...plainRange(target),
    remains,
  };
}

function plainRange(target: JudgedTarget) {
  const { tenant, fromMs, throughMs } = rangeOf(target);
  return { tenant, fromMs, throughMs };
}

function frame(request: QuarantineRequest, batch: string, items: readonly QuarantineItem[], createdAtMs: number) {
  return {
    id: planIdSchema.parse(randomUUID()),
    request,
    batch,
    createdAtMs,
    expiresAtMs: createdAtMs + PLAN_LIFETIME_MS,
    items: items.slice(0, SHOWN),
    count: items.length,
    bytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Sorts by the time it was made at. */
function newBatch(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${time}-${randomUUID().slice(0, 8)}`;
}

/** A key in a diff: one line, whatever is in it. */
function shown(key: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is to be found
  return key.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
