import { byBytes } from "./key-order.ts";
import { countOf, type S3Call } from "./s3-call.ts";
import type { KeptVersion, LabBucket } from "./lab-bucket.ts";
import { S3Problem } from "./s3-problem.ts";
import { element, encodeKey, s3Document, xmlText } from "./s3-xml.ts";

const PAGE = 1_000;
const OWNER =
  "<Owner><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName>minio</DisplayName></Owner>";

/** One row of a listing: a key, or a prefix that stands for all keys with it. */
type Row =
  | { readonly kind: "key"; readonly key: string; readonly object: KeptVersion }
  | { readonly kind: "prefix"; readonly key: string };

interface Page {
  readonly rows: readonly Row[];
  /** The last row where more follow, else `null`. */
  readonly next: string | null;
}

/** Keys with their newest object, grouped, above `after`. */
function pageOf(bucket: LabBucket, call: S3Call, after: string, limit: number): Page {
  const prefix = call.query.get("prefix") ?? "";
  const delimiter = call.query.get("delimiter") ?? "";
  const rows: Row[] = [];
  let group = groupOf(after, prefix, delimiter);
  for (const key of keysAfter(bucket, after, prefix)) {
    if (group !== null && key.startsWith(group)) continue;
    const object = bucket.latest(key);
    if (object === null || object.bytes === null) continue;
    if (rows.length === limit) return { rows, next: rows.at(-1)?.key ?? null };
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) rows.push({ kind: "key", key, object });
    else {
      group = key.slice(0, end + delimiter.length);
      rows.push({ kind: "prefix", key: group });
    }
  }
  return { rows, next: null };
}

/** Keys with the prefix above `after`; from it on where that is `inclusive`. */
function* keysAfter(bucket: LabBucket, after: string, prefix: string, inclusive = false): Generator<string> {
  const within = byBytes(after, prefix) > 0;
  for (const key of bucket.keysFrom(
    within ? after : prefix,
    within ? inclusive : after !== prefix || inclusive || after === "",
  )) {
    if (!key.startsWith(prefix)) return;
    yield key;
  }
}

/** The group that a listing which goes on behind it has told already. */
function groupOf(after: string, prefix: string, delimiter: string): string | null {
  return delimiter !== "" && after.length > prefix.length && after.endsWith(delimiter) ? after : null;
}

function encoder({ query }: S3Call): (key: string) => string {
  const encoding = query.get("encoding-type") ?? "";
  if (encoding !== "" && encoding !== "url")
    throw new S3Problem("InvalidArgument", "Invalid Encoding Method specified in Request");
  return encoding === "url" ? encodeKey : (key) => key;
}

function rowsXml(rows: readonly Row[], encode: (key: string) => string, owner: boolean): string {
  const contents = rows.flatMap((row) => {
    if (row.kind === "prefix") return [];
    const { modifiedMs, etag, bytes } = row.object;
    return [
      `<Contents>${element("Key", encode(row.key))}${stamp(modifiedMs)}${tag(etag)}${element("Size", bytes?.length ?? 0)}${owner ? OWNER : ""}<StorageClass>STANDARD</StorageClass></Contents>`,
    ];
  });
  const prefixes = rows
    .filter(({ kind }) => kind === "prefix")
    .map(({ key }) => `<CommonPrefixes>${element("Prefix", encode(key))}</CommonPrefixes>`);
  return [...contents, ...prefixes].join("");
}

/** `GET /bucket?list-type=2`. */
export function listObjectsV2(bucket: LabBucket, call: S3Call): string {
  const { query } = call;
  const encode = encoder(call);
  const limit = countOf(call, "max-keys", "maxKeys", PAGE);
  const token = query.get("continuation-token");
  if (token === "") throw new S3Problem("InvalidArgument", "The continuation token provided is incorrect");
  const after = token === undefined ? (query.get("start-after") ?? "") : Buffer.from(token, "base64").toString("utf8");
  const { rows, next } = limit === 0 ? { rows: [], next: null } : pageOf(bucket, call, after, limit);
  return s3Document(
    "ListBucketResult",
    [
      element("Name", bucket.name),
      element("Prefix", encode(query.get("prefix") ?? "")),
      query.has("start-after") ? element("StartAfter", encode(query.get("start-after") ?? "")) : "",
      token === undefined ? "" : element("ContinuationToken", token),
      next === null ? "" : element("NextContinuationToken", Buffer.from(next).toString("base64")),
      element("KeyCount", rows.length),
      element("MaxKeys", limit),
      element("Delimiter", encode(query.get("delimiter") ?? "")),
      element("IsTruncated", next !== null),
      rowsXml(rows, encode, query.get("fetch-owner") === "true"),
      query.get("encoding-type") === "url" ? element("EncodingType", "url") : "",
    ].join(""),
  );
}

