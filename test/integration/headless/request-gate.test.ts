import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, headlessConsole, signIn, upgrade, type HeadlessSetup } from "../../builders/headless-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

describe("on loopback", () => {
  let setup: HeadlessSetup;
  let cookie: string;
  beforeEach(async () => {
    setup = await headlessConsole();
    cookie = await signIn(setup.server.issueStartUrl());
  });
  afterEach(() => setup[Symbol.asyncDispose]());

  test("every name of this machine is ours, with our port", async () => {
    const { origin, port } = setup.server;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect((await ask(origin, "/", { host, cookie })).status, host).toBe(200);
    }
  });

  test("a name that an attacker points at this machine is refused, with a session or without", async () => {
    const { origin, port } = setup.server;
    const hosts = [
      `evil.example:${port}`,
      "evil.example",
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
      `localhost.:${port}`,
      `evil@127.0.0.1:${port}`,
      " ",
    ];
    for (const host of hosts) {
      expect((await ask(origin, "/", { host, cookie })).status, host).toBe(403);
      expect((await ask(origin, "/login?token=x", { host })).status, host).toBe(403);
      expect((await upgrade(origin, { host, origin, cookie })).status, host).toBe(403);
    }
  });

  test("a request with another page's origin is refused", async () => {
    const { origin, port } = setup.server;
    const origins = ["https://evil.example", "null", `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`, ""];
    for (const foreign of origins) {
      expect((await ask(origin, "/", { origin: foreign, cookie })).status, foreign).toBe(403);
      expect((await upgrade(origin, { origin: foreign, cookie })).status, foreign).toBe(403);
    }
    expect((await ask(origin, "/", { origin, cookie })).status).toBe(200);
  });

  test("a name of ours is no origin for another one", async () => {
    const { origin, port } = setup.server;
    const answer = await ask(origin, "/", { host: `localhost:${port}`, origin, cookie });
    expect(answer.status).toBe(403);
  });

  test("what the browser says comes from another site is refused, also from another port of this machine", async () => {
    const { origin } = setup.server;
    for (const site of ["cross-site", "same-site", "anything"]) {
      expect((await ask(origin, "/", { "sec-fetch-site": site, cookie })).status, site).toBe(403);
      expect((await ask(origin, "/login?token=x", { "sec-fetch-site": site })).status, site).toBe(403);
      expect((await upgrade(origin, { origin, cookie, "sec-fetch-site": site })).status, site).toBe(403);
    }
    expect((await ask(origin, "/", { "sec-fetch-site": "same-origin", cookie })).status).toBe(200);
    expect((await ask(origin, "/", { "sec-fetch-site": "none", cookie })).status).toBe(200);
  });

  test("an upgrade needs an origin, a session and the door's path", async () => {
    const { origin } = setup.server;
    const open = await upgrade(origin, { origin, cookie });
    expect(open.status).toBe(101);
    open.socket.terminate();
    expect((await upgrade(origin, { cookie })).status).toBe(403);
    expect((await upgrade(origin, { origin })).status).toBe(401);
    expect((await upgrade(origin, { origin, cookie: `${cookie}x` })).status).toBe(401);
    expect((await upgrade(origin, { origin, cookie }, "/elsewhere")).status).toBe(404);
    expect((await upgrade(origin, { origin, cookie }, "/rpc/../rpc/x")).status).toBe(404);
  });

  test("nothing but looking is allowed over plain requests", async () => {
    const { origin } = setup.server;
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]) {
      const { status, headers } = await ask(origin, "/", { cookie }, { method });
      expect(status, method).toBe(405);
      expect(headers.allow).toBe("GET, HEAD");
    }
  });
});

