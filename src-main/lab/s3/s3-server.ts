import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Clock } from "../../core/common/clock.ts";
import { listenOnLoopback, type Listening } from "../http/listen.ts";
import { answerSetting, listBuckets, settingOf } from "./bucket-calls.ts";
import type { BucketSet } from "./bucket-set.ts";
import { readCallBody } from "./call-body.ts";
import type { LabBucket } from "./lab-bucket.ts";
import { listObjectsV1, listObjectsV2, listObjectVersions } from "./listing.ts";
import { minioPage } from "./minio-pages.ts";
import { copyObject, deleteObject, deleteObjects, putObject, readObject } from "./object-calls.ts";
import { decodePath, header, parseQuery, type S3Call } from "./s3-call.ts";
import type { LabS3Keys } from "./s3-keys.ts";
import { S3Problem } from "./s3-problem.ts";
import { emptyReply, type S3Reply, xmlReply } from "./s3-reply.ts";
import { element } from "./s3-xml.ts";
import { verifySignature } from "./signature.ts";
import { abortUpload, beginUpload, completeUpload, listParts, listUploads, putPart } from "./upload-calls.ts";

/** What every answer of MinIO has in its head. */
const COMMON = {
  "Accept-Ranges": "bytes",
  Server: "MinIO",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  Vary: "Origin, Accept-Encoding",
  "X-Content-Type-Options": "nosniff",
  "X-Xss-Protection": "1; mode=block",
};
const HOST_ID = "dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8";
const SLOW_MS = 1_500;

export interface S3ServerParts {
  readonly buckets: BucketSet;
  readonly keys: LabS3Keys;
  readonly clock: Clock;
  /** Waits until a bucket has what it should have by now. */
  readonly settle: (bucket: string) => Promise<void>;
  readonly state: () => "well" | "slow" | "down";
}

/** The lab's MinIO: S3 with versions, in memory, and MinIO's own health pages and metrics. */
export class S3Server {
  readonly #parts: S3ServerParts;
  #requests = 0;

  constructor(parts: S3ServerParts) {
    this.#parts = parts;
  }

  /** A server on loopback; port 0 takes a free one. All of them answer from the same buckets. */
  start(port: number): Promise<Listening> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    return listenOnLoopback(server, port);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1;
    const requestId = (0x18e_a000_0000_0000n + BigInt(this.#requests)).toString(16).toUpperCase();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    try {
      const reply = await this.#answer(request, requestId);
      this.#write(request, response, requestId, reply);
    } catch (error) {
      if (!(error instanceof S3Problem)) throw error;
      const closing = request.complete ? {} : { Connection: "close" };
      this.#write(request, response, requestId, problemReply(error, path, requestId), closing);
      // What is left of a body that was refused is read and thrown away, else its sender would see a reset.
      request.resume();
    }
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<S3Reply> {
    const [rawPath = "/", search = ""] = (request.url ?? "/").split("?", 2);
    const query = parseQuery(search);
    const { buckets, keys, clock, state } = this.#parts;
    const page = minioPage(rawPath, query, buckets, state() === "down");
    if (page !== null) return page;
    const [, bucket = "", ...rest] = rawPath.split("/");
    const key = decodePath(rest.join("/"));
    const method = request.method ?? "GET";
    const call: S3Call = {
      method,
      rawPath,
      query,
      headers: request.headers,
      bucket: decodePath(bucket),
      key,
      requestId,
      body: () => readCallBody(request, call, signed),
    };
    const signed = verifySignature(call, keys, clock.nowMs());
    if (state() === "slow") await clock.sleep(SLOW_MS);
    if (state() === "down")
      throw new S3Problem(method === "GET" || method === "HEAD" ? "SlowDownRead" : "SlowDownWrite");
    if (call.bucket === "") return listBuckets(buckets);
    return key === "" ? this.#bucket(call) : this.#object(call);
  }

  async #bucket(call: S3Call): Promise<S3Reply> {
    const { buckets, settle } = this.#parts;
    const { query, method } = call;
    const setting = settingOf(call);
    if (method === "PUT" && setting === null) return this.#create(call);
    const bucket = buckets.get(call.bucket);
    if (setting !== null) return answerSetting(bucket, setting, call);
    if (method === "HEAD") return emptyReply(200);
    await settle(bucket.name);
    if (method === "DELETE") {
      buckets.delete(call.bucket);
      return emptyReply(204);
    }
    if (method === "POST" && query.has("delete")) return deleteObjects(bucket, call);
    if (method !== "GET") throw new S3Problem("MethodNotAllowed");
    if (query.has("uploads")) return listUploads(buckets, bucket, call);
    if (query.has("versions")) return xmlReply(listObjectVersions(bucket, call));
    return xmlReply(query.get("list-type") === "2" ? listObjectsV2(bucket, call) : listObjectsV1(bucket, call));
  }

  #create(call: S3Call): S3Reply {
    this.#parts.buckets.create(call.bucket);
    return { status: 200, headers: { Location: `/${call.bucket}` }, body: "" };
  }

  async #object(call: S3Call): Promise<S3Reply> {
    const { buckets, settle } = this.#parts;
    const bucket = buckets.get(call.bucket);
    await settle(bucket.name);
    const upload = call.query.has("uploadId");
    switch (call.method) {
      case "GET":
        return upload ? listParts(buckets, call) : readObject(bucket, call);
      case "HEAD":
        return readObject(bucket, call);
      case "PUT":
        return this.#put(bucket, call, upload);
      case "POST":
        if (call.query.has("uploads")) return beginUpload(buckets, bucket, call);
        if (upload) return completeUpload(buckets, bucket, call);
        throw new S3Problem("NotImplemented");
      case "DELETE":
        return upload ? abortUpload(buckets, call) : deleteObject(bucket, call);
      default:
        throw new S3Problem("MethodNotAllowed");
    }
  }

  async #put(bucket: LabBucket, call: S3Call, upload: boolean): Promise<S3Reply> {
    if (upload) return putPart(this.#parts.buckets, call);
    if (header(call, "x-amz-copy-source") !== undefined) return copyObject(this.#parts.buckets, bucket, call);
    return putObject(bucket, call);
  }

  #write(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    { status, headers, body }: S3Reply,
    more: Readonly<Record<string, string>> = {},
  ): void {
    if (response.destroyed) return;
    const length = status === 204 || status === 304 ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    response.writeHead(status, {
      ...COMMON,
      "X-Amz-Request-Id": requestId,
      "X-Amz-Id-2": HOST_ID,
      ...headers,
      ...length,
      ...more,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}

/** S3's error; a `HEAD` is told by headers, as it has no body. */
function problemReply({ code, message, status, headers }: S3Problem, rawPath: string, requestId: string): S3Reply {
  const resource = decodedOr(rawPath);
  const [, bucket = "", ...rest] = resource.split("/");
  const key = rest.join("/");
  const xml = [
    element("Code", code),
    element("Message", message),
    key === "" ? "" : element("Key", key),
    bucket === "" ? "" : element("BucketName", bucket),
    element("Resource", resource),
    element("RequestId", requestId),
    element("HostId", HOST_ID),
  ].join("");
  return {
    status,
    headers: {
      "Content-Type": "application/xml",
      "X-Minio-Error-Code": code,
      "X-Minio-Error-Desc": `"${message}"`,
      ...(status === 503 ? { "Retry-After": "1" } : {}),
      ...headers,
    },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml}</Error>`,
  };
}

function decodedOr(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // It is only told back, and refused for another reason.
    return path;
  }
}
