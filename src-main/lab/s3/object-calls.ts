import type { BucketSet } from "./bucket-set.ts";
import type { KeptVersion, LabBucket } from "./lab-bucket.ts";
import { decodePath, header, parseQuery, type S3Call } from "./s3-call.ts";
import { S3Problem } from "./s3-problem.ts";
import { element, elementsOf, s3Document, textOf, xmlText } from "./s3-xml.ts";
import { emptyReply, type S3Reply, xmlReply } from "./s3-reply.ts";

const VERSION_ID = /^(null|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const MAX_KEY_BYTES = 1_024;
const MAX_DELETED = 1_000;

/** The version that a request means. @throws S3Problem `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a marker's own */
export function findVersion(
  bucket: LabBucket,
  key: string,
  versionId: string | undefined,
): KeptVersion & { bytes: Buffer } {
  const wanted = versionId === "" ? undefined : versionId;
  if (wanted !== undefined && !VERSION_ID.test(wanted))
    throw new S3Problem("InvalidArgument", "Invalid version id specified");
  const found = wanted === undefined ? bucket.latest(key) : bucket.version(key, wanted);
  if (found === null) throw new S3Problem(wanted === undefined ? "NoSuchKey" : "NoSuchVersion");
  const { bytes } = found;
  if (bytes !== null) return { ...found, bytes };
  const marker = { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId };
  throw new S3Problem(wanted === undefined ? "NoSuchKey" : "MethodNotAllowed", undefined, marker);
}

/** `GET` and `HEAD` of an object. */
export function readObject(bucket: LabBucket, call: S3Call): S3Reply {
  const found = findVersion(bucket, call.key, call.query.get("versionId"));
  const { bytes, etag, modifiedMs, contentType } = found;
  const headers: Record<string, string> = {
    ETag: `"${etag}"`,
    "Last-Modified": new Date(modifiedMs).toUTCString(),
    "Content-Type": call.query.get("response-content-type") ?? contentType,
    ...versionHeader(bucket, found),
  };
  const unchanged = preconditions(call, found, headers);
  if (unchanged !== null) return unchanged;
  const range = rangeOf(header(call, "range"), bytes.length);
  if (range === null) return { status: 200, headers, body: bytes };
  headers["Content-Range"] = `bytes ${range.start}-${range.end - 1}/${bytes.length}`;
  return { status: 206, headers, body: bytes.subarray(range.start, range.end) };
}

/** 304 as a reply. @throws S3Problem `PreconditionFailed` */
function preconditions(
  call: S3Call,
  { etag, modifiedMs }: KeptVersion,
  headers: Record<string, string>,
): S3Reply | null {
  const match = header(call, "if-match");
  const noneMatch = header(call, "if-none-match");
  const seconds = Math.floor(modifiedMs / 1_000) * 1_000;
  const since = Date.parse(header(call, "if-modified-since") ?? "");
  const unmodifiedSince = Date.parse(header(call, "if-unmodified-since") ?? "");
  if (match !== undefined ? !names(match, etag) : seconds > unmodifiedSince)
    throw new S3Problem("PreconditionFailed", undefined, { ETag: `"${etag}"` });
  if (noneMatch !== undefined ? names(noneMatch, etag) : seconds <= since) return { status: 304, headers, body: "" };
  return null;
}

function names(condition: string, etag: string): boolean {
  return condition.split(",").some((each) => each.trim() === "*" || each.trim().replaceAll('"', "") === etag);
}

/** Bytes `[start, end)`; `null` for all. A header that is no single range counts as none, as MinIO takes it. */
export function rangeOf(text: string | undefined, size: number): { start: number; end: number } | null {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text ?? "") ?? [];
  if (first === "" && last === "") return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  if (start >= size || end <= start) throw new S3Problem("InvalidRange");
  return { start, end };
}

export function versionHeader(bucket: LabBucket, { versionId }: KeptVersion): Record<string, string> {
  return bucket.versioning === null ? {} : { "x-amz-version-id": versionId };
}

/** @throws S3Problem where a key or a condition forbids to write */
export function requireWritable(bucket: LabBucket, call: S3Call): void {
  const { key } = call;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Problem("KeyTooLongError");
  const latest = bucket.latest(key);
  const there = latest?.bytes == null ? null : latest;
  const noneMatch = header(call, "if-none-match");
  const match = header(call, "if-match");
  if (noneMatch !== undefined && there !== null && names(noneMatch, there.etag))
    throw new S3Problem("PreconditionFailed");
  if (match === undefined) return;
  if (there === null) throw new S3Problem("NoSuchKey");
  if (!names(match, there.etag)) throw new S3Problem("PreconditionFailed");
}

