import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { SecretRef } from "../../../src-shared/model/ids.ts";
import { neverAborted, openSource, readAll, transportTo } from "../../builders/loki-sources.ts";
import { ManualClock, settle } from "../../builders/manual-clock.ts";
import { httpAnswer, ScriptedServer } from "../../builders/scripted-server.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const QUERY = {
  expr: '{app="x"}',
  range: { startNs: 1_795_255_200_000_000_000n, endNs: 1_795_255_300_000_000_000n },
  direction: "backward" as const,
  limit: 10,
};
const EMPTY = '{"status":"success","data":{"resultType":"streams","result":[],"stats":{}}}';
const JSON_TYPE = { "content-type": "application/json; charset=UTF-8" };

async function readFrom(answer: Buffer | string, options: { readonly end?: boolean; readonly reset?: boolean } = {}) {
  await using server = await ScriptedServer.start((socket, head) => {
    if (!head.includes("/query_range")) {
      socket.write(httpAnswer(404, { "content-type": "text/plain" }, "404 page not found\n"));
      return;
    }
    if (options.reset === true) socket.resetAndDestroy();
    else if (options.end === true) socket.end(answer);
    else socket.write(answer);
  });
  await using opened = openSource(server.url, { random: () => 0 });
  return await readAll(opened.source.read(QUERY, neverAborted));
}

