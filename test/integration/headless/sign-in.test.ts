import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDoorClient } from "../../../src-renderer/rpc/console-client.ts";
import { lineWebSocketClass } from "../../../src-renderer/rpc/line-web-socket.ts";
import { WebSocket as WsWebSocket } from "ws";
import { stateOf } from "../../builders/door-outcome.ts";
import { ask, headlessConsole, signIn, upgrade, type HeadlessSetup } from "../../builders/headless-console.ts";
import { trialApi } from "../../builders/trial-door.ts";

const HOUR_MS = 3_600_000;

let setup: HeadlessSetup;
beforeEach(async () => {
  setup = await headlessConsole();
});
afterEach(() => setup[Symbol.asyncDispose]());

const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;

describe("a start link", () => {
  test("opens the console once and for one browser", async () => {
    const { server } = setup;
    const path = pathOf(server.issueStartUrl());
    const first = await ask(server.origin, path);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe("/");
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^kubemate-session-\d+=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    const second = await ask(server.origin, path);
    expect(second.status).toBe(401);
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  test("is worth nothing after two minutes", async () => {
    const { server, clock } = setup;
    const early = pathOf(server.issueStartUrl());
    const late = pathOf(server.issueStartUrl());
    await clock.advance(119_000);
    expect((await ask(server.origin, early)).status).toBe(303);
    await clock.advance(1_000);
    expect((await ask(server.origin, late)).status).toBe(401);
  });

  test("can be made again and again", async () => {
    const { server } = setup;
    const cookies = [await signIn(server.issueStartUrl()), await signIn(server.issueStartUrl())];
    expect(new Set(cookies).size).toBe(2);
    for (const cookie of cookies) expect((await ask(server.origin, "/", { cookie })).status).toBe(200);
  });

  test("is not used up by looking at its headers", async () => {
    const { server } = setup;
    const path = pathOf(server.issueStartUrl());
    expect((await ask(server.origin, path, {}, { method: "HEAD" })).status).toBe(405);
    expect((await ask(server.origin, path)).status).toBe(303);
  });

  test("with a guessed token opens nothing", async () => {
    for (const token of ["", "x", "a".repeat(43), "%00", "undefined"]) {
      expect((await ask(setup.server.origin, `/login?token=${token}`)).status).toBe(401);
    }
  });

  test("leaves a security entry, taken or refused", async () => {
    const { server, trial } = setup;
    const path = pathOf(server.issueStartUrl());
    await ask(server.origin, path);
    await ask(server.origin, path);
    expect(trial.audit.entries).toMatchObject([
      { record: { action: "session.signIn", auditClass: "security", principal: "ada" }, outcome: "succeeded" },
      { record: { action: "session.signIn", auditClass: "security", principal: "ada" }, outcome: "refused" },
    ]);
  });

  test("opens nothing when its entry cannot be written", async () => {
    const { server, trial } = setup;
    trial.audit.full = true;
    const { status, headers } = await ask(server.origin, pathOf(server.issueStartUrl()));
    expect(status).toBe(503);
    expect(headers["set-cookie"]).toBeUndefined();
  });
});

describe("a session", () => {
  test("is needed for the page, its files and the door", async () => {
    const { origin } = setup.server;
    for (const path of ["/", "/index.html", "/assets/main-AbCd1234.js", "/icon.svg", "/session", "/nothing"]) {
      expect((await ask(origin, path)).status, path).toBe(401);
    }
    expect((await upgrade(origin, { origin })).status).toBe(401);
  });

  test("a browser without one is told in its language what to do, and nothing of the console", async () => {
    const { origin } = setup.server;
    const english = await ask(origin, "/", { accept: "text/html", "accept-language": "de" });
    expect(english.body.toString()).toContain("start link");
    const chinese = await ask(origin, "/", { accept: "text/html", "accept-language": "zh-CN,zh;q=0.9" });
    expect(chinese.body.toString()).toContain("启动链接");
    expect(chinese.body.toString()).not.toContain("main-AbCd1234");
  });

  test("a page can ask whether it stands", async () => {
    const { server } = setup;
    const cookie = await signIn(server.issueStartUrl());
    expect((await ask(server.origin, "/session", { cookie })).status).toBe(204);
    expect((await ask(server.origin, "/session")).status).toBe(401);
  });

  test("ends after twelve hours without use, and lasts while it is used", async () => {
    const { server, clock } = setup;
    const cookie = await signIn(server.issueStartUrl());
    for (let use = 0; use < 4; use += 1) {
      await clock.advance(11 * HOUR_MS);
      expect((await ask(server.origin, "/", { cookie })).status).toBe(200);
    }
    await clock.advance(12 * HOUR_MS);
    expect((await ask(server.origin, "/", { cookie })).status).toBe(401);
    expect((await upgrade(server.origin, { origin: server.origin, cookie })).status).toBe(401);
  });

  test("lasts while a socket is open, but not longer than a week", async () => {
    const { server, clock } = setup;
    const cookie = await signIn(server.issueStartUrl());
    const { socket } = await upgrade(server.origin, { origin: server.origin, cookie });
    await clock.advance(100 * HOUR_MS);
    expect((await ask(server.origin, "/", { cookie })).status).toBe(200);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await clock.advance(68 * HOUR_MS);
    expect(await closed).toBe(4401);
    expect((await ask(server.origin, "/", { cookie })).status).toBe(401);
  });

  test("two cookies of its name are nobody's", async () => {
    const { server } = setup;
    const cookie = await signIn(server.issueStartUrl());
    expect((await ask(server.origin, "/", { cookie: `${cookie}; ${cookie}` })).status).toBe(401);
    expect((await ask(server.origin, "/", { cookie: `other=1; ${cookie}` })).status).toBe(200);
  });
});

describe("a page over the door", () => {
  const connect = (cookie: string) => {
    const { origin } = setup.server;
    class PageSocket extends WsWebSocket {
      constructor(url: string) {
        super(url, { headers: { origin, cookie } });
      }
    }
    return createDoorClient(trialApi, {
      url: `${origin.replace("http", "ws")}/rpc`,
      // `ws` keeps the browser's interface; only the types of its events differ.
      webSocket: lineWebSocketClass(PageSocket as unknown as typeof WebSocket),
      retryDelayMs: () => 5,
      sessionStands: () =>
        ask(origin, "/session", { cookie }).then(
          ({ status }) => status !== 401,
          () => true,
        ),
    });
  };

  test("with a session it is who the server says, in the browser shell", async () => {
    const client = connect(await signIn(setup.server.issueStartUrl()));
    const { hello } = await stateOf(client, ({ state }) => state === "open");
    expect(hello).toMatchObject({ principal: "ada", role: "operator", shell: "browser" });
    await client.close();
  });

  test("whose session ends is told so, and does not try for ever", async () => {
    const client = connect(await signIn(setup.server.issueStartUrl()));
    await stateOf(client, ({ state }) => state === "open");
    await setup.clock.advance(7 * 24 * HOUR_MS);
    const { state } = await stateOf(client, ({ error }) => error?.code === "session.expired");
    expect(state).toBe("lost");
    await expect(client.api.trial.echo({ text: "x" })).rejects.toMatchObject({ wire: { code: "session.expired" } });
    await client.close();
  });

  test("whose session was gone when it connects is told so as well", async () => {
    const client = connect("kubemate-session-1=gone");
    const { error } = await stateOf(client, (now) => now.error?.code === "session.expired");
    expect(error?.category).toBe("auth");
    await client.close();
  });
});