/** `PUT` of an object. */
export async function putObject(bucket: LabBucket, call: S3Call): Promise<S3Reply> {
  const bytes = await call.body();
  requireWritable(bucket, call);
  const version = bucket.put(call.key, { bytes, ...contentTypeOf(call) });
  return { status: 200, headers: { ETag: `"${version.etag}"`, ...versionHeader(bucket, version) }, body: "" };
}

export function contentTypeOf(call: S3Call): { contentType?: string } {
  const contentType = header(call, "content-type");
  return contentType === undefined ? {} : { contentType };
}

/** What `x-amz-copy-source` names, its conditions checked. */
export function copySource(
  buckets: BucketSet,
  call: S3Call,
): { bucket: LabBucket; found: KeptVersion & { bytes: Buffer }; versioned: boolean; key: string } {
  const [path = "", search = ""] = (header(call, "x-amz-copy-source") ?? "").split("?");
  const [name = "", ...rest] = decodePath(path).replace(/^\//, "").split("/");
  const versionId = parseQuery(search).get("versionId");
  const bucket = buckets.get(name);
  const key = rest.join("/");
  const found = findVersion(bucket, key, versionId);
  const match = header(call, "x-amz-copy-source-if-match");
  const noneMatch = header(call, "x-amz-copy-source-if-none-match");
  if (match !== undefined && !names(match, found.etag)) throw new S3Problem("PreconditionFailed");
  if (noneMatch !== undefined && names(noneMatch, found.etag)) throw new S3Problem("PreconditionFailed");
  return { bucket, found, versioned: versionId !== undefined, key };
}

/** `PUT` with `x-amz-copy-source`. */
export function copyObject(buckets: BucketSet, bucket: LabBucket, call: S3Call): S3Reply {
  const source = copySource(buckets, call);
  const replaced = header(call, "x-amz-metadata-directive") === "REPLACE";
  if (source.bucket === bucket && source.key === call.key && !source.versioned && !replaced)
    throw new S3Problem("InvalidRequest");
  requireWritable(bucket, call);
  const { bytes, contentType } = source.found;
  const version = bucket.put(call.key, { bytes, contentType, ...(replaced ? contentTypeOf(call) : {}) });
  const stamp = element("LastModified", new Date(version.modifiedMs).toISOString());
  const reply = xmlReply(s3Document("CopyObjectResult", `${stamp}<ETag>${xmlText(`"${version.etag}"`)}</ETag>`));
  const from = source.bucket.versioning === null ? {} : { "x-amz-copy-source-version-id": source.found.versionId };
  return { ...reply, headers: { ...reply.headers, ...versionHeader(bucket, version), ...from } };
}

interface Deleted {
  readonly marker: boolean;
  /** Of the version that went, or of the marker that came. */
  readonly versionId: string | null;
}

function deleteOne(bucket: LabBucket, key: string, versionId: string | undefined): Deleted {
  if (versionId !== undefined && versionId !== "") {
    if (!VERSION_ID.test(versionId)) throw new S3Problem("InvalidArgument", "Invalid version id specified");
    const gone = bucket.removeVersion(key, versionId);
    return { marker: gone !== null && gone.bytes === null, versionId };
  }
  const marker = bucket.remove(key);
  return { marker: marker !== null, versionId: marker?.versionId ?? null };
}

/** `DELETE` of an object or of one of its versions. */
export function deleteObject(bucket: LabBucket, call: S3Call): S3Reply {
  const { marker, versionId } = deleteOne(bucket, call.key, call.query.get("versionId"));
  return {
    ...emptyReply(204),
    headers: {
      ...(marker ? { "x-amz-delete-marker": "true" } : {}),
      ...(versionId === null ? {} : { "x-amz-version-id": versionId }),
    },
  };
}

/** `POST ?delete`: many at once. */
export async function deleteObjects(bucket: LabBucket, call: S3Call): Promise<S3Reply> {
  const xml = (await call.body()).toString("utf8");
  const objects = elementsOf(xml, "Object");
  if (objects.length === 0 || objects.length > MAX_DELETED) throw new S3Problem("MalformedXML");
  const quiet = textOf(xml, "Quiet") === "true";
  const told = objects.map((object) => {
    const key = textOf(object, "Key") ?? "";
    const asked = textOf(object, "VersionId") ?? undefined;
    try {
      const { marker, versionId } = deleteOne(bucket, key, asked);
      if (quiet) return "";
      const own = asked === undefined ? "" : element("VersionId", asked);
      const markers = marker ? element("DeleteMarker", true) + element("DeleteMarkerVersionId", versionId ?? "") : "";
      return `<Deleted>${markers}${element("Key", key)}${own}</Deleted>`;
    } catch (error) {
      if (!(error instanceof S3Problem)) throw error;
      return `<Error>${element("Code", error.code)}${element("Message", error.message)}${element("Key", key)}${element("VersionId", asked ?? "")}</Error>`;
    }
  });
  return xmlReply(s3Document("DeleteResult", told.join("")));
}
