import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { createDoorClient } from "../../../src-renderer/rpc/console-client.ts";
import { lineWebSocketClass } from "../../../src-renderer/rpc/line-web-socket.ts";
import { failureOf, stateOf } from "../../builders/door-outcome.ts";
import { ask, headlessConsole, upgrade } from "../../builders/headless-console.ts";
import { identityConsole, type IdentityConsole } from "../../builders/identity-console.ts";
import { TestBrowser } from "../../builders/test-browser.ts";
import { trialApi } from "../../builders/trial-door.ts";

let setup: IdentityConsole;
beforeEach(async () => {
  setup = await identityConsole();
});
afterEach(() => setup[Symbol.asyncDispose]());

const entries = () =>
  setup.trial.audit.entries
    .filter(({ record }) => record.action.startsWith("session."))
    .map(({ record: { action, principal, role, auditClass, subject }, outcome, errorCode }) => ({
      action,
      principal,
      role,
      auditClass,
      outcome,
      errorCode,
      reason: subject["reason"] ?? null,
    }));

const issuerName = () => setup.provider.issuer.replace("http://", "");
const session = (cookies: string) => cookies.split("; ").find((pair) => pair.startsWith("kubemate-session-")) ?? "";

async function signedIn(): Promise<TestBrowser> {
  const browser = new TestBrowser();
  await browser.go(`${setup.origin}/`);
  const { status } = await browser.go(`${setup.origin}/sign-in`, setup.origin);
  if (status !== 200) throw new Error(`the sign-in answered ${status}`);
  return browser;
}

/** Goes to the provider and stays on the way back. */
async function wayBack(browser: TestBrowser): Promise<URL> {
  const begun = await ask(setup.origin, "/sign-in", { cookie: browser.cookieHeader(setup.origin) });
  for (const line of begun.headers["set-cookie"] ?? []) {
    const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
    browser.setCookie(setup.origin, name, value);
  }
  const url = new URL(begun.headers.location ?? "");
  const answer = await ask(url.origin, url.pathname + url.search);
  return new URL(answer.headers.location ?? "");
}

function connect(cookie: string) {
  const { origin } = setup;
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
    sessionStands: async () => (await ask(origin, "/session", { cookie })).status !== 401,
  });
}

