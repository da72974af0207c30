import { createHash, createHmac } from "node:crypto";
import {
  DeleteBucketLifecycleCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { byBytes } from "../../../src-main/lab/s3/key-order.ts";
import { encodeKey, plainText, xmlText } from "../../../src-main/lab/s3/s3-xml.ts";
import { type LabS3, startLabS3 } from "../../builders/lab-s3.ts";

let lab: LabS3;
let client: S3Client;

beforeAll(async () => {
  lab = await startLabS3();
  const credentials = lab.keys.loki;
  client = new S3Client({ endpoint: lab.url, region: "us-east-1", forcePathStyle: true, credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client?.destroy();
  await lab?.[Symbol.asyncDispose]();
});

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A put in signed chunks, as SDKs of other languages send it; signed by the words of S3's documentation. */
async function putInChunks(key: string, pieces: readonly string[], spoil = ""): Promise<Response> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const signing = [date.slice(0, 8), "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${lab.keys.root.secretAccessKey}`,
  );
  const payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  const length = pieces.join("").length;
  const names = "host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length";
  const host = new URL(lab.url).host;
  const request = `PUT\n/loki-scratch/${key}\n\nhost:${host}\nx-amz-content-sha256:${payload}\nx-amz-date:${date}\nx-amz-decoded-content-length:${length}\n\n${names}\n${payload}`;
  let signature = hmac(signing, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(request)}`).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${lab.keys.root.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const chunks = [...pieces, ""].map((piece) => {
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${date}\n${scope}\n${signature}\n${sha256("")}\n${sha256(piece)}`;
    signature = hmac(signing, text).toString("hex");
    return `${piece.length.toString(16)};chunk-signature=${signature}\r\n${spoil === "" ? piece : piece.replace("a", spoil)}\r\n`;
  });
  return await fetch(`${lab.url}/loki-scratch/${key}`, {
    method: "PUT",
    headers: {
      Authorization: authorization,
      "x-amz-date": date,
      "x-amz-content-sha256": payload,
      "x-amz-decoded-content-length": String(length),
      "content-encoding": "aws-chunked",
    },
    body: chunks.join(""),
  });
}

describe("the lab's S3, asked by strangers", () => {
  it("takes bodies in signed chunks, and none whose chunk was changed on its way", async () => {
    expect((await putInChunks("chunked", ["aaa", "bcd"])).status).toBe(200);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "loki-scratch", Key: "chunked" }));
    expect(await Body?.transformToString()).toBe("aaabcd");
    const spoilt = await putInChunks("spoilt", ["aaa"], "x");
    expect([spoilt.status, await spoilt.text()]).toEqual([403, expect.stringContaining("SignatureDoesNotMatch")]);
  });

  it("refuses a body that is not the one its checksum was made of", async () => {
    const put = (more: object) =>
      client.send(new PutObjectCommand({ Bucket: "loki-scratch", Key: "sum", Body: "hello", ...more }));
    await expect(put({ ContentMD5: "eV8yArF8trw9S3cdjGyerw==" })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(put({ ChecksumSHA256: Buffer.alloc(32).toString("base64") })).rejects.toMatchObject({
      name: "XAmzContentChecksumMismatch",
    });
    await expect(put({ ChecksumCRC32C: "mnG7TA==" })).resolves.toMatchObject({ ETag: expect.any(String) });
  });

  it("deletes many at once, and tells which", async () => {
    const keys = ["many/1", "many/2 & <3>"];
    for (const Key of keys) {
      // oxlint-disable-next-line no-await-in-loop -- two objects
      await client.send(new PutObjectCommand({ Bucket: "loki-chunks", Key, Body: "x" }));
    }
    const Objects = [...keys, "many/none"].map((Key) => ({ Key }));
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: "loki-chunks", Delete: { Objects } }));
    expect(answer.Deleted?.map(({ Key, DeleteMarker }) => [Key, DeleteMarker])).toEqual(
      Objects.map(({ Key }) => [Key, true]),
    );
    const listed = await client.send(new ListObjectsCommand({ Bucket: "loki-chunks", Prefix: "many/" }));
    expect(listed.Contents ?? []).toEqual([]);
  });

  it("keeps the settings that it is given and has none of its own", async () => {
    const Bucket = "loki-scratch";
    const rule = { ID: "old", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 3 } } as const;
    const LifecycleConfiguration = { Rules: [rule] };
    const read = () => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(read()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    expect((await read()).Rules).toMatchObject([rule]);
    await client.send(new DeleteBucketLifecycleCommand({ Bucket }));
    await expect(read()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    await expect(client.send(new GetBucketReplicationCommand({ Bucket }))).rejects.toMatchObject({
      name: "ReplicationConfigurationNotFoundError",
    });
    await expect(client.send(new GetBucketEncryptionCommand({ Bucket }))).rejects.toMatchObject({
      name: "ServerSideEncryptionConfigurationNotFoundError",
    });
    expect(await client.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({
      $metadata: { httpStatusCode: 200 },
    });
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["loki-chunks", "loki-chunks-dr", "loki-scratch"]);
  });

  it("writes over the one version without an id where versions are suspended, and leaves the others", async () => {
    const Bucket = "loki-chunks";
    const put = async (Body: string) =>
      (await client.send(new PutObjectCommand({ Bucket, Key: "suspended", Body }))).VersionId ?? "";
    const first = await put("first");
    const status = (Status: "Suspended" | "Enabled") =>
      client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    await status("Suspended");
    expect([await put("second"), await put("third")]).toEqual(["null", "null"]);
    await status("Enabled");
    const versions = lab.buckets.get(Bucket).versionsOf("suspended");
    expect(versions.map(({ versionId, bytes }) => [versionId, bytes?.toString()])).toEqual([
      ["null", "third"],
      [first, "first"],
    ]);
  });

  it("answers what it does not understand with S3's errors, not with silence", async () => {
    const range = (Range: string) =>
      client.send(new GetObjectCommand({ Bucket: "loki-scratch", Key: "chunked", Range }));
    await expect(range("bytes=900-")).rejects.toMatchObject({ name: "InvalidRange" });
    expect((await range("bytes=1-0")).ContentLength).toBe(6);
    const odd = await fetch(`${lab.url}/loki-scratch/%ff`);
    expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining("<Code>InvalidArgument</Code>")]);
    expect((await fetch(`${lab.url}/minio/admin/v3/info`)).status).toBe(403);
  });
});

describe("names in the lab's S3", () => {
  it("are ordered by their UTF-8 bytes, whatever the characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 8 }), fc.string({ unit: "binary", maxLength: 8 }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(byBytes(a, b))).toBe(expected);
      }),
    );
  });

  it("come back whole from XML and from the encoding of listings", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeURIComponent(encodeKey(text).replaceAll("+", " "))).toBe(text.toWellFormed());
        const visible = text.replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
        expect(plainText(xmlText(visible))).toBe(visible);
      }),
    );
  });
});
