import { createHash } from "node:crypto";
import { z } from "zod";
import { MANIFEST_FILE } from "../../../src-shared/model/archive-manifest.ts";

/** The entries of a capsule besides `archive/…`, an archive of ours as it stands in a folder. */
export const CAPSULE_ENTRY = "capsule.json";
export const CHECKSUMS_ENTRY = "checksums.json";
export const ARCHIVE_PREFIX = "archive/";

/** Longer documents than this are none of ours. */
export const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;
export const MAX_ENTRIES = 100_000;

/** SHA-256 of every other entry by its name. The digest of this document itself is in the zip's comment. */
export const checksumsSchema = z.object({
  format: z.literal("kubemate-capsule"),
  version: z.literal(1),
  entries: z.record(
    z.string(),
    z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), sizeBytes: z.number().int().nonnegative() }),
  ),
});
export type Checksums = z.output<typeof checksumsSchema>;

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `kubemate-capsule 1 <sha256 of checksums.json>` */
export function capsuleComment(checksums: Uint8Array): string {
  return `kubemate-capsule 1 ${sha256Of(checksums)}`;
}

/** The digest that a zip's comment names; `null` where it is no capsule's. */
export function digestOfComment(comment: string): string | null {
  return /^kubemate-capsule 1 ([0-9a-f]{64})$/.exec(comment)?.[1] ?? null;
}

/**
 * Whether an entry may be in a capsule: the two documents, and what an archive consists of. So no name leads out of the
 * folder it is unpacked into, on no system.
 */
export function isCapsuleEntry(name: string): boolean {
  if (name === CAPSULE_ENTRY || name === CHECKSUMS_ENTRY || name === `${ARCHIVE_PREFIX}${MANIFEST_FILE}`) return true;
  const match = /^archive\/tenant=([^/\\:]+)\/day=[0-9-]{1,16}\/slice-[A-Za-z0-9_-]{1,100}\.parquet$/.exec(name);
  // oxlint-disable-next-line no-control-regex -- finding them is the purpose
  return match !== null && !/[\u0000-\u001f\u007f]/.test(match[1] ?? "") && (match[1] ?? "").length <= 600;
}
