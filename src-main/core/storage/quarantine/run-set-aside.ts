import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { QuarantineItem } from "../../../../src-shared/model/storage/quarantine.ts";
import type { Clock } from "../../common/clock.ts";
import type { LokiControl } from "../loki/loki-control.ts";
import { manifestKey, newManifest, type BatchManifest, type ManifestItem } from "./batch-manifest.ts";
import { findManifest, writeManifest } from "./batch-store.ts";
import type { RateBucket } from "../../common/rate-bucket.ts";
import { inLanes } from "./lanes.ts";
import type { LeasedBucket } from "./leased-bucket.ts";
import { digestObject } from "./object-digest.ts";
import { headIfThere, ofOneObject } from "./object-work.ts";
import type { QuarantineProgress } from "./quarantine-progress.ts";
import type { QuarantineContext } from "./quarantine.job.ts";
import { askAfter, askBefore } from "./run-canaries.ts";

const LANES = 8;

export interface SetAsideOptions {
  readonly context: QuarantineContext;
  readonly bucket: LeasedBucket;
  readonly progress: QuarantineProgress;
  /** All objects of the plan; asked for where no manifest stands yet. */
  readonly items: () => Promise<readonly QuarantineItem[]>;
  readonly loki: LokiControl | null;
  readonly pace: RateBucket;
  readonly clock: Clock;
}

/**
 * Carries out a plan: read, write down, copy, read the copies back, and only then remove, each object if it still is the one
 * that was planned. Every step looks at the bucket, so that it can be done again from its beginning at any time.
 * Gives the manifest as it was closed. Rejects with `storage.*`, `operation.plan-expired`.
 */
export async function runSetAside(options: SetAsideOptions): Promise<BatchManifest> {
  const { bucket, progress, loki, context } = options;
  const { plan } = context.input;
  const standing = await findManifest(bucket.store, plan.batch, bucket.signal);
  if (standing !== null && standing.state !== "setting-aside" && standing.state !== "set-aside") {
    // Somebody has brought it back since.
    throw new AppError("storage.plan-outdated", { store: bucket.store.title, key: manifestKey(plan.batch) });
  }
  const isClosed = standing?.state === "set-aside";
  await progress.step("ask-before", async () => {
    if (standing === null) progress.canaries(await askBefore(progress.report.canaries, loki, bucket.signal));
    return { key: "asked", params: { queries: plan.canaries.length } };
  });
  let manifest = standing;
  await progress.step("read-objects", async () => {
    manifest = standing ?? (await readObjects(options));
    const params = { objects: manifest.items.length, left: progress.report.leftCount };
    return { key: "objects-read", params };
  });
  // For the compiler: the step has set it, or thrown.
  if (manifest === null) throw new AppError("storage.batch-unknown", { batch: plan.batch });
  const planned: BatchManifest = manifest;
  await progress.step("write-manifest", async () => {
    if (standing === null) await writeManifest(bucket.store, planned, bucket.signal);
    return null;
  });
  const left = new Map<string, string>();
  await progress.step("copy-aside", () => (isClosed ? doneBefore() : copyAside(planned, options, left)));
  await progress.step("remove-objects", () => (isClosed ? doneBefore() : removeObjects(planned, options, left)));
  let closed = planned;
  await progress.step("close-manifest", async () => {
    if (isClosed) return null;
    closed = closedManifest(planned, left, options.clock.nowMs());
    await bucket.confirm();
    await writeManifest(bucket.store, closed, bucket.signal);
    return null;
  });
  await progress.step("ask-again", async () => {
    progress.canaries(await askAfter(progress.report.canaries, loki, bucket.signal));
    return null;
  });
  return closed;
}

/** Of an earlier run, to its end: what came to stand in their places since is none of this batch's. */
async function doneBefore(): Promise<null> {
  return null;
}

