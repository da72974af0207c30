import { z } from "zod";

/**
 * What can be wrong with a bucket of Loki's. The words are `storage.finding.<kind>`; what Loki does about it and what to do are
 * `.effect` and `.advice`.
 *
 * - `zero-byte-chunk`, `truncated-chunk`: a chunk object that is empty, or ends too soon.
 * - `bitflip-metadata`: its head, with tenant, labels and bounds, does not check.
 * - `bitflip-block`: bytes of its blocks, their table or their symbols do not check.
 * - `wrong-key-checksum`: a sound chunk of the same tenant under the key of another.
 * - `cross-tenant-chunk`: a sound chunk of another tenant.
 * - `duplicate-chunk`: a chunk that stands under a second key.
 * - `inconsistent-chunk`: its checksums are right and its contents contradict each other.
 * - `missing-chunk`: an index names it and there is no object.
 * - `orphan-chunk`: a sound chunk that no index names.
 * - `corrupt-gz-index`: an index file that does not unpack. `corrupt-index`: one that does and does not check.
 * - `missing-index-of-day`: chunks of a tenant's day, and no index file that can be read.
 * - `duplicate-index-file`: the same index under two names.
 * - `garbage-object`: nothing of Loki's.
 * - `unreadable-object`: it is there and the store did not give it.
 */
export const STORAGE_FINDING_KINDS = [
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-metadata",
  "bitflip-block",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "duplicate-chunk",
  "inconsistent-chunk",
  "missing-chunk",
  "orphan-chunk",
  "corrupt-gz-index",
  "corrupt-index",
  "missing-index-of-day",
  "duplicate-index-file",
  "garbage-object",
  "unreadable-object",
] as const;
export type StorageFindingKind = (typeof STORAGE_FINDING_KINDS)[number];

/** `critical`: lines are lost or not found. `warning`: they may be, or Loki trips over it. `info`: it costs room. */
export const STORAGE_SEVERITIES = ["critical", "warning", "info"] as const;

/** Streams that a finding names one by one; of more there is a count. */
export const MAX_FINDING_STREAMS = 20;

export const storageFindingSchema = z.object({
  kind: z.enum(STORAGE_FINDING_KINDS),
  severity: z.enum(STORAGE_SEVERITIES),
  /** Of the object; of an index that is missing, where it would stand. */
  key: z.string(),
  tenant: z.string().nullable(),
  streams: z.array(z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()).nullable() })),
  streamCount: z.number(),
  /** Of the lines it is about, milliseconds, both ends included. */
  fromMs: z.number().nullable(),
  throughMs: z.number().nullable(),
  /** Of the object; of chunks that an index would name, all of theirs. */
  bytes: z.number(),
  /** Lines that cannot be read or found for it; `null` where nobody can say. */
  entriesLost: z.number().nullable(),
  chunks: z.number(),
  /** What shows it: a finding inside of the object, a checksum, another key. */
  evidence: z.array(
    z.object({
      what: z.string(),
      offset: z.number().nullable(),
      expected: z.string().nullable(),
      actual: z.string().nullable(),
    }),
  ),
});
export type StorageFinding = z.output<typeof storageFindingSchema>;
