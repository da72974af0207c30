import type { BucketSet } from "./bucket-set.ts";
import type { LabBucket } from "./lab-bucket.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Problem, type S3ProblemCode } from "./s3-problem.ts";
import { emptyReply, type S3Reply, xmlReply } from "./s3-reply.ts";
import { element, s3Document, textOf } from "./s3-xml.ts";

const MAX_SETTING_BYTES = 64 * 1024;

/** Settings that are kept as they were put, and what is said where there is none. */
const SETTINGS: Readonly<Record<string, S3ProblemCode>> = {
  cors: "NoSuchCORSConfiguration",
  encryption: "ServerSideEncryptionConfigurationNotFoundError",
  lifecycle: "NoSuchLifecycleConfiguration",
  "object-lock": "ObjectLockConfigurationNotFoundError",
  policy: "NoSuchBucketPolicy",
  replication: "ReplicationConfigurationNotFoundError",
  tagging: "NoSuchTagSet",
};
/** Settings that every bucket answers, and nobody can change here. */
const FIXED: Readonly<Record<string, () => string>> = {
  accelerate: () => s3Document("AccelerateConfiguration", ""),
  acl: () =>
    s3Document(
      "AccessControlPolicy",
      `<Owner><ID></ID><DisplayName></DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><Type>CanonicalUser</Type></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>`,
    ),
  location: () => s3Document("LocationConstraint", ""),
  logging: () => s3Document("BucketLoggingStatus", ""),
  notification: () => s3Document("NotificationConfiguration", ""),
  requestPayment: () => s3Document("RequestPaymentConfiguration", element("Payer", "BucketOwner")),
};

/** `GET /`. */
export function listBuckets(buckets: BucketSet): S3Reply {
  const rows = buckets
    .list()
    .map(
      ({ name, createdMs }) =>
        `<Bucket>${element("Name", name)}${element("CreationDate", new Date(createdMs).toISOString())}</Bucket>`,
    );
  const owner =
    "<Owner><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName>minio</DisplayName></Owner>";
  return xmlReply(s3Document("ListAllMyBucketsResult", `${owner}<Buckets>${rows.join("")}</Buckets>`));
}

/** The setting that a request names in its query; `null` where it names none. */
export function settingOf({ query }: S3Call): string | null {
  for (const name of query.keys()) if (name === "versioning" || name in SETTINGS || name in FIXED) return name;
  return null;
}

/** `GET`, `PUT` and `DELETE` of one of a bucket's settings. */
export async function answerSetting(bucket: LabBucket, setting: string, call: S3Call): Promise<S3Reply> {
  switch (call.method) {
    case "GET":
      return readSetting(bucket, setting);
    case "PUT":
      return writeSetting(bucket, setting, await call.body());
    case "DELETE":
      if (!(setting in SETTINGS)) throw new S3Problem("MethodNotAllowed");
      bucket.settings.delete(setting);
      return emptyReply(204);
    default:
      throw new S3Problem("MethodNotAllowed");
  }
}

function readSetting(bucket: LabBucket, setting: string): S3Reply {
  if (setting === "versioning") {
    const status = bucket.versioning === null ? "" : element("Status", bucket.versioning);
    return xmlReply(s3Document("VersioningConfiguration", status));
  }
  const fixed = FIXED[setting];
  if (fixed !== undefined) return xmlReply(fixed());
  const kept = bucket.settings.get(setting);
  if (kept === undefined) throw new S3Problem(SETTINGS[setting] ?? "NotImplemented");
  return {
    status: 200,
    headers: { "Content-Type": setting === "policy" ? "application/json" : "application/xml" },
    body: kept,
  };
}

function writeSetting(bucket: LabBucket, setting: string, body: Buffer): S3Reply {
  const text = body.toString("utf8");
  if (setting === "versioning") {
    const status = textOf(text, "Status");
    if (status !== "Enabled" && status !== "Suspended") throw new S3Problem("MalformedXML");
    bucket.versioning = status;
    return emptyReply(200);
  }
  if (!(setting in SETTINGS)) throw new S3Problem("NotImplemented");
  if (text === "" || body.length > MAX_SETTING_BYTES) throw new S3Problem("MalformedXML");
  bucket.settings.set(setting, text);
  return emptyReply(setting === "policy" ? 204 : 200);
}