describe("sign-in at a provider, in a browser", () => {
  test("goes there and back over two sites, and ends on the page with a session of the claims", async () => {
    const browser = new TestBrowser();
    const first = await browser.go(`${setup.origin}/`);
    expect(first.status).toBe(401);
    expect(first.body).toContain('<a href="/sign-in">Sign in with Bank &#38; Co</a>');
    const last = await browser.go(`${setup.origin}/sign-in`, setup.origin);
    expect(last).toMatchObject({ status: 200, url: `${setup.origin}/` });
    expect(last.body).toContain("main-AbCd1234");

    const cookies = browser.cookieHeader(setup.origin);
    expect(cookies).toMatch(/^kubemate-session-\d+=[\w-]{43}$/);
    const client = connect(cookies);
    const { hello } = await stateOf(client, ({ state }) => state === "open");
    expect(hello).toMatchObject({ principal: `u-1 (${issuerName()})`, role: "operator", shell: "browser" });
    expect(await client.api.trial.peek({ tenant: "cards" })).toBe("labels of cards");
    expect((await failureOf(client.api.trial.peek({ tenant: "payments" }))).wire.code).toBe("identity.tenant-refused");
    await client.close();
    const principal = `u-1 (${issuerName()})`;
    expect(entries()).toEqual([
      {
        action: "session.signIn",
        principal,
        role: "operator",
        auditClass: "security",
        outcome: "succeeded",
        errorCode: null,
        reason: null,
      },
    ]);
    expect(setup.trial.audit.entries.at(-1)).toMatchObject({
      record: { principal, action: "trial.peek", auditClass: "security", subject: { reached: "payments" } },
      outcome: "refused",
      errorCode: "identity.tenant-refused",
    });
  });

  test("speaks the browser's language", async () => {
    const { body } = await ask(setup.origin, "/", { accept: "text/html", "accept-language": "zh-CN" });
    expect(body.toString()).toContain("使用 Bank &#38; Co 登录");
  });

  test("ends with the token, and so do its sockets", async () => {
    const browser = await signedIn();
    const cookies = browser.cookieHeader(setup.origin);
    const client = connect(cookies);
    await stateOf(client, ({ state }) => state === "open");
    await setup.clock.advance(299_000);
    expect((await ask(setup.origin, "/session", { cookie: cookies })).status).toBe(204);
    await setup.clock.advance(1_000);
    const { state } = await stateOf(client, ({ error }) => error?.code === "session.expired");
    expect(state).toBe("lost");
    await client.close();
    expect((await ask(setup.origin, "/session", { cookie: cookies })).status).toBe(401);
    expect((await upgrade(setup.origin, { origin: setup.origin, cookie: cookies })).status).toBe(401);
  });

  test("is ended by the person, with its sockets, and the entry says who", async () => {
    const browser = await signedIn();
    const cookie = browser.cookieHeader(setup.origin);
    const client = connect(cookie);
    await stateOf(client, ({ state }) => state === "open");
    for (const foreign of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      expect((await ask(setup.origin, "/sign-out", { cookie, ...foreign }, { method: "POST" })).status).toBe(403);
    }
    expect((await ask(setup.origin, "/session", { cookie })).status).toBe(204);
    const answer = await ask(setup.origin, "/sign-out", { cookie, origin: setup.origin }, { method: "POST" });
    expect(answer.status).toBe(303);
    expect(answer.headers["set-cookie"]?.[0]).toMatch(/^kubemate-session-\d+=; Path=\/; Max-Age=0;/);
    await stateOf(client, ({ error }) => error?.code === "session.expired");
    await client.close();
    expect((await ask(setup.origin, "/session", { cookie })).status).toBe(401);
    expect(entries().map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "session.signIn succeeded",
      "session.signOut succeeded",
    ]);
  });

  test("leaves start links closed, unless the file opens them beside it", async () => {
    expect(setup.server.startLinks).toBe(false);
    expect(setup.server.issueStartUrl()).toBe(`${setup.origin}/`);
    expect((await ask(setup.origin, `/login?token=${"a".repeat(43)}`)).status).toBe(401);
    await using both = await identityConsole({ startLinks: true });
    const { pathname, search } = new URL(both.server.issueStartUrl());
    expect((await ask(both.origin, pathname + search)).status).toBe(303);
    expect(both.trial.audit.entries[0]?.record).toMatchObject({ principal: "ada", subject: { by: "start-link" } });
  });
});