/** The bytes of every object as they are now. What is not the planned object any more is left out, and told. */
async function readObjects({ context, bucket, progress, items, pace, clock }: SetAsideOptions): Promise<BatchManifest> {
  const { plan, principal, reason } = context.input;
  if (context.checkpoint !== null && clock.nowMs() > plan.expiresAtMs) {
    // What was planned long ago and never begun is not begun by taking the job up again.
    const minutes = Math.round((plan.expiresAtMs - plan.createdAtMs) / 60_000);
    throw new AppError("operation.plan-expired", { minutes });
  }
  const all = await items();
  const read: ManifestItem[] = [];
  let done = 0;
  await inLanes(all, LANES, async (item, place) => {
    try {
      const { sha256, sizeBytes } = await digestObject(bucket.store, item.key, item.etag, pace, bucket.signal);
      read[place] = { ...item, sizeBytes, sha256, state: "planned", problem: null };
    } catch (error) {
      if (!ofOneObject(error)) throw bucket.reasonOf(error);
      progress.leave(item.key, error.code);
    }
    await progress.tick((done += 1), all.length);
  });
  return newManifest({
    batch: plan.batch,
    state: "setting-aside",
    changedAtMs: clock.nowMs(),
    by: { principal, reason, atMs: clock.nowMs(), plan: plan.id, job: context.id },
    problems: plan.problems.map(({ code }) => code),
    items: read.filter((item) => item !== undefined),
  });
}

async function copyAside(
  { items }: BatchManifest,
  { bucket, progress, pace }: SetAsideOptions,
  left: Map<string, string>,
): Promise<null> {
  let done = 0;
  await inLanes(items, LANES, async (item) => {
    try {
      const copy = await headIfThere(bucket.store, item.aside, bucket.signal);
      if (copy === null || copy.sizeBytes !== item.sizeBytes || !(await isCopy(item))) {
        await copyOne(item);
        if (!(await isCopy(item))) throw notVerified(bucket, item.aside);
      }
      await progress.count("copied", done, items.length);
      await progress.count("verified", (done += 1), items.length);
    } catch (error) {
      if (!ofOneObject(error)) throw bucket.reasonOf(error);
      done += 1;
      left.set(item.key, error.code);
      progress.leave(item.key, error.code);
    }
  });
  return null;

  async function copyOne({ key, aside, etag }: ManifestItem): Promise<void> {
    const inPlace = await bucket.store.head(key, {}, bucket.signal);
    if (inPlace.etag !== etag) throw new AppError("storage.changed", { store: bucket.store.title, key });
    const { versionId } = inPlace;
    const from = versionId === null || versionId === "null" ? { key } : { key, versionId };
    await bucket.store.copy(from, aside, bucket.signal);
  }

  async function isCopy({ aside, sizeBytes, sha256 }: ManifestItem): Promise<boolean> {
    const read = await digestObject(bucket.store, aside, null, pace, bucket.signal);
    return read.sizeBytes === sizeBytes && read.sha256 === sha256;
  }
}

async function removeObjects(
  { items }: BatchManifest,
  { bucket, progress }: SetAsideOptions,
  left: Map<string, string>,
): Promise<null> {
  const copied = items.filter(({ key }) => !left.has(key));
  let done = 0;
  await inLanes(copied, LANES, async ({ key, etag }) => {
    try {
      const inPlace = await headIfThere(bucket.store, key, bucket.signal);
      if (inPlace !== null) {
        if (inPlace.etag !== etag) throw new AppError("storage.changed", { store: bucket.store.title, key });
        await bucket.confirm();
        await bucket.store.delete({ key }, bucket.signal);
      }
      await progress.count("removed", (done += 1), copied.length);
    } catch (error) {
      if (!ofOneObject(error)) throw bucket.reasonOf(error);
      done += 1;
      // Its copy stays: of an earlier run, the object may have been removed before another came.
      left.set(key, error.code);
      progress.leave(key, error.code);
    }
  });
  return null;
}

function closedManifest(manifest: BatchManifest, left: ReadonlyMap<string, string>, nowMs: number): BatchManifest {
  return {
    ...manifest,
    state: "set-aside",
    changedAtMs: nowMs,
    items: manifest.items.map((item) => {
      const problem = left.get(item.key) ?? null;
      return { ...item, state: problem === null ? "set-aside" : "left", problem };
    }),
  };
}

function notVerified({ store }: LeasedBucket, key: string): AppError {
  return new AppError("storage.not-verified", { store: store.title, key });
}
