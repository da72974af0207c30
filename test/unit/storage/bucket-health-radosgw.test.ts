import * as sdk from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { readMinio } from "../../../src-main/core/storage/bucket-health/read-minio.ts";
import { S3BucketSettings } from "../../../src-main/core/storage/bucket-health/s3-bucket-settings.ts";
import { openS3Requests } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { minioNode, readSamples } from "../../builders/minio-node.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";
const never = new AbortController().signal;

describe.skipIf(leftOut)(
  `settings of buckets of radosgw${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`,
  () => {
    let gateway: Radosgw;
    let client: sdk.S3Client;

    beforeAll(async () => {
      gateway = await startRadosgw();
      const { endpoint, accessKeyId, secretAccessKey } = gateway;
      client = new sdk.S3Client({
        endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey },
        requestChecksumCalculation: "WHEN_REQUIRED",
      });
      await client.send(new sdk.CreateBucketCommand({ Bucket: "plain" }));
      await client.send(new sdk.CreateBucketCommand({ Bucket: "locked", ObjectLockEnabledForBucket: true }));
    }, 120_000);

    afterAll(async () => {
      client?.destroy();
      await gateway?.[Symbol.asyncDispose]();
    });

    async function settingsOf(bucket: string) {
      const { endpoint, accessKeyId, secretAccessKey } = gateway;
      const credentials = async () => await Promise.resolve({ accessKeyId, secretAccessKey });
      const requests = await openS3Requests({ bucket, endpoint, credentials, clock: systemClock });
      try {
        return await new S3BucketSettings(requests).read(never);
      } finally {
        requests.client.destroy();
      }
    }

    it("of a new bucket are off and absent", async () => {
      expect(await settingsOf("plain")).toEqual({
        versioning: { state: "told", value: "off" },
        objectLock: { state: "absent" },
        lifecycle: { state: "absent" },
        replication: { state: "told", value: [] },
        encryption: { state: "unsupported" },
      });
    });

    it("come back as they were put", async () => {
      await client.send(
        new sdk.PutBucketLifecycleConfigurationCommand({
          Bucket: "locked",
          LifecycleConfiguration: {
            Rules: [
              {
                ID: "tidy",
                Status: "Enabled",
                Filter: { Prefix: "acme/" },
                Expiration: { Days: 30 },
                NoncurrentVersionExpiration: { NoncurrentDays: 7 },
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
              },
            ],
          },
        }),
      );
      await client.send(
        new sdk.PutObjectLockConfigurationCommand({
          Bucket: "locked",
          ObjectLockConfiguration: {
            ObjectLockEnabled: "Enabled",
            Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 9 } },
          },
        }),
      );
      expect(await settingsOf("locked")).toMatchObject({
        versioning: { state: "told", value: "enabled" },
        objectLock: { state: "told", value: { mode: "governance", days: 9 } },
        lifecycle: {
          state: "told",
          value: [{ id: "tidy", prefix: "acme/", expirationDays: 30, noncurrentDays: 7, abortMultipartDays: 2 }],
        },
      });
    });

    it("of a bucket that is not there reject", async () => {
      await expect(settingsOf("nowhere")).rejects.toSatisfy((error) => hasCode(error, "storage.bucket-unknown"));
    });

    it("come without a health of MinIO's, which radosgw does not tell", async () => {
      const health = await readMinio(
        [minioNode(gateway.endpoint)],
        ["plain"],
        { readSamples, clock: systemClock },
        never,
      );
      expect(health.generations).toEqual([]);
      expect(health.probes.live.state).toBe("unsupported");
      expect(health.capacity.usableFreeBytes).toBeNull();
    });
  },
);
