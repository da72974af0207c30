import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { minioNodes } from "../../../src-main/core/storage/bucket-state/minio-nodes.ts";
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
