import { createHash } from "node:crypto";
import type { BucketSet, KeptUpload } from "./bucket-set.ts";
import type { LabBucket } from "./lab-bucket.ts";
import { contentTypeOf, copySource, rangeOf, requireWritable, versionHeader } from "./object-calls.ts";
import { countOf, header, type S3Call } from "./s3-call.ts";
import { S3Problem } from "./s3-problem.ts";
import { emptyReply, type S3Reply, xmlReply } from "./s3-reply.ts";
import { element, elementsOf, s3Document, textOf, xmlText } from "./s3-xml.ts";

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;
const PEOPLE = ["Initiator", "Owner"]
  .map(
    (role) =>
      `<${role}><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName></DisplayName></${role}>`,
  )
  .join("");

/** `POST ?uploads`. */
export function beginUpload(buckets: BucketSet, bucket: LabBucket, call: S3Call): S3Reply {
  requireWritable(bucket, call);
  const { uploadId } = buckets.beginUpload(
    bucket.name,
    call.key,
    contentTypeOf(call).contentType ?? "binary/octet-stream",
  );
  return xmlReply(
    s3Document(
      "InitiateMultipartUploadResult",
      element("Bucket", bucket.name) + element("Key", call.key) + element("UploadId", uploadId),
    ),
  );
}

function uploadOf(buckets: BucketSet, { bucket, key, query }: S3Call): KeptUpload {
  return buckets.upload(bucket, key, query.get("uploadId") ?? "");
}

/** `PUT ?partNumber=&uploadId=`, of bytes or of a range of another object. */
export async function putPart(buckets: BucketSet, call: S3Call): Promise<S3Reply> {
  const number = Number(call.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER)
    throw new S3Problem("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
  if (header(call, "x-amz-copy-source") === undefined) {
    const bytes = await call.body();
    const part = buckets.putPart(uploadOf(buckets, call), number, bytes);
    return { status: 200, headers: { ETag: `"${part.etag}"` }, body: "" };
  }
  const { found } = copySource(buckets, call);
  const range = rangeOf(header(call, "x-amz-copy-source-range"), found.bytes.length);
  const bytes = range === null ? found.bytes : Buffer.from(found.bytes.subarray(range.start, range.end));
  const { etag, modifiedMs } = buckets.putPart(uploadOf(buckets, call), number, bytes);
  const stamp = element("LastModified", new Date(modifiedMs).toISOString());
  return xmlReply(s3Document("CopyPartResult", `${stamp}<ETag>${xmlText(`"${etag}"`)}</ETag>`));
}

/** `GET ?uploadId=`. */
export function listParts(buckets: BucketSet, call: S3Call): S3Reply {
  const upload = uploadOf(buckets, call);
  const limit = countOf(call, "max-parts", "max-parts", 1_000);
  const after = Number(call.query.get("part-number-marker") ?? "0") || 0;
  const all = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const shown = all.slice(0, limit);
  const parts = shown.map(
    ([number, { etag, bytes, modifiedMs }]) =>
      `<Part>${element("PartNumber", number)}${element("LastModified", new Date(modifiedMs).toISOString())}<ETag>${xmlText(`"${etag}"`)}</ETag>${element("Size", bytes.length)}</Part>`,
  );
  return xmlReply(
    s3Document(
      "ListPartsResult",
      [
        element("Bucket", upload.bucket),
        element("Key", upload.key),
        element("UploadId", upload.uploadId),
        PEOPLE,
        element("StorageClass", "STANDARD"),
        element("PartNumberMarker", after),
        element("NextPartNumberMarker", shown.at(-1)?.[0] ?? 0),
        element("MaxParts", limit),
        element("IsTruncated", shown.length < all.length),
        ...parts,
      ].join(""),
    ),
  );
}

/** `GET ?uploads`. */
export function listUploads(buckets: BucketSet, bucket: LabBucket, call: S3Call): S3Reply {
  const prefix = call.query.get("prefix") ?? "";
  const limit = countOf(call, "max-uploads", "maxUploads", 1_000);
  const uploads = buckets
    .uploads(bucket.name)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) =>
      a.key === b.key ? a.startedMs - b.startedMs : Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
    );
  const shown = uploads.slice(0, limit);
  return xmlReply(
    s3Document(
      "ListMultipartUploadsResult",
      [
        element("Bucket", bucket.name),
        "<KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker><NextKeyMarker></NextKeyMarker><NextUploadIdMarker></NextUploadIdMarker>",
        element("Delimiter", ""),
        element("Prefix", prefix),
        element("MaxUploads", limit),
        element("IsTruncated", shown.length < uploads.length),
        ...shown.map(
          ({ key, uploadId, startedMs }) =>
            `<Upload>${element("Key", key)}${element("UploadId", uploadId)}${PEOPLE}<StorageClass></StorageClass>${element("Initiated", new Date(startedMs).toISOString())}</Upload>`,
        ),
      ].join(""),
    ),
  );
}

/** `POST ?uploadId=`: the object is there when this is answered. */
export async function completeUpload(buckets: BucketSet, bucket: LabBucket, call: S3Call): Promise<S3Reply> {
  const xml = (await call.body()).toString("utf8");
  const upload = uploadOf(buckets, call);
  const asked = elementsOf(xml, "Part").map((part) => ({
    number: Number(textOf(part, "PartNumber")),
    etag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
  }));
  if (asked.length === 0) throw new S3Problem("MalformedXML");
  const parts = asked.map(({ number, etag }, at) => {
    if (at > 0 && number <= (asked[at - 1]?.number ?? 0)) throw new S3Problem("InvalidPartOrder");
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== etag) throw new S3Problem("InvalidPart");
    if (at < asked.length - 1 && part.bytes.length < MIN_PART_BYTES) throw new S3Problem("EntityTooSmall");
    return part;
  });
  requireWritable(bucket, call);
  const digests = parts.map(({ etag }) => Buffer.from(etag, "hex"));
  const etag = `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}`;
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  buckets.forgetUpload(upload);
  const version = bucket.put(call.key, { bytes, etag, contentType: upload.contentType });
  const reply = xmlReply(
    s3Document(
      "CompleteMultipartUploadResult",
      [
        element("Location", `http://${header(call, "host") ?? ""}/${bucket.name}/${call.key}`),
        element("Bucket", bucket.name),
        element("Key", call.key),
        `<ETag>${xmlText(`"${etag}"`)}</ETag>`,
      ].join(""),
    ),
  );
  return { ...reply, headers: { ...reply.headers, ETag: `"${etag}"`, ...versionHeader(bucket, version) } };
}

/** `DELETE ?uploadId=`. */
export function abortUpload(buckets: BucketSet, call: S3Call): S3Reply {
  buckets.forgetUpload(uploadOf(buckets, call));
  return emptyReply(204);
}
