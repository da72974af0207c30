import { z } from "zod";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { readSmallObject } from "../small-object.ts";

export const LEASE_KEY = `${CONSOLE_PREFIX}lease.json`;
export const LEASE_TTL_MS = 60_000;
/** What somebody else wrote cannot shut a bucket for longer. */
const LONGEST_TTL_MS = 15 * 60_000;
const MAX_LEASE_BYTES = 16_384;

const leaseObjectSchema = z.object({
  nonce: z.string().min(1).max(200),
  holder: z.string().max(500),
  purpose: z.string().max(500),
  ttlMs: z.number().positive(),
  /** By the holder's own clock: for people who look at the object. Nobody decides by it. */
  expiresAtMs: z.number(),
});
export type LeaseObject = z.output<typeof leaseObjectSchema>;

/** A lease as it stands in a bucket. */
export interface StandingLease {
  readonly info: ObjectInfo;
  /** `null` where it says nothing that can be understood. */
  readonly lease: LeaseObject | null;
  readonly holder: string;
  /** By the store's clock: it was last written then. */
  readonly endsAtStoreMs: number;
}

export function printLease(lease: LeaseObject): string {
  return `${JSON.stringify(lease, null, 2)}\n`;
}

/** `null` where there is none. What is not a lease counts as one of nobody known, and ends as one. Rejects with `storage.*`. */
export async function readLease(store: ObjectStore, signal: AbortSignal): Promise<StandingLease | null> {
  const found = await readSmallObject(store, LEASE_KEY, MAX_LEASE_BYTES, signal);
  if (found === null) return null;
  const lease = parseLease(found.text);
  const ttlMs = Math.min(lease?.ttlMs ?? LEASE_TTL_MS, LONGEST_TTL_MS);
  return {
    info: found.info,
    lease,
    holder: lease === null ? "?" : [lease.holder, lease.purpose].filter((part) => part !== "").join(", "),
    endsAtStoreMs: found.info.modifiedMs + ttlMs,
  };
}

function parseLease(text: string | null): LeaseObject | null {
  if (text === null) return null;
  try {
    return leaseObjectSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
