import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { minioNodes } from "../../../src-main/core/storage/bucket-state/minio-nodes.ts";
import { BucketStatesService } from "../../../src-main/core/storage/bucket-state/bucket-states.service.ts";
import { openBuckets } from "../../../src-main/core/storage/stores/open-buckets.ts";
import type { OpenedStore } from "../../../src-main/core/storage/stores/opened-store.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { readSamples } from "../../builders/minio-node.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { openS3Requests } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { httpAnswer, ScriptedServer } from "../../builders/scripted-server.ts";

const never = new AbortController().signal;
const SECRET = "a-secret-of-minio";
const heads: string[] = [];
let server: ScriptedServer;

beforeEach(async () => {
  heads.length = 0;
  server = await ScriptedServer.start((socket, head) => {
    heads.push(head);
    const bearer = /authorization: Bearer (\S+)/i.exec(head)?.[1] ?? "";
    const [header = "", claims = "", signature = ""] = bearer.split(".");
    const right = createHmac("sha512", SECRET).update(`${header}.${claims}`).digest("base64url") === signature;
    const metrics = httpAnswer(200, { "content-type": "text/plain" }, "minio_cluster_nodes_online_total 1\n");
    if (head.startsWith("GET /minio/health")) socket.end(httpAnswer(200, {}, ""));
    else socket.end(right ? metrics : httpAnswer(403, { "content-type": "application/xml" }, "<Error/>"));
  });
});
afterEach(() => server[Symbol.asyncDispose]());

it("metrics that want a token get one of the store's own keys, and no secret leaves", async () => {
  const requests = await openS3Requests({
    bucket: "chunks",
    endpoint: server.url,
    credentials: async () => ({ accessKeyId: "loki", secretAccessKey: SECRET }),
    clock: systemClock,
  });
  using opened = await minioNodes(requests, never);
  const [node] = opened.nodes;
  expect((await node?.get("/minio/health/live", never))?.status).toBe(200);
  expect(heads.every((head) => !/authorization/i.test(head))).toBe(true);
  const answer = await node?.get("/minio/v2/metrics/cluster", never);
  expect([answer?.status, answer?.body.toString()]).toEqual([200, "minio_cluster_nodes_online_total 1\n"]);
  const claims = /Bearer [^.]+\.([^.]+)\./.exec(heads.at(-1) ?? "")?.[1] ?? "";
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "prometheus", sub: "loki" });
  expect(heads.join("\n")).not.toContain(SECRET);
  requests.client.destroy();
});

it("a server that is gone is unreachable, and who waits no more hears so", async () => {
  const url = server.url;
  const open = () =>
    openS3Requests({
      bucket: "chunks",
      endpoint: url,
      credentials: async () => ({ accessKeyId: "loki", secretAccessKey: SECRET }),
      clock: systemClock,
    });
  const requests = await open();
  using opened = await minioNodes(requests, never);
  await server[Symbol.asyncDispose]();
  await expect(opened.nodes[0]?.get("/minio/health/live", never)).rejects.toMatchObject({
    code: "storage.unreachable",
  });
  await expect(opened.nodes[0]?.get("/minio/health/live", AbortSignal.abort())).rejects.toMatchObject({
    code: "request.cancelled",
  });
  requests.client.destroy();
});

it("a store that is no MinIO has no health, and the state of its bucket says so", async () => {
  await using other = await ScriptedServer.start((socket) =>
    socket.end(httpAnswer(404, { "content-type": "application/xml" }, "<Error><Code>NoSuchBucket</Code></Error>")),
  );
  const requests = await openS3Requests({
    bucket: "chunks",
    endpoint: other.url,
    credentials: async () => ({ accessKeyId: "loki", secretAccessKey: SECRET }),
    clock: systemClock,
    attempts: 1,
  });
  const dispose = async () => requests.client.destroy();
  await using held = openBuckets({ buckets: [requests], [Symbol.asyncDispose]: dispose });
  const id = storeIdSchema.parse("store-1");
  const config = { name: "x", place: { kind: "folder", directory: "/x" }, site: null, indexPrefix: "index/" } as const;
  const opened: OpenedStore = {
    id,
    config: { ...config, bytesPerSecond: null, dr: null, scratch: null },
    layout: { indexPrefix: "index/", foreignPrefixes: [] },
    folder: null,
    ...held,
  };
  using states = new BucketStatesService({
    stores: { open: () => Promise.reject(new AppError("storage.store-unknown", { store: id })) },
    retention: async () => null,
    readSamples,
    history: null,
    clock: systemClock,
    logger: new RecordingLogger(),
  });
  const state = await states.stateOf(opened, never);
  expect(state.health).toBeNull();
  expect(state.problems.map(({ what, error }) => [what, error.code])).toEqual([
    ["settings", "storage.bucket-unknown"],
    ["health", "storage.unsupported"],
  ]);
  expect(state.judgement.findings).toEqual([]);
});