describe("answers that are not Loki's", () => {
  it.each([
    ["HTML with 200", httpAnswer(200, { "content-type": "text/html" }, "<html>login</html>"), { status: 200 }],
    [
      "a redirect to Loki's UI",
      httpAnswer(307, { location: "/ui/404?path=/x" }),
      { status: 307, problem: "redirect to /ui/404?path=/x" },
    ],
    ["half a JSON", httpAnswer(200, JSON_TYPE, EMPTY.slice(0, 40)), { status: 200, problem: "not JSON, or cut short" }],
    ["a 500 with a page", httpAnswer(500, { "content-type": "text/html" }, "<h1>Internal</h1>"), { status: 500 }],
    ["JSON of something else", httpAnswer(200, JSON_TYPE, '{"items":[]}'), { status: 200 }],
    [
      "gzip garbage",
      httpAnswer(200, { ...JSON_TYPE, "content-encoding": "gzip" }, "this is no gzip at all"),
      { problem: "Z_DATA_ERROR" },
    ],
    [
      "gzip cut short",
      httpAnswer(200, { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(EMPTY).subarray(0, 30)),
      { problem: "Z_BUF_ERROR" },
    ],
    [
      "an unknown encoding",
      httpAnswer(200, { ...JSON_TYPE, "content-encoding": "rot13" }, EMPTY),
      { problem: "content-encoding rot13" },
    ],
    ["no HTTP", Buffer.from("SSH-2.0-OpenSSH_9.2\r\n\r\n"), { problem: expect.stringContaining("HTTP/1.1") }],
  ])("%s is a bad response", async (_what, answer, params) => {
    await expect(readFrom(answer)).rejects.toMatchObject({ code: "loki.bad-response", params });
  });

  it("reads an answer that really is compressed", async () => {
    const answer = httpAnswer(200, { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(EMPTY));
    expect((await readFrom(answer)).rows).toEqual([]);
  });

  it("tells a connection that is cut in the middle of a body from one that is refused", async () => {
    const cut = httpAnswer(200, { ...JSON_TYPE, "content-length": "5000" }, EMPTY);
    await expect(readFrom(cut, { end: true })).rejects.toMatchObject({ code: "loki.unreachable" });
    await expect(readFrom("", { reset: true })).rejects.toMatchObject({
      code: "loki.unreachable",
      params: { problem: "ECONNRESET" },
    });
  });

  it("gives up on an unreachable host with its reason", async () => {
    await using closed = await ScriptedServer.start(() => {});
    const { url } = closed;
    await closed[Symbol.asyncDispose]();
    await using opened = openSource(url, { random: () => 0 });
    await expect(readAll(opened.source.read(QUERY, neverAborted))).rejects.toMatchObject({
      code: "loki.unreachable",
      params: { problem: "ECONNREFUSED" },
    });
    await using nowhere = openSource("http://kubemate.invalid:3100", { random: () => 0 });
    await expect(nowhere.source.labels(QUERY.range, null, neverAborted)).rejects.toMatchObject({
      code: "loki.unreachable",
      params: { host: "kubemate.invalid:3100" },
    });
  });

  it("stops reading a body without end at its bound, and closes the connection", async () => {
    await using server = await ScriptedServer.start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`);
      const piece = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (
          !socket.destroyed &&
          socket.write(Buffer.concat([Buffer.from("10000\r\n"), piece, Buffer.from("\r\n")]))
        );
      };
      socket.on("drain", more);
      more();
    });
    await using transport = transportTo(server.url);
    const response = await transport.request({
      role: "query",
      method: "GET",
      path: "/x",
      signal: neverAborted,
      timeoutMs: 10_000,
    });
    await expect(response.bytes(1_000_000)).rejects.toMatchObject({
      code: "loki.bad-response",
      params: { problem: "body longer than 1000000 bytes" },
    });
    while (server.connections > 0) await settle();
  });

  it("gives up on an answer that falls silent, before its head and in its body", async () => {
    const clock = new ManualClock();
    await using server = await ScriptedServer.start((socket, head) => {
      if (head.includes("/body")) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    });
    await using transport = transportTo(server.url, { clock });
    const ask = { role: "query", method: "GET", signal: neverAborted, timeoutMs: 5_000 } as const;
    const silent = transport.request({ ...ask, path: "/head" });
    const refused = expect(silent).rejects.toMatchObject({ code: "loki.timed-out", params: { seconds: 5 } });
    while (server.heads.length < 1) await settle();
    await clock.advance(5_001);
    await refused;
    const response = await transport.request({ ...ask, path: "/body" });
    const half = expect(response.bytes(1_000)).rejects.toMatchObject({
      code: "loki.timed-out",
      params: { seconds: 5 },
    });
    await settle();
    await clock.advance(5_001);
    await half;
  });

  it("releases connections when it is cancelled while an answer is awaited", async () => {
    await using server = await ScriptedServer.start(() => {});
    await using opened = openSource(server.url);
    const cancel = new AbortController();
    const read = readAll(opened.source.read(QUERY, cancel.signal));
    const cancelled = expect(read).rejects.toMatchObject({ code: "request.cancelled" });
    while (server.heads.length === 0) await settle();
    cancel.abort();
    await cancelled;
    while (server.connections > 0) await settle();
  });
});

describe("the direct transport", () => {
  it("keeps the URL's prefix and sends credentials, headers and the tenant", async () => {
    await using server = await ScriptedServer.start((socket) => {
      socket.write(httpAnswer(200, JSON_TYPE, '{"status":"success"}'));
    });
    const transport = createDirectTransport({
      url: `${server.url}/gateway/loki/`,
      auth: { kind: "basic", username: "sre", password: "pw" as SecretRef },
      secret: async (ref) => (ref === "pw" ? "s3cret" : null),
      headers: { "X-Route": "eu1" },
      clock: systemClock,
    });
    await using opened = openSource("", { transport });
    expect(await opened.source.labels(QUERY.range, null, neverAborted)).toEqual([]);
    const [head = ""] = server.heads;
    expect(head).toMatch(/^GET \/gateway\/loki\/loki\/api\/v1\/labels\?start=1795255200000000000&/);
    expect(head.toLowerCase()).toContain("x-route: eu1");
    expect(head.toLowerCase()).toContain("x-scope-orgid: t");
    expect(head.toLowerCase()).toContain("user-agent: kubemate-console/0.0.0-test");
    expect(head.toLowerCase()).toContain("x-query-tags: source=kubemate");
    expect(head).toContain(`Basic ${Buffer.from("sre:s3cret").toString("base64")}`);
  });

  it("refuses a tenant among the extra headers, a secret that is not there, and what is no URL", async () => {
    const base = { auth: { kind: "none" } as const, secret: async () => null, clock: systemClock };
    expect(() => createDirectTransport({ ...base, url: "http://x", headers: { "x-scope-orgid": "other" } })).toThrow(
      /sites\.invalid/,
    );
    expect(() => createDirectTransport({ ...base, url: "loki:3100" })).toThrow(/sites\.invalid/);
    await using transport = createDirectTransport({
      ...base,
      url: "http://127.0.0.1:1",
      auth: { kind: "bearer", token: "t" as SecretRef },
    });
    const request = { role: "query", method: "GET", path: "/", signal: neverAborted, timeoutMs: 100 } as const;
    await expect(transport.request(request)).rejects.toMatchObject({ code: "secrets.unknown", params: { ref: "t" } });
  });

  it("refuses tenants that Loki would refuse, before anything is sent", () => {
    expect(() => openSource("http://127.0.0.1:1", { tenant: "a/b" as never })).toThrow(/tenants\.invalid/);
    expect(() => openSource("http://127.0.0.1:1", { tenant: "a|b" as never })).toThrow(/tenants\.invalid/);
    expect(() => openSource("http://127.0.0.1:1", { tenant: "" as never })).toThrow(/tenants\.invalid/);
  });
});

describe("the direct transport over TLS", () => {
  let folder: string;
  let authority: TestAuthority;
  let server: TlsServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "direct-tls-"));
    authority = new TestAuthority(folder);
    const pair = authority.server(["DNS:loki.test"]);
    const client = authority.client("sre");
    writeFileSync(join(folder, "authority.pem"), authority.certificate);
    writeFileSync(join(folder, "sre.pem"), client.certificate);
    writeFileSync(join(folder, "sre.key.pem"), client.key);
    server = createTlsServer(
      {
        cert: pair.certificate,
        key: pair.key,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const { authorized } = request.socket as unknown as { authorized: boolean };
        response.end(JSON.stringify({ status: "success", data: [authorized ? "known" : "unknown"] }));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function secure(tls: Parameters<typeof createDirectTransport>[0]["tls"]) {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return createDirectTransport({
      url,
      auth: { kind: "none" },
      secret: async () => null,
      clock: systemClock,
      ...(tls === undefined ? {} : { tls }),
    });
  }

  async function labels(tls: Parameters<typeof secure>[0]): Promise<readonly string[]> {
    await using opened = openSource("", { transport: secure(tls) });
    return await opened.source.labels(QUERY.range, null, neverAborted);
  }

  it("trusts the given authority, checks the given name and shows its client certificate", async () => {
    const caFile = join(folder, "authority.pem");
    expect(await labels({ caFile, serverName: "loki.test" })).toEqual(["unknown"]);
    const certificate = { certFile: join(folder, "sre.pem"), keyFile: join(folder, "sre.key.pem") };
    expect(await labels({ caFile, serverName: "loki.test", ...certificate })).toEqual(["known"]);
  });

  it("says why TLS failed, and does not try again", async () => {
    const caFile = join(folder, "authority.pem");
    await expect(labels(undefined)).rejects.toMatchObject({ code: "loki.tls" });
    await expect(labels({ caFile })).rejects.toMatchObject({
      code: "loki.tls",
      params: { problem: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID") },
    });
    await expect(labels({ caFile: join(folder, "nowhere.pem") })).rejects.toMatchObject({
      code: "files.unreadable",
      params: { problem: "ENOENT" },
    });
  });
});