describe("where it may listen", () => {
  test("not beyond this machine in plain text", async () => {
    for (const host of ["0.0.0.0", "::", "192.0.2.1"]) {
      await expect(headlessConsole({ host }), host).rejects.toMatchObject({
        code: "headless.bind-refused",
        params: { host },
      });
    }
  });

  test("beyond this machine with TLS, under the names of its certificate", async () => {
    using folder = temporaryDirectory();
    const authority = new TestAuthority(folder.path);
    const { certificate, key } = authority.server(["DNS:console.test", "DNS:*.sre.test", "IP:127.0.0.1"]);
    await using setup = await headlessConsole({ host: "0.0.0.0", tls: { cert: certificate, key } });
    const { origin, port } = setup.server;
    expect(origin).toBe(`https://console.test:${port}`);

    const local = `https://127.0.0.1:${port}`;
    const options = { ca: authority.certificate };
    const startUrl = setup.server.issueStartUrl().replace("console.test", "127.0.0.1");
    const { pathname, search } = new URL(startUrl);
    const { headers } = await ask(local, pathname + search, {}, options);
    const [setCookie = ""] = headers["set-cookie"] ?? [];
    expect(setCookie).toMatch(/^__Host-kubemate-session-.*; HttpOnly; SameSite=Strict; Secure$/);

    const cookie = setCookie.split(";")[0] ?? "";
    for (const host of [`console.test:${port}`, `eu.sre.test:${port}`, `127.0.0.1:${port}`]) {
      expect((await ask(local, "/", { host, cookie }, options)).status, host).toBe(200);
    }
    for (const host of [`evil.test:${port}`, `a.b.sre.test:${port}`, "console.test", `10.0.0.1:${port}`]) {
      expect((await ask(local, "/", { host, cookie }, options)).status, host).toBe(403);
    }
  });

  test("behind a proxy that was named, under the proxy's address", async () => {
    await using setup = await headlessConsole({ trustedProxy: { publicUrl: "https://console.bank.example/" } });
    const { server } = setup;
    const local = `http://127.0.0.1:${server.port}`;
    const host = "console.bank.example";
    const startUrl = new URL(server.issueStartUrl());
    expect(startUrl.origin).toBe("https://console.bank.example");
    const { headers, status } = await ask(local, startUrl.pathname + startUrl.search, { host });
    expect(status).toBe(303);
    expect(headers["set-cookie"]?.[0]).toContain("; Secure");
    const cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const open = await upgrade(local, { host, origin: "https://console.bank.example", cookie });
    expect(open.status).toBe(101);
    open.socket.terminate();
    expect((await upgrade(local, { host, origin: "https://evil.example", cookie })).status).toBe(403);
    expect((await upgrade(local, { host, origin: "http://console.bank.example", cookie })).status).toBe(403);
  });

  test("a proxy's address that is none is refused before anything is opened", async () => {
    await expect(headlessConsole({ trustedProxy: { publicUrl: "console" } })).rejects.toMatchObject({
      code: "request.invalid",
      params: { path: "trustedProxy" },
    });
  });

  test("a port that is taken, a broken certificate and a page that is not built are told as such", async () => {
    await using setup = await headlessConsole();
    const { port } = setup.server;
    await expect(headlessConsole({ port })).rejects.toMatchObject({
      code: "headless.listen-failed",
      params: { host: "127.0.0.1", port },
    });
    await expect(headlessConsole({ tls: { cert: "garbage", key: "garbage" } })).rejects.toMatchObject({
      code: "headless.tls-invalid",
    });
    using empty = temporaryDirectory();
    await expect(headlessConsole({ staticDirectory: empty.path })).rejects.toMatchObject({
      code: "headless.page-missing",
      params: { directory: empty.path },
    });
  });
});

describe("closing", () => {
  test("leaves no socket, request, timer or port open", async () => {
    const setup = await headlessConsole();
    const { server, clock, trial } = setup;
    const cookie = await signIn(server.issueStartUrl());
    const { socket } = await upgrade(server.origin, { origin: server.origin, cookie });
    socket.send('{"method":"connectionParams","data":{"protocol":"1"}}');
    socket.send('{"id":1,"method":"query","params":{"path":"trial.wait","input":{"call":1}}}');
    await trial.until(({ open }) => open === 1);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await setup[Symbol.asyncDispose]();
    await closed;
    await trial.until(({ open }) => open === 0);
    expect(clock.waiting).toBe(0);
    await expect(ask(server.origin, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(server.close()).resolves.toBeUndefined();
  });
});
