import type { ListObjectsV2CommandOutput, ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectPage, ObjectVersion, VersionPage } from "./object-store.ts";

/** Keys come percent-encoded, because XML cannot hold every character that a key can. */
function decoded(text: string | undefined): string {
  const plain = (text ?? "").replaceAll("+", " ");
  try {
    return decodeURIComponent(plain);
  } catch {
    // A store that ignores the wish for encoding sends keys as they are.
    return text ?? "";
  }
}

export function plainEtag(etag: string | undefined): string {
  return (etag ?? "").replaceAll('"', "");
}

/** A key of the bucket as those know it who ask the store. */
type FromBucket = (key: string) => string;

/** One page of `ListObjectsV2`, without the store's own prefix. */
export function objectPage(answer: ListObjectsV2CommandOutput, fromBucket: FromBucket): ObjectPage {
  const objects = (answer.Contents ?? []).map((object): ObjectInfo => ({
    key: fromBucket(decoded(object.Key)),
    sizeBytes: object.Size ?? 0,
    etag: plainEtag(object.ETag),
    modifiedMs: object.LastModified?.getTime() ?? 0,
    versionId: null,
  }));
  const prefixes = (answer.CommonPrefixes ?? []).map(({ Prefix }) => fromBucket(decoded(Prefix)));
  const nextToken = answer.IsTruncated === true ? (answer.NextContinuationToken ?? null) : null;
  return { objects, prefixes, nextToken };
}

/** One page of `ListObjectVersions`: versions and delete markers in one order, keys ascending, newest first. */
export function versionPage(answer: ListObjectVersionsCommandOutput, fromBucket: FromBucket): VersionPage {
  const versions = [
    ...(answer.Versions ?? []).map((version) =>
      versionOf(version, fromBucket, version.Size ?? 0, plainEtag(version.ETag), false),
    ),
    ...(answer.DeleteMarkers ?? []).map((marker) => versionOf(marker, fromBucket, 0, "", true)),
  ];
  const byKey = Map.groupBy(versions, ({ key }) => key);
  const ordered = [...byKey.keys()]
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap((key) => (byKey.get(key) ?? []).sort(newestFirst));
  const prefixes = (answer.CommonPrefixes ?? []).map(({ Prefix }) => fromBucket(decoded(Prefix)));
  const more = answer.IsTruncated === true && answer.NextKeyMarker !== undefined;
  const nextToken = more ? versionToken(decoded(answer.NextKeyMarker), answer.NextVersionIdMarker ?? "") : null;
  return { versions: ordered, prefixes, nextToken };
}

function newestFirst(a: ObjectVersion, b: ObjectVersion): number {
  if (a.isLatest !== b.isLatest) return a.isLatest ? -1 : 1;
  return b.modifiedMs - a.modifiedMs;
}

function versionOf(
  version: {
    readonly Key?: string | undefined;
    readonly VersionId?: string | undefined;
    readonly IsLatest?: boolean | undefined;
    readonly LastModified?: Date | undefined;
  },
  fromBucket: FromBucket,
  sizeBytes: number,
  etag: string,
  isDeleteMarker: boolean,
): ObjectVersion {
  return {
    key: fromBucket(decoded(version.Key)),
    sizeBytes,
    etag,
    modifiedMs: version.LastModified?.getTime() ?? 0,
    versionId: version.VersionId ?? "null",
    isLatest: version.IsLatest === true,
    isDeleteMarker,
  };
}

const versionTokenSchema = z.tuple([z.string(), z.string()]);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function versionToken(key: string, versionId: string): string {
  return Buffer.from(JSON.stringify([key, versionId])).toString("base64url");
}

/** Where a listing of versions goes on. Throws `storage.refused` for a token that is none of ours. */
export function versionMarkers(
  token: string,
  store: string,
): { readonly KeyMarker: string; readonly VersionIdMarker?: string } {
  const parsed = versionTokenSchema.safeParse(jsonOf(Buffer.from(token, "base64url").toString("utf8")));
  if (parsed.success) {
    const [key, versionId] = parsed.data;
    return versionId === "" ? { KeyMarker: key } : { KeyMarker: key, VersionIdMarker: versionId };
  }
  throw new AppError("storage.refused", { store, problem: "this token is not of this listing" });
}
