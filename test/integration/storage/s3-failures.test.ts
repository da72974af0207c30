import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import type { S3StoreOptions } from "../../../src-main/core/storage/s3-store-options.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { httpAnswer, ScriptedServer } from "../../builders/scripted-server.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const KEYS = { accessKeyId: "key", secretAccessKey: "secret" };

function open(
  endpoint: string,
  clock = new ManualClock(),
  options: Partial<S3StoreOptions> = {},
): Promise<ObjectStore> {
  return openS3ObjectStore({
    bucket: "bucket",
    endpoint,
    credentials: async () => KEYS,
    clock,
    random: () => 1,
    ...options,
  });
}

function signal(): AbortSignal {
  return new AbortController().signal;
}

function xmlError(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said so</Message></Error>`;
  return httpAnswer(status, { "content-type": "application/xml", ...headers }, body);
}

const EMPTY_LIST = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`;
const OBJECT = { etag: '"e"', "last-modified": "Sun, 22 Nov 2026 10:00:00 GMT" };

/** Remembers for how long was slept on it, and lets no sleep last. */
class HurriedClock extends ManualClock {
  readonly sleeps: number[] = [];

  override async sleep(ms: number, given?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    const slept = super.sleep(ms, given);
    await this.advance(ms);
    await slept;
  }
}

describe("an S3 that asks to slow down", () => {
  it("is asked again, later and later, until it answers", async () => {
    let asked = 0;
    await using server = await ScriptedServer.start((socket) => {
      asked++;
      socket.write(asked < 4 ? xmlError(503, "SlowDown") : httpAnswer(200, {}, EMPTY_LIST));
    });
    const clock = new HurriedClock();
    await using store = await open(server.url, clock);
    const page = await store.list({ prefix: "" }, signal());
    expect(page.objects).toEqual([]);
    expect(asked).toBe(4);
    expect(clock.sleeps).toEqual([1_000, 2_000, 4_000]);
  });

  it("and says for how long is left alone for as long", async () => {
    let asked = 0;
    await using server = await ScriptedServer.start((socket) => {
      asked++;
      socket.write(
        asked === 1 ? xmlError(429, "TooManyRequests", { "retry-after": "7" }) : httpAnswer(200, {}, EMPTY_LIST),
      );
    });
    const clock = new HurriedClock();
    await using store = await open(server.url, clock);
    await store.list({ prefix: "" }, signal());
    expect(clock.sleeps).toEqual([7_000]);
  });

  it("and never stops is given up in the end, and at once when nobody waits", async () => {
    await using server = await ScriptedServer.start((socket) => socket.write(xmlError(503, "SlowDown")));
    await using hurried = await open(server.url, new HurriedClock(), { attempts: 3 });
    await expect(hurried.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.rate-limited" });
    expect(server.heads.length).toBe(3);

    const clock = new ManualClock();
    await using store = await open(server.url, clock);
    const abort = new AbortController();
    const waiting = store.list({ prefix: "" }, abort.signal);
    waiting.catch(() => undefined);
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "request.cancelled" });
    expect(server.heads.length).toBe(4);
  });
});