describe("an attacker at the sign-in", () => {
  test("cannot make a browser sign in as themselves: a way back belongs to the browser that set out", async () => {
    const attacker = new TestBrowser();
    const back = await wayBack(attacker);
    for (const victim of [new TestBrowser(), await onTheWay()]) {
      const { status } = await victim.go(back.href, "http://evil.example");
      expect(status).toBe(401);
      expect(session(victim.cookieHeader(setup.origin))).toBe("");
    }
    expect(entries().map(({ errorCode, reason }) => [errorCode, reason])).toEqual([
      ["identity.sign-in-refused", "state"],
      ["identity.sign-in-refused", "state"],
    ]);
  });

  test("gains nothing by a session cookie that they set before: a sign-in is always a new one", async () => {
    const browser = new TestBrowser();
    const planted = randomBytes(32).toString("base64url");
    const name = `kubemate-session-${setup.server.port}`;
    browser.setCookie(setup.origin, name, planted);
    await browser.go(`${setup.origin}/sign-in`, setup.origin);
    const cookie = browser.cookieHeader(setup.origin);
    expect(cookie).not.toContain(planted);
    expect((await ask(setup.origin, "/session", { cookie: `${name}=${planted}` })).status).toBe(401);
  });

  test("cannot use a way back a second time, nor a code of their own with another's state", async () => {
    const browser = new TestBrowser();
    const back = await wayBack(browser);
    const cookie = browser.cookieHeader(setup.origin);
    const callback = (url: URL) => ask(setup.origin, url.pathname + url.search, { cookie, accept: "text/html" });
    const swapped = new URL(back);
    swapped.searchParams.set("code", (await wayBack(new TestBrowser())).searchParams.get("code") ?? "");
    expect((await callback(swapped)).status).toBe(401);
    expect((await callback(back)).status).toBe(401);
    expect(entries().map(({ reason }) => reason)).toEqual(["code", "state"]);
  });

  test("cannot set off the way back from a frame, a picture or a script, nor by another method", async () => {
    const back = await wayBack(new TestBrowser());
    const path = back.pathname + back.search;
    const cross = { "sec-fetch-site": "cross-site" };
    for (const headers of [
      { ...cross, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
      { ...cross, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
      { ...cross, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", origin: "http://evil.example" },
    ]) {
      expect((await ask(setup.origin, path, headers)).status).toBe(403);
    }
    for (const method of ["POST", "HEAD"]) {
      expect((await ask(setup.origin, path, cross, { method })).status).toBe(403);
    }
    expect((await ask(setup.origin, path, { host: "evil.example" })).status).toBe(403);
  });

  test("finds no other path that another site may lead to", async () => {
    const browser = await signedIn();
    const cookie = browser.cookieHeader(setup.origin);
    const navigation = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    for (const path of ["/", "/sign-in", "/session", "/login?token=x", "/sign-in/callback/", "/sign-in//callback"]) {
      expect((await ask(setup.origin, path, { ...navigation, cookie })).status, path).toBe(403);
    }
  });

  test("is never led elsewhere: where a sign-in ends is no matter of its address", async () => {
    const browser = new TestBrowser();
    const back = await wayBack(browser);
    for (const name of ["redirect", "next", "return_to", "url"]) back.searchParams.set(name, "https://evil.example/");
    const { url } = await browser.go(back.href, setup.provider.issuer);
    expect(url).toBe(`${setup.origin}/`);
    expect(browser.visited.join(" ")).not.toMatch(/ https:\/\/evil/);
  });

  test("is refused as another provider, and with a token for another client or sign-in, without a role, or with too many groups", async () => {
    const outcome = async () => {
      const browser = new TestBrowser();
      const { status } = await browser.go(`${setup.origin}/sign-in`, setup.origin);
      expect(session(browser.cookieHeader(setup.origin))).toBe("");
      const { errorCode, reason } = entries().at(-1) ?? {};
      return [status, errorCode, reason];
    };
    setup.provider.claims = { groups: ["sre"], aud: "another" };
    expect(await outcome()).toEqual([401, "identity.token-refused", "audience"]);
    setup.provider.claims = { groups: ["sre"], iss: "https://evil.example" };
    expect(await outcome()).toEqual([401, "identity.token-refused", "issuer"]);
    setup.provider.claims = { groups: ["sre"], nonce: "of another sign-in" };
    expect(await outcome()).toEqual([401, "identity.token-refused", "nonce"]);
    setup.provider.claims = { groups: ["guests"] };
    expect(await outcome()).toEqual([403, "identity.no-role", null]);
    expect(setup.trial.audit.entries.at(-1)?.record.subject).toMatchObject({ subject: "u-1", by: "oidc" });
    setup.provider.claims = { groups: Array.from({ length: 10_000 }, (_, index) => `/t/t${index}`) };
    expect(await outcome()).toEqual([401, "identity.token-too-large", null]);
    setup.provider.claims = { groups: Array.from({ length: 6_000 }, (_, index) => index.toString(36)) };
    expect(await outcome()).toEqual([401, "identity.too-many-values", null]);

    const browser = new TestBrowser();
    const back = await wayBack(browser);
    back.searchParams.set("iss", "https://evil.example");
    await browser.go(back.href, setup.provider.issuer);
    expect(entries().at(-1)).toMatchObject({ errorCode: "identity.sign-in-refused", reason: "issuer" });
  });

  test("learns nothing but a sentence: no reason, no token, no code is in an answer or in the log", async () => {
    setup.provider.claims = { groups: ["sre"], aud: "another" };
    const browser = new TestBrowser();
    const back = await wayBack(browser);
    const { body } = await browser.go(back.href, setup.provider.issuer);
    expect(body).not.toMatch(/audience|eyJ|token_/);
    const code = back.searchParams.get("code") ?? "";
    const state = back.searchParams.get("state") ?? "";
    const log = JSON.stringify(setup.trial.logger.lines) + JSON.stringify(setup.trial.audit.entries);
    for (const secret of [code, state, "eyJ", "s3:cret"]) expect(log).not.toContain(secret);
  });

  test("cannot fill the audit with refusals: beyond sixty a minute they are counted", async () => {
    for (let attempt = 0; attempt < 70; attempt += 1) await ask(setup.origin, "/sign-in/callback?state=x&code=y");
    expect(entries()).toHaveLength(60);
    await setup.clock.advance(60_000);
    await ask(setup.origin, "/sign-in/callback?state=x&code=y");
    expect(setup.trial.audit.entries.at(-1)?.record.subject).toMatchObject({ unwrittenBefore: 10 });
  });

  test("gets no session where the sign-in cannot be written down", async () => {
    const browser = new TestBrowser();
    const back = await wayBack(browser);
    setup.trial.audit.full = true;
    const { status } = await browser.go(back.href, setup.provider.issuer);
    expect(status).toBe(503);
    expect(session(browser.cookieHeader(setup.origin))).toBe("");
  });
});

describe("the pre-session", () => {
  test("is a cookie of its own that a navigation from the provider brings back, and is gone afterwards", async () => {
    const begun = await ask(setup.origin, "/sign-in");
    expect(begun.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^kubemate-sign-in-\d+=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/),
    ]);
    const browser = await signedIn();
    expect(browser.cookieHeader(setup.origin)).not.toContain("sign-in");
  });

  test("opens nothing by itself", async () => {
    const begun = await ask(setup.origin, "/sign-in");
    const value = /=([\w-]{43});/.exec(begun.headers["set-cookie"]?.[0] ?? "")?.[1] ?? "";
    const cookie = `kubemate-session-${setup.server.port}=${value}`;
    expect((await ask(setup.origin, "/session", { cookie })).status).toBe(401);
  });

  test("is not begun under a name that the way back does not lead to", async () => {
    const host = `localhost:${setup.server.port}`;
    const { status, body, headers } = await ask(setup.origin, "/sign-in", { host, accept: "text/html" });
    expect(status).toBe(401);
    expect(body.toString()).toContain(new URL(setup.origin).host);
    expect(headers["set-cookie"]).toBeUndefined();
  });

  test("waits while the provider is away, which is told as such", async () => {
    setup.provider.faults.set("/.well-known/openid-configuration", (response) => {
      response.writeHead(500).end();
      return true;
    });
    const { status, body } = await ask(setup.origin, "/sign-in", { accept: "text/html" });
    expect(status).toBe(503);
    expect(body.toString()).toContain("does not answer at the moment");
  });
});

test("without a provider there is no way to sign in at one", async () => {
  await using plain = await headlessConsole();
  for (const path of ["/sign-in", "/sign-in/callback?state=x&code=y"]) {
    const { status, headers } = await ask(plain.server.origin, path);
    expect([status, headers["set-cookie"]]).toEqual([401, undefined]);
  }
});

async function onTheWay(): Promise<TestBrowser> {
  const browser = new TestBrowser();
  await wayBack(browser);
  return browser;
}
