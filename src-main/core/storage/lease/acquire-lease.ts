import { randomUUID } from "node:crypto";
import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { Clock } from "../../common/clock.ts";
import type { ObjectStore } from "../object-store.ts";
import { JSON_TYPE, putIfAbsent, readSmallObject } from "../small-object.ts";
import type { BucketLease } from "./bucket-lease.ts";
import { HeldLease } from "./held-lease.ts";
import {
  LEASE_KEY,
  LEASE_TTL_MS,
  printLease,
  readLease,
  type LeaseObject,
  type StandingLease,
} from "./lease-object.ts";
import { removeOwn, storeNowMs } from "./store-clock.ts";

/** How long a store that cannot put conditionally is left alone before it is asked whose lease it has. */
const SETTLE_MS = 3_000;

export interface LeaseRequest {
  readonly store: ObjectStore;
  /** Person and machine, as the other console reads it. */
  readonly holder: string;
  /** What it is for: `restore 2f1c…`. */
  readonly purpose: string;
  readonly clock: Clock;
  /** Of the work, where it is taken up again after a kill: the same nonce has the lease at once. A job's id. */
  readonly nonce?: string;
  /** How long it stands when nobody renews it; renewed at a third of it. */
  readonly ttlMs?: number;
}

/**
 * Takes the right to change a bucket, or rejects with `storage.lease-held`; also rejects with `storage.*`. A lease that was
 * not renewed within its time by the store's own clock is taken over, whatever the clocks of the consoles say.
 *
 * Where the store honours `If-None-Match`, one of several wins by it, also the right to take over a lease that has ended. Where
 * it does not, the last who wrote has it, and everybody looks after a while; `confirm` covers what is later than that.
 */
export async function acquireLease(request: LeaseRequest, signal: AbortSignal): Promise<BucketLease> {
  const { store, holder, purpose, clock, ttlMs = LEASE_TTL_MS } = request;
  const mine: Omit<LeaseObject, "expiresAtMs"> = { nonce: request.nonce ?? randomUUID(), holder, purpose, ttlMs };
  // Looked at first: a store that cannot put conditionally would write over it.
  const standing = await readLease(store, signal);
  if (standing !== null && standing.lease?.nonce !== mine.nonce) {
    if ((await storeNowMs(store, signal)) <= standing.endsAtStoreMs) throw held(store, standing);
    return await takeOver(request, mine, standing, signal);
  }
  const beganAtMs = clock.nowMs();
  const text = printLease({ ...mine, expiresAtMs: beganAtMs + ttlMs });
  if (standing !== null) {
    const { versionId } = await store.put(LEASE_KEY, Buffer.from(text), { contentType: JSON_TYPE }, signal);
    return new HeldLease({ store, clock, mine, beganAtMs, versions: [standing.info.versionId, versionId] });
  }
  const fresh = await putIfAbsent(store, LEASE_KEY, text, signal);
  if (!fresh.put) return await again(request, signal);
  const versions = [fresh.versionId];
  if (!(await honoursAbsence(store, text, versions, signal))) await settle(request, mine.nonce, signal);
  return new HeldLease({ store, clock, mine, beganAtMs, versions });
}

/**
 * The lease that stands in a bucket and has not ended by the store's clock; `null` where it is free, or of `nonce`. Writes an
 * object for a moment where one stands. Rejects with `storage.*`.
 */
export async function leaseInForce(
  store: ObjectStore,
  nonce: string | null,
  signal: AbortSignal,
): Promise<{ readonly holder: string; readonly untilMs: number } | null> {
  const standing = await readLease(store, signal);
  if (standing === null || (nonce !== null && standing.lease?.nonce === nonce)) return null;
  if ((await storeNowMs(store, signal)) > standing.endsAtStoreMs) return null;
  return { holder: standing.holder, untilMs: standing.endsAtStoreMs };
}

/** Only who wins the claim on one ended lease may write over it. */
async function takeOver(
  request: LeaseRequest,
  mine: Omit<LeaseObject, "expiresAtMs">,
  ended: StandingLease,
  signal: AbortSignal,
): Promise<BucketLease> {
  const { store, clock } = request;
  const key = `${CONSOLE_PREFIX}lease-claims/${Buffer.from(ended.info.etag).toString("hex").slice(0, 200)}`;
  const claim = await putIfAbsent(store, key, JSON.stringify({ nonce: mine.nonce, holder: mine.holder }), signal);
  if (!claim.put) {
    await removeEndedClaim(store, key, mine.ttlMs, signal);
    throw held(store, ended);
  }
  try {
    const now = await readLease(store, signal);
    if (now !== null && now.info.etag !== ended.info.etag) throw held(store, now);
    const beganAtMs = clock.nowMs();
    const text = printLease({ ...mine, expiresAtMs: beganAtMs + mine.ttlMs });
    const { versionId } = await store.put(LEASE_KEY, Buffer.from(text), { contentType: JSON_TYPE }, signal);
    const versions = [ended.info.versionId, versionId];
    // Told by the claim, which it had to win: a second claim is refused where the store can.
    const second = await putIfAbsent(store, key, "{}", signal);
    if (second.put) {
      await removeOwn(store, key, second.versionId, signal);
      await settle(request, mine.nonce, signal);
    }
    const after = await readLease(store, signal);
    if (after?.lease?.nonce !== mine.nonce) throw held(store, after ?? ended);
    return new HeldLease({ store, clock, mine, beganAtMs, versions });
  } finally {
    await removeOwn(store, key, claim.versionId, signal);
  }
}

/** Of one that was killed while it took over: the next who asks finds the way free. */
async function removeEndedClaim(store: ObjectStore, key: string, ttlMs: number, signal: AbortSignal): Promise<void> {
  const claim = await readSmallObject(store, key, 4_096, signal);
  if (claim === null) return;
  if ((await storeNowMs(store, signal)) > claim.info.modifiedMs + ttlMs) {
    await removeOwn(store, key, claim.info.versionId, signal);
  }
}

/** Whether the store refuses to put over what is there. One that does not has put the same lease twice. */
async function honoursAbsence(
  store: ObjectStore,
  text: string,
  versions: (string | null)[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { versionId } = await store.put(LEASE_KEY, Buffer.from(text), { ifAbsent: true }, signal);
    versions.push(versionId);
    return false;
  } catch (error) {
    if (hasCode(error, "storage.changed")) return true;
    throw error;
  }
}

/** @throws AppError `storage.lease-held` where another wrote later */
async function settle({ store, clock }: LeaseRequest, nonce: string, signal: AbortSignal): Promise<void> {
  await clock.sleep(SETTLE_MS, signal);
  const standing = await readLease(store, signal);
  if (standing?.lease?.nonce !== nonce) {
    throw standing === null
      ? new AppError("storage.lease-lost", { store: store.title, holder: "-" })
      : held(store, standing);
  }
}

/** Somebody took it, or took and released it, between a look and a write. */
async function again(request: LeaseRequest, signal: AbortSignal): Promise<BucketLease> {
  await request.clock.sleep(100 + Math.random() * 200, signal);
  return await acquireLease(request, signal);
}

function held(store: ObjectStore, { holder, endsAtStoreMs }: StandingLease): AppError {
  const until = new Date(endsAtStoreMs).toISOString();
  return new AppError("storage.lease-held", { store: store.title, holder: holder.slice(0, 300), until });
}