describe("failures of an S3", () => {
  it.each([
    [403, "AccessDenied", "storage.forbidden"],
    [403, "SignatureDoesNotMatch", "storage.credentials-refused"],
    [400, "ExpiredToken", "storage.credentials-refused"],
    [404, "NoSuchBucket", "storage.bucket-unknown"],
    [501, "NotImplemented", "storage.unsupported"],
    [400, "InvalidArgument", "storage.refused"],
    [503, "XMinioReadQuorum", "storage.failed"],
    [507, "XMinioStorageFull", "storage.full"],
    [500, "InternalError", "storage.failed"],
  ] as const)("%d %s is %s", async (status, code, expected) => {
    await using server = await ScriptedServer.start((socket) => socket.write(xmlError(status, code)));
    await using store = await open(server.url, undefined, { attempts: 1 });
    await expect(store.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: expected });
  });

  it("a page of HTML in front of it is a failure, not a bug", async () => {
    await using server = await ScriptedServer.start((socket) =>
      socket.write(httpAnswer(502, { "content-type": "text/html" }, "<html><body>Bad Gateway<br></body>")),
    );
    await using store = await open(server.url, undefined, { attempts: 1 });
    await expect(store.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.failed" });
    await using portal = await ScriptedServer.start((socket) =>
      socket.write(httpAnswer(200, { "content-type": "text/html" }, "<html><br>Please log in</html>")),
    );
    await using other = await open(portal.url, undefined, { attempts: 1 });
    await expect(other.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.failed" });
  });

  it("a port where nobody listens is unreachable", async () => {
    const server = await ScriptedServer.start(() => undefined);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    await using store = await open(url, undefined, { attempts: 1 });
    await expect(store.head("x", {}, signal())).rejects.toMatchObject({ code: "storage.unreachable" });
  });

  it("a server that says nothing is given up after the time that was set", async () => {
    await using server = await ScriptedServer.start(() => undefined);
    await using store = await open(server.url, undefined, { attempts: 1, idleTimeoutMs: 300 });
    await expect(store.head("x", {}, signal())).rejects.toMatchObject({ code: "storage.timed-out" });
  });

  it("a body that ends too early is never taken for whole", async () => {
    await using server = await ScriptedServer.start((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\netag: "e"\r\n\r\nonly this`);
    });
    await using store = await open(server.url, undefined, { attempts: 1 });
    await using body = await store.get("x", {}, signal());
    expect(body.lengthBytes).toBe(1_000);
    const read = async () => {
      for await (const chunk of body.chunks) expect(chunk.length).toBeLessThan(1_000);
    };
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^storage\.(unreachable|body-wrong)$/) });
  });

  it("a body that stalls is given up, and one that nobody reads holds no connection", async () => {
    await using server = await ScriptedServer.start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\netag: "e"\r\n\r\nonly this`);
    });
    await using store = await open(server.url, undefined, { attempts: 1, idleTimeoutMs: 300 });
    const body = await store.get("x", {}, signal());
    await body[Symbol.asyncDispose]();
    while (server.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    await using stalled = await store.get("x", {}, signal());
    const read = async () => {
      for await (const chunk of stalled.chunks) expect(chunk.length).toBeLessThan(1_000);
    };
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^storage\.(timed-out|unreachable)$/) });
  });

  it("a put that may not overwrite is sent once: its answer may be lost, not its effect", async () => {
    await using server = await ScriptedServer.start((socket) => socket.destroy());
    await using store = await open(server.url);
    const put = store.put("lease", Buffer.from("x"), { ifAbsent: true }, signal());
    await expect(put).rejects.toMatchObject({ code: "storage.unreachable" });
    expect(server.heads.length).toBe(1);
  });

  it("a completion whose answer was lost is known by the object that is there", async () => {
    await using server = await ScriptedServer.start((socket, head) => {
      if (head.startsWith("POST")) socket.write(xmlError(404, "NoSuchUpload"));
      else socket.write(httpAnswer(200, { ...OBJECT, etag: '"9affad555af89da9b0bfcd5e45bc93da-1"' }));
    });
    await using store = await open(server.url);
    const part = { partNumber: 1, etag: "9dd4e461268c8034f5c8564e155c67a6", sizeBytes: 1 };
    const upload = { key: "k", uploadId: "u" };
    const other = { ...part, etag: "00000000000000000000000000000000" };
    await expect(store.completeUpload(upload, [other], signal())).rejects.toMatchObject({
      code: "storage.upload-unknown",
    });
    const outcome = await store.completeUpload(upload, [part], signal());
    expect(outcome.etag).toBe("9affad555af89da9b0bfcd5e45bc93da-1");
  });
});

describe("an S3 with a certificate", () => {
  it("is trusted by the authority that was given, and by no other", async () => {
    using directory = temporaryDirectory();
    const authority = new TestAuthority(directory.path);
    const { certificate, key } = authority.server(["IP:127.0.0.1"]);
    const server = createServer({ cert: certificate, key }, (_request, response) => response.end(EMPTY_LIST));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await using trusted = await open(endpoint, undefined, { ca: authority.certificate });
      expect((await trusted.list({ prefix: "" }, signal())).objects).toEqual([]);
      await using stranger = await open(endpoint, undefined, { attempts: 1 });
      await expect(stranger.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.tls" });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
