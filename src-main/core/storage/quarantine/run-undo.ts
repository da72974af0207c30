import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { BatchManifest, ManifestItem } from "./batch-manifest.ts";
import { readManifest, writeManifest } from "./batch-store.ts";
import { inLanes } from "./lanes.ts";
import { digestObject, type ObjectDigest } from "./object-digest.ts";
import { headIfThere, ofOneObject } from "./object-work.ts";
import { askAfter } from "./run-canaries.ts";
import type { SetAsideOptions } from "./run-set-aside.ts";

const LANES = 8;

/**
 * Puts the objects of a batch back where they were: only where nothing stands, or the same. Each is read back before its copy
 * goes. Nothing of what the bucket has kept since is removed. Can be done again from its beginning at any time. Rejects with
 * `storage.*`.
 */
export async function runUndo(options: Omit<SetAsideOptions, "items">): Promise<BatchManifest> {
  const { bucket, progress, context, clock, loki } = options;
  const { plan, principal, reason } = context.input;
  const found = await readManifest(bucket.store, plan.batch, bucket.signal);
  const nowMs = clock.nowMs();
  const by = { principal, reason, atMs: nowMs, plan: plan.id, job: context.id };
  const undoing: BatchManifest = { ...found, state: "undoing", changedAtMs: nowMs, undoneBy: found.undoneBy ?? by };
  const items = found.items.filter(({ state }) => state !== "back");
  await progress.step("mark-undoing", async () => {
    await bucket.confirm();
    await writeManifest(bucket.store, undoing, bucket.signal);
    return null;
  });
  const left = new Map<string, string>();
  await progress.step("put-back", async () => {
    let done = 0;
    await inLanes(items, LANES, async (item) => {
      try {
        await putBack(item, options);
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
  });
  await progress.step("remove-copies", async () => {
    const back = items.filter(({ key, state }) => !left.has(key) && state !== "left");
    let done = 0;
    await inLanes(back, LANES, async ({ aside }) => {
      await bucket.confirm();
      if ((await headIfThere(bucket.store, aside, bucket.signal)) !== null) {
        await bucket.store.delete({ key: aside }, bucket.signal);
      }
      await progress.count("removed", (done += 1), back.length);
    });
    return null;
  });
  let closed = undoing;
  await progress.step("close-manifest", async () => {
    closed = closedManifest(undoing, left, clock.nowMs());
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

async function putBack(item: ManifestItem, { bucket, pace }: Omit<SetAsideOptions, "items">): Promise<void> {
  const { store, signal } = bucket;
  const { key, aside } = item;
  const inPlace = await digestIfThere(key);
  if (inPlace !== null) {
    // Back from a run before, or never gone: the batch was not finished.
    if (isSame(inPlace, item)) return;
    // Had changed before it was to go: what stands there now is what is wanted.
    if (item.state === "left") return;
    throw new AppError("storage.changed", { store: store.title, key });
  }
  if (item.state === "left" && (await headIfThere(store, aside, signal)) === null) return;
  const copy = await digestObject(store, aside, null, pace, signal);
  if (!isSame(copy, item)) throw new AppError("storage.source-damaged", { store: store.title, key: aside });
  await bucket.confirm();
  const { versionId } = copy.info;
  const from = versionId === null || versionId === "null" ? { key: aside } : { key: aside, versionId };
  await store.copy(from, key, signal);
  const back = await digestObject(store, key, null, pace, signal);
  if (!isSame(back, item)) throw new AppError("storage.not-verified", { store: store.title, key });

  async function digestIfThere(place: string): Promise<ObjectDigest | null> {
    if ((await headIfThere(store, place, signal)) === null) return null;
    return await digestObject(store, place, null, pace, signal);
  }
}

function isSame(read: ObjectDigest, { sizeBytes, sha256 }: ManifestItem): boolean {
  return read.sizeBytes === sizeBytes && read.sha256 === sha256;
}

function closedManifest(manifest: BatchManifest, left: ReadonlyMap<string, string>, nowMs: number): BatchManifest {
  const items = manifest.items.map((item): ManifestItem => {
    if (item.state === "left" || item.state === "back") return item;
    const problem = left.get(item.key) ?? null;
    return problem === null ? { ...item, state: "back", problem } : { ...item, problem };
  });
  return { ...manifest, state: left.size === 0 ? "undone" : "undoing", changedAtMs: nowMs, items };
}
