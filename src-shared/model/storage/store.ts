import { z } from "zod";
import { s3PlaceSchema } from "../../api/exports.api.ts";
import type { Brand } from "../brand.ts";
import { siteIdSchema } from "../ids.ts";

/** A bucket, or a folder that is a copy of one, as the console knows it. */
export type StoreId = Brand<string, "StoreId">;

export const storeIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$/)
  .transform((value) => value as StoreId);

/** A bucket's name as in a URL; Loki may spread its chunks over several. */
const bucketSchema = z.string().min(3).max(63);

/** Where it is. What `site` names is read from the site's Loki whenever it is opened: address, bucket and credentials. */
export const storePlaceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("folder"), directory: z.string().min(1).max(4_096) }),
  z.object({
    kind: z.literal("s3"),
    place: s3PlaceSchema,
    /** More buckets of the same store: Loki's `bucketnames: a,b`. */
    moreBuckets: z.array(bucketSchema).max(64).exactOptional(),
  }),
  z.object({ kind: z.literal("site"), site: siteIdSchema, bucket: bucketSchema.exactOptional() }),
]);
export type StorePlace = z.output<typeof storePlaceSchema>;

export const storeConfigSchema = z.object({
  name: z.string().trim().min(1).max(100),
  place: storePlaceSchema,
  /** Whose Loki's data it is, for its compactor, caches, queries and retention; `null` where there is none. */
  site: siteIdSchema.nullable(),
  /** `index/` as a rule: `index.path_prefix` of the schema. */
  indexPrefix: z.string().max(200),
  /** `null` where nothing holds a scan, a copy or a restore back. */
  bytesPerSecond: z.number().int().positive().nullable(),
  /** The copy in another place that is restored from, and measured against. */
  dr: storeIdSchema.nullable(),
  /** Where drills restore to. Never a store that a Loki reads. */
  scratch: storeIdSchema.nullable(),
});
export type StoreConfig = z.output<typeof storeConfigSchema>;

/** A store: one that was entered, or one that a site's Loki keeps its data in (`found`). */
export const storeSchema = z.object({
  id: storeIdSchema,
  /** `s3://bucket/prefix`, or a folder's path. */
  title: z.string(),
  found: z.boolean(),
  config: storeConfigSchema,
});
export type Store = z.output<typeof storeSchema>;

/** What the credentials may do and the bucket can, tried with an object of the console's own where it writes. */
export const STORE_CHECKS = ["reach", "list", "read", "write", "delete", "versioning", "versions", "clock"] as const;
export const storeCheckSchema = z.object({
  check: z.enum(STORE_CHECKS),
  state: z.enum(["passed", "warned", "failed", "unknown"]),
  /** `storage.check.<check>.<reason>`; `null` where there is nothing to say. */
  reason: z.string().nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type StoreCheck = z.output<typeof storeCheckSchema>;