/** `GET /bucket`, the first version of listings. */
export function listObjectsV1(bucket: LabBucket, call: S3Call): string {
  const { query } = call;
  const encode = encoder(call);
  const limit = countOf(call, "max-keys", "maxKeys", PAGE);
  const { rows, next } =
    limit === 0 ? { rows: [], next: null } : pageOf(bucket, call, query.get("marker") ?? "", limit);
  return s3Document(
    "ListBucketResult",
    [
      element("Name", bucket.name),
      element("Prefix", encode(query.get("prefix") ?? "")),
      element("Marker", encode(query.get("marker") ?? "")),
      next === null ? "" : element("NextMarker", encode(next)),
      element("MaxKeys", limit),
      element("Delimiter", encode(query.get("delimiter") ?? "")),
      element("IsTruncated", next !== null),
      rowsXml(rows, encode, true),
      query.get("encoding-type") === "url" ? element("EncodingType", "url") : "",
    ].join(""),
  );
}

type VersionRow =
  | { readonly kind: "version"; readonly key: string; readonly version: KeptVersion; readonly latest: boolean }
  | { readonly kind: "prefix"; readonly key: string };

/** `GET /bucket?versions`: each key's versions and delete markers, newest first. */
export function listObjectVersions(bucket: LabBucket, call: S3Call): string {
  const { query } = call;
  const encode = encoder(call);
  const limit = countOf(call, "max-keys", "maxKeys", PAGE);
  const rows: VersionRow[] = [];
  let truncated = false;
  for (const row of limit === 0 ? [] : versionRows(bucket, call)) {
    truncated = rows.length === limit;
    if (truncated) break;
    rows.push(row);
  }
  const last = truncated ? rows.at(-1) : undefined;
  const next =
    last === undefined
      ? ""
      : element("NextKeyMarker", encode(last.key)) +
        element("NextVersionIdMarker", last.kind === "version" ? last.version.versionId : "");
  return s3Document(
    "ListVersionsResult",
    [
      element("Name", bucket.name),
      element("Prefix", encode(query.get("prefix") ?? "")),
      element("KeyMarker", encode(query.get("key-marker") ?? "")),
      element("VersionIdMarker", query.get("version-id-marker") ?? ""),
      next,
      element("MaxKeys", limit),
      element("Delimiter", encode(query.get("delimiter") ?? "")),
      element("IsTruncated", truncated),
      rows.map((row) => versionXml(row, encode)).join(""),
      query.get("encoding-type") === "url" ? element("EncodingType", "url") : "",
    ].join(""),
  );
}

function* versionRows(bucket: LabBucket, { query }: S3Call): Generator<VersionRow> {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const marker = query.get("key-marker") ?? "";
  const versionMarker = query.get("version-id-marker") ?? "";
  if (versionMarker !== "" && marker === "")
    throw new S3Problem("InvalidArgument", "A version-id marker cannot be specified without a key marker.");
  let group = groupOf(marker, prefix, delimiter);
  const within = marker !== "" && versionMarker !== "";
  for (const key of keysAfter(bucket, marker, prefix, within)) {
    if (group !== null && key.startsWith(group)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end >= 0) {
      group = key.slice(0, end + delimiter.length);
      yield { kind: "prefix", key: group };
      continue;
    }
    const versions = bucket.versionsOf(key);
    const begun = within && key === marker ? versions.findIndex((each) => each.versionId === versionMarker) + 1 : 0;
    for (const [at, version] of versions.entries())
      if (at >= begun) yield { kind: "version", key, version, latest: at === 0 };
  }
}

function versionXml(row: VersionRow, encode: (key: string) => string): string {
  if (row.kind === "prefix") return `<CommonPrefixes>${element("Prefix", encode(row.key))}</CommonPrefixes>`;
  const { bytes, etag, modifiedMs, versionId } = row.version;
  const head = element("Key", encode(row.key)) + stamp(modifiedMs);
  const tail = `${OWNER}${element("IsLatest", row.latest)}${element("VersionId", versionId)}`;
  if (bytes === null) return `<DeleteMarker>${head}${tail}</DeleteMarker>`;
  const size = element("Size", bytes.length);
  return `<Version>${head}${tag(etag)}${size}<StorageClass>STANDARD</StorageClass>${tail}</Version>`;
}

function stamp(atMs: number): string {
  return element("LastModified", new Date(atMs).toISOString());
}

function tag(etag: string): string {
  return `<ETag>${xmlText(`"${etag}"`)}</ETag>`;
}
