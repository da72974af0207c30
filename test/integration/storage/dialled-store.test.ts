import { request as httpRequest } from "node:http";
import { createServer, type Server } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import type { S3StoreOptions } from "../../../src-main/core/storage/s3-store-options.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { startLabS3, type LabS3 } from "../../builders/lab-s3.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const HOST = "minio.storage.svc";

describe("a store whose connections somebody else opens", () => {
  let folder: TemporaryFolder;
  let authority: TestAuthority;
  let s3: LabS3;
  let server: Server;
  const hosts = new Set<string | undefined>();
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    folder = new TemporaryFolder();
    authority = new TestAuthority(folder.path);
    s3 = await startLabS3();
    const pair = authority.server([`DNS:${HOST}`]);
    server = createServer({ key: pair.key, cert: pair.certificate }, (seen, response) => {
      hosts.add(seen.headers.host);
      const options = { method: seen.method, headers: seen.headers };
      const upstream = httpRequest(`${s3.url}${seen.url ?? ""}`, options, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      upstream.on("error", () => response.destroy());
      seen.pipe(upstream);
    });
    server.on("tlsClientError", () => undefined);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((done) => server.close(() => done()));
    await s3[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  function open(options: Partial<S3StoreOptions>) {
    return openS3ObjectStore({
      bucket: "loki-scratch",
      endpoint: `https://${HOST}:9000`,
      pathStyle: true,
      credentials: async () => s3.keys.loki,
      clock: systemClock,
      attempts: 1,
      dial: async () => connect((server.address() as AddressInfo).port, "127.0.0.1"),
      ...options,
    });
  }

  it("has TLS on top, with the endpoint's name and authority", async () => {
    await using store = await open({ ca: authority.certificate });
    await store.put("key", Buffer.from("bytes"), {}, never);
    expect((await store.list({ prefix: "" }, never)).objects).toMatchObject([{ key: "key", sizeBytes: 5 }]);
    expect([...hosts]).toEqual([`${HOST}:9000`]);
  });

  it("refuses a certificate of nobody it trusts, and of another name, unless it was told to take any", async () => {
    await using distrustful = await open({});
    await expect(distrustful.list({ prefix: "" }, never)).rejects.toMatchObject({ code: "storage.tls" });
    await using other = await open({ ca: authority.certificate, endpoint: "https://other.storage.svc:9000" });
    await expect(other.list({ prefix: "" }, never)).rejects.toMatchObject({ code: "storage.tls" });
    await using trusting = await open({ trustAnyServer: true });
    expect((await trusting.list({ prefix: "" }, never)).nextToken).toBeNull();
  });

  it("is unreachable, forbidden or cancelled in the store's own words where the way fails", async () => {
    const failing = (reason: AppError) => open({ dial: () => Promise.reject(reason) });
    await using lost = await failing(new AppError("forward.lost", { pod: "minio-0", problem: "no pod is ready" }));
    await expect(lost.list({ prefix: "" }, never)).rejects.toMatchObject({ code: "storage.unreachable" });
    const subject = { verb: "create", resource: "pods/portforward", namespace: "storage" };
    await using refused = await failing(new AppError("cluster.forbidden", subject));
    await expect(refused.list({ prefix: "" }, never)).rejects.toMatchObject({
      code: "storage.forbidden",
      params: { action: "create pods/portforward" },
    });
    await expect(lost.list({ prefix: "" }, AbortSignal.abort())).rejects.toMatchObject({ code: "request.cancelled" });
  });
});
