import { describe, expect, it } from "vitest";
import { S3BucketSettings } from "../../../src-main/core/storage/bucket-health/s3-bucket-settings.ts";
import { openS3Requests } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { recordedAnswer, serveMinio } from "../../builders/minio-node.ts";
import { httpAnswer } from "../../builders/scripted-server.ts";

const never = new AbortController().signal;
const clock = { nowMs: () => 0, sleep: async () => {}, after: () => () => {} };
const credentials = async () => await Promise.resolve({ accessKeyId: "key", secretAccessKey: "secret" });

async function readSettings(answers: Readonly<Record<string, Buffer | string>>, signal = never) {
  const paths = Object.entries(answers).map(([name, answer]) => [`/chunks/?${name}=`, answer] as const);
  await using server = await serveMinio(Object.fromEntries(paths));
  const requests = await openS3Requests({
    bucket: "chunks",
    endpoint: server.url,
    credentials,
    clock,
    attempts: 1,
    connectTimeoutMs: 5_000,
  });
  try {
    return await new S3BucketSettings(requests).read(signal);
  } finally {
    requests.client.destroy();
  }
}

const xml = (status: number, body: string) =>
  httpAnswer(status, { "content-type": "application/xml" }, `<?xml version="1.0" encoding="UTF-8"?>${body}`);
const refusal = (status: number, code: string) =>
  xml(status, `<Error><Code>${code}</Code><Message>no</Message></Error>`);

describe("settings of a bucket by the S3 API", () => {
  it("of a MinIO of 2019 that answers some with nothing and some with a listing are unsupported, not absent", async () => {
    const settings = await readSettings({
      versioning: recordedAnswer("2019-bucket-versioning"),
      lifecycle: recordedAnswer("2019-bucket-lifecycle"),
      "object-lock": recordedAnswer("2019-bucket-object-lock"),
      encryption: recordedAnswer("2019-bucket-encryption"),
      replication: refusal(501, "NotImplemented"),
    });
    expect(settings).toEqual({
      versioning: { state: "told", value: "off" },
      objectLock: { state: "unsupported" },
      lifecycle: { state: "unsupported" },
      replication: { state: "unsupported" },
      encryption: { state: "unsupported" },
    });
  });

  it("are read with every part of a lifecycle rule, wherever its prefix stands", async () => {
    const settings = await readSettings({
      versioning: xml(200, "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
      lifecycle: xml(
        200,
        `<LifecycleConfiguration>
          <Rule><ID>old</ID><Prefix>a/</Prefix><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>
          <Rule><ID>new</ID><Filter><Prefix>b/</Prefix></Filter><Status>Disabled</Status>
            <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>
            <NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>
            <AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
          <Rule><ID>and</ID><Filter><And><Prefix>c/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>10</ObjectSizeGreaterThan></And></Filter>
            <Status>Enabled</Status><Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration></Rule>
          <Rule><ID>all</ID><Status>Enabled</Status><Expiration><Days>0</Days></Expiration></Rule>
        </LifecycleConfiguration>`,
      ),
      "object-lock": xml(
        200,
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>2</Years></DefaultRetention></Rule></ObjectLockConfiguration>",
      ),
      replication: xml(
        200,
        "<ReplicationConfiguration><Role></Role><Rule><ID>dr</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::copy</Bucket></Destination></Rule></ReplicationConfiguration>",
      ),
      encryption: xml(
        200,
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
      ),
    });
    const empty = {
      enabled: true,
      tagged: false,
      largerThanBytes: null,
      smallerThanBytes: null,
      expirationDays: null,
      expirationDateMs: null,
      expiredDeleteMarker: false,
      noncurrentDays: null,
      noncurrentKept: null,
      abortMultipartDays: null,
    };
    expect(settings.versioning).toEqual({ state: "told", value: "suspended" });
    expect(settings.lifecycle).toEqual({
      state: "told",
      value: [
        { ...empty, id: "old", prefix: "a/", expirationDays: 30 },
        {
          ...empty,
          id: "new",
          prefix: "b/",
          enabled: false,
          expiredDeleteMarker: true,
          noncurrentDays: 7,
          noncurrentKept: 2,
          abortMultipartDays: 3,
        },
        {
          ...empty,
          id: "and",
          prefix: "c/",
          tagged: true,
          largerThanBytes: 10,
          expirationDateMs: Date.UTC(2030, 0, 1),
        },
        { ...empty, id: "all", prefix: "" },
      ],
    });
    expect(settings.objectLock).toEqual({ state: "told", value: { mode: "compliance", days: 730 } });
    expect(settings.replication).toEqual({
      state: "told",
      value: [{ id: "dr", enabled: true, prefix: "", destination: "arn:aws:s3:::copy", deleteMarkers: true }],
    });
    expect(settings.encryption).toEqual({ state: "told", value: ["aws:kms"] });
  });

  it("are absent where the store says so, and unknown with the reason where they are refused", async () => {
    const settings = await readSettings({
      versioning: refusal(403, "AccessDenied"),
      lifecycle: refusal(404, "NoSuchLifecycleConfiguration"),
      "object-lock": refusal(404, "ObjectLockConfigurationNotFoundError"),
      replication: refusal(405, "MethodNotAllowed"),
      encryption: refusal(404, "NotFound"),
    });
    expect(settings).toEqual({
      versioning: { state: "unknown", code: "storage.forbidden" },
      objectLock: { state: "absent" },
      lifecycle: { state: "absent" },
      replication: { state: "unsupported" },
      encryption: { state: "unknown", code: "storage.not-found" },
    });
  });

  it("reject where there is no such bucket, and with the signal", async () => {
    const nowhere = refusal(404, "NoSuchBucket");
    const reading = readSettings({ versioning: nowhere, lifecycle: nowhere });
    await expect(reading).rejects.toSatisfy((error) => hasCode(error, "storage.bucket-unknown"));
    const cancelled = readSettings({}, AbortSignal.abort());
    await expect(cancelled).rejects.toSatisfy((error) => hasCode(error, "request.cancelled"));
  });
});
