import { z } from "zod";

/** Faults without a target; each is on until it is switched off, or happens once. */
export const LAB_FAULTS = [
  "cut-tails",
  "drop-tail-entries",
  "slow-queries",
  "missing-chunks",
  "rate-limit",
  "server-errors",
  "object-store-down",
  "store-slow",
  "compactor-stuck",
  "rules-missed",
  "scheduler-queue",
  "config-map-slow",
] as const;

/**
 * Faults of one ingester, written `slow-flush:loki-ingester-1`; `ingester-1` and `1` mean the same pod. `runtime-stuck` can be
 * any pod's of Loki.
 */
export const LAB_INSTANCE_FAULTS = ["slow-flush", "network-jitter", "cpu-starved", "killed", "runtime-stuck"] as const;

/** Faults that one tenant causes, written `tenant-storm:cards`. */
export const LAB_TENANT_FAULTS = ["tenant-storm", "label-explosion"] as const;

/**
 * What can be done to objects of Loki's bucket, written `bucket-damage:missing-chunk`; named as the scan's findings of it are,
 * but for `dangling-references`, an index of chunks that never were. Switched off, what is still damaged is put back.
 */
export const BUCKET_DAMAGES = [
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-block",
  "bitflip-metadata",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "missing-chunk",
  "duplicate-chunk",
  "orphan-chunk",
  "garbage-object",
  "corrupt-gz-index",
  "missing-index-of-day",
  "duplicate-index-file",
  "dangling-references",
] as const;
export type BucketDamage = (typeof BUCKET_DAMAGES)[number];

const MAX_DR_LAG_MINUTES = 1_440;

export type PlainLabFault = (typeof LAB_FAULTS)[number];
export type InstanceLabFault = (typeof LAB_INSTANCE_FAULTS)[number];
export type TenantLabFault = (typeof LAB_TENANT_FAULTS)[number];

const targetSchema = z.string().regex(/[A-Za-z0-9][A-Za-z0-9_.-]{0,149}/);

/** A fault of the lab: a name, or a name and its target. Whether there is such a target, the lab knows. */
export const labFaultSchema = z.union([
  z.enum(LAB_FAULTS),
  z.templateLiteral([z.enum(LAB_INSTANCE_FAULTS), ":", targetSchema]),
  z.templateLiteral([z.enum(LAB_TENANT_FAULTS), ":", targetSchema]),
  z.templateLiteral(["bucket-damage:", z.enum(BUCKET_DAMAGES)]),
  /** How many minutes the DR copy of the bucket is behind; five without it. */
  z.templateLiteral(["dr-lag:", z.string().regex(/\d{1,4}/)]),
]);
export type LabFault = z.infer<typeof labFaultSchema>;

/** What there is to switch a fault on for. */
export interface LabFaultTargets {
  /** Names of the ingesters' pods. */
  readonly ingesters: readonly string[];
  /** Names of all pods of Loki, for what can be any one's. */
  readonly pods?: readonly string[];
  readonly tenants: readonly string[];
}

/** The damage that a fault does to the bucket; `null` for another fault. */
export function bucketDamageOf(fault: string): BucketDamage | null {
  return BUCKET_DAMAGES.find((damage) => fault === `bucket-damage:${damage}`) ?? null;
}

/** How many minutes late a fault makes the DR copy; `null` for another fault, or too many minutes. */
export function drLagMinutesOf(fault: string): number | null {
  const [, digits] = /^dr-lag:(\d{1,4})$/.exec(fault) ?? [];
  const minutes = Number(digits);
  return digits === undefined || minutes > MAX_DR_LAG_MINUTES ? null : minutes;
}

/** Which pod a person means: its name, its name without the release, or its number. */
function podNamed(text: string, ingesters: readonly string[]): string | undefined {
  const wanted = /^\d+$/.test(text) ? `-${text}` : text;
  return ingesters.find((name) => name === wanted) ?? ingesters.find((name) => name.endsWith(wanted) && wanted !== "");
}

/** A fault with its target's full name; `null` when there is no such fault or target. */
export function resolveLabFault(text: string, { ingesters, pods = [], tenants }: LabFaultTargets): LabFault | null {
  const parsed = labFaultSchema.safeParse(text);
  if (!parsed.success) return null;
  const colon = parsed.data.indexOf(":");
  if (colon < 0 || bucketDamageOf(parsed.data) !== null) return parsed.data;
  const name = parsed.data.slice(0, colon);
  const target = parsed.data.slice(colon + 1);
  if (name === "dr-lag") {
    const minutes = drLagMinutesOf(parsed.data);
    return minutes === null ? null : `dr-lag:${minutes}`;
  }
  const instanceFault = LAB_INSTANCE_FAULTS.find((fault) => fault === name);
  if (instanceFault !== undefined) {
    const others = instanceFault === "runtime-stuck" ? pods : [];
    const pod = podNamed(target, ingesters) ?? podNamed(target, others);
    return pod === undefined ? null : `${instanceFault}:${pod}`;
  }
  return tenants.includes(target) ? parsed.data : null;
}
