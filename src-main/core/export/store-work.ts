import { createHash } from "node:crypto";
import type { S3Place } from "../../../src-shared/api/exports.api.ts";

/**
 * The name of the folder where slices wait on their way to a place in a store; its address is no file name. One for each
 * place, so that a second export to it finds the first one's lock.
 */
export function storeWorkName({ endpoint = "", bucket, prefix }: S3Place): string {
  return createHash("sha256")
    .update(JSON.stringify([endpoint, bucket, prefix]))
    .digest("hex")
    .slice(0, 32);
}
