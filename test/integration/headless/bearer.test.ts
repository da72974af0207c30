import { once } from "node:events";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { createDoorClient } from "../../../src-renderer/rpc/console-client.ts";
import { lineWebSocketClass } from "../../../src-renderer/rpc/line-web-socket.ts";
import { failureOf, stateOf } from "../../builders/door-outcome.ts";
import { ask, headlessConsole, signIn, upgrade } from "../../builders/headless-console.ts";
import { identityConsole, type IdentityConsole } from "../../builders/identity-console.ts";
import { trialApi } from "../../builders/trial-door.ts";

let setup: IdentityConsole;
beforeEach(async () => {
  setup = await identityConsole();
});
afterEach(() => setup[Symbol.asyncDispose]());

const CLAIMS = { aud: "console-api", sub: "pipeline", groups: ["sre", "/t/cards"] };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const lastEntry = () => setup.trial.audit.entries.at(-1);

async function statusWith(token: string): Promise<number> {
  return (await ask(setup.origin, "/session", bearer(token))).status;
}

function connect(token: string) {
  class ProgramSocket extends WsWebSocket {
    constructor(url: string) {
      super(url, { headers: bearer(token) });
    }
  }
  return createDoorClient(trialApi, {
    url: `${setup.origin.replace("http", "ws")}/rpc`,
    // `ws` keeps the browser's interface; only the types of its events differ.
    webSocket: lineWebSocketClass(ProgramSocket as unknown as typeof WebSocket),
    retryDelayMs: () => 5,
    sessionStands: async () => (await statusWith(token)) !== 401,
  });
}

describe("a bearer token", () => {
  test("opens the door to a program, for the tenants of its claims, and the entry says whose it was", async () => {
    const client = connect(await setup.provider.sign(CLAIMS));
    const { hello } = await stateOf(client, ({ state }) => state === "open");
    expect(hello).toMatchObject({ role: "operator", shell: "browser" });
    expect(hello?.principal).toMatch(/^pipeline \(127\.0\.0\.1:\d+\)$/);
    expect(lastEntry()).toMatchObject({
      record: { action: "session.signIn", auditClass: "security", subject: { by: "bearer", subject: "pipeline" } },
      outcome: "succeeded",
    });
    expect(await client.api.trial.peek({ tenant: "cards" })).toBe("labels of cards");
    expect((await failureOf(client.api.trial.peek({ tenant: "payments" }))).wire.code).toBe("identity.tenant-refused");
    await client.close();
  });

  test("makes no session: nothing is set, and without it there is nothing", async () => {
    const token = await setup.provider.sign(CLAIMS);
    const { status, headers } = await ask(setup.origin, "/", { ...bearer(token), accept: "text/html" });
    expect([status, headers["set-cookie"]]).toEqual([200, undefined]);
    expect((await ask(setup.origin, "/")).status).toBe(401);
  });

  test("ends its socket when it expires, also where the program does not listen to that", async () => {
    const token = await setup.provider.sign(CLAIMS);
    const { socket, status } = await upgrade(setup.origin, bearer(token));
    expect(status).toBe(101);
    const closed = once(socket, "close");
    await setup.clock.advance(300_000);
    const [code] = (await closed) as [number];
    expect(code).toBe(4401);
    await setup.clock.advance(60_000);
    expect(await statusWith(token)).toBe(401);

    const deaf = await upgrade(setup.origin, bearer(await setup.provider.sign(CLAIMS)));
    deaf.socket.pause();
    await setup.clock.advance(300_000);
    await setup.clock.advance(2_000);
    const cut = once(deaf.socket, "close");
    deaf.socket.resume();
    await cut;
  });

  test("that is bad is refused with its reason in the audit and none in the answer", async () => {
    const { provider } = setup;
    const key = await generateKeyPair("ES256");
    const stranger = (header: { kid?: string; jwk?: unknown }) =>
      new SignJWT({ ...CLAIMS, iss: provider.issuer, exp: Math.floor(setup.clock.nowMs() / 1_000) + 300 })
        // What a forger would write there, whatever the types say of it.
        .setProtectedHeader({ alg: "ES256", ...header } as { alg: string })
        .sign(key.privateKey);
    const unsigned = new UnsecuredJWT({ ...CLAIMS, iss: provider.issuer }).setExpirationTime("5m").encode();
    // The provider of the test leaves out what is undefined; a token's own type knows no such thing.
    const eternal = { ...CLAIMS, exp: undefined as unknown as number };
    const cases: readonly (readonly [string, string, string | null])[] = [
      [unsigned, "identity.token-refused", "algorithm"],
      [await stranger({ kid: provider.publishedKey.kid ?? "" }), "identity.token-refused", "signature"],
      [await stranger({ kid: "another" }), "identity.token-refused", "unknown-key"],
      [await stranger({ jwk: await exportJWK(key.publicKey) }), "identity.token-refused", "signature"],
      [await provider.sign({ ...CLAIMS, exp: 1_700_000_000 }), "identity.token-expired", "expired"],
      [await provider.sign(eternal), "identity.token-refused", "claims"],
      [await provider.sign({ ...CLAIMS, aud: "kubemate console" }), "identity.token-refused", "audience"],
      [await provider.sign({ ...CLAIMS, iss: "https://evil.example" }), "identity.token-refused", "issuer"],
      [await provider.sign({ ...CLAIMS, groups: ["guests"] }), "identity.no-role", null],
      ["x.y.z", "identity.token-refused", "malformed"],
    ];
    for (const [token, code, reason] of cases) {
      const { body, status, headers } = await ask(setup.origin, "/session", bearer(token));
      expect([status, body.toString()]).toEqual([code === "identity.no-role" ? 403 : 401, code]);
      expect(headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
      expect(lastEntry(), `${code} ${reason}`).toMatchObject({ outcome: "refused", errorCode: code });
      expect(lastEntry()?.record.subject["reason"] ?? null).toBe(reason);
      expect((await upgrade(setup.origin, bearer(token))).status).toBe(status);
    }
    expect(JSON.stringify(setup.trial.audit.entries) + JSON.stringify(setup.trial.logger.lines)).not.toContain("eyJ");
  });

  test("with ten thousand tenants is refused whole, by its size or by their number", async () => {
    const groups = (count: number) => ["sre", ...Array.from({ length: count }, (_, index) => `/t/${index}`)];
    const { provider } = setup;
    expect(await statusWith(await provider.sign({ ...CLAIMS, groups: groups(5_500) }))).toBe(401);
    expect(lastEntry()).toMatchObject({ errorCode: "identity.token-too-large" });
    // What is longer than any token may be is cut off before anything reads it: with 431, or by hanging up on the sender.
    const many = await ask(
      setup.origin,
      "/session",
      bearer(await provider.sign({ ...CLAIMS, groups: groups(10_000) })),
    ).then(
      ({ status }) => status,
      () => 431,
    );
    expect(many).toBe(431);
    await using narrow = await identityConsole({
      claims: { roles: [{ claim: "groups", value: "sre", role: "viewer" }], tenants: [], maxValues: 100 },
    });
    const some = await narrow.provider.sign({ ...CLAIMS, groups: groups(100) });
    const { status } = await ask(narrow.origin, "/session", bearer(some));
    expect(status).toBe(401);
    expect(narrow.trial.audit.entries.at(-1)).toMatchObject({ errorCode: "identity.too-many-values" });
  });

  test("follows a rotation of the keys, and the old key is worth nothing from then on", async () => {
    const old = await setup.provider.sign(CLAIMS);
    expect(await statusWith(old)).toBe(204);
    await setup.provider.rotate();
    await setup.clock.advance(31_000);
    expect(await statusWith(await setup.provider.sign(CLAIMS))).toBe(204);
    expect(await statusWith(old)).toBe(401);
    expect(lastEntry()?.record.subject).toMatchObject({ reason: "unknown-key" });
  });

  test("that does not hold is not made good by a session, nor is one of two", async () => {
    await using both = await identityConsole({ startLinks: true });
    const cookie = await signIn(both.server.issueStartUrl());
    expect((await ask(both.origin, "/session", { cookie })).status).toBe(204);
    expect((await ask(both.origin, "/session", { cookie, ...bearer("x.y.z") })).status).toBe(401);
    expect((await ask(both.origin, "/session", { cookie, authorization: "Basic YTpi" })).status).toBe(401);
    const token = await both.provider.sign(CLAIMS);
    // Node's types know one such header; its client sends what it is given.
    const twice = { authorization: [`Bearer ${token}`, "Bearer x.y.z"] as unknown as string };
    expect((await ask(both.origin, "/session", twice)).status).toBe(401);
    expect(both.trial.audit.entries.at(-1)?.record.subject).toMatchObject({ reason: "malformed" });
  });

  test("needs no Origin, and one that is another's is refused all the same", async () => {
    const token = await setup.provider.sign(CLAIMS);
    const own = await upgrade(setup.origin, { ...bearer(token), origin: setup.origin });
    expect(own.status).toBe(101);
    own.socket.terminate();
    for (const headers of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      expect((await upgrade(setup.origin, { ...bearer(token), ...headers })).status).toBe(403);
    }
    expect((await upgrade(setup.origin, { ...bearer(token), host: "evil.example" })).status).toBe(403);
  });

  test("waits for the issuer's keys: while they cannot be read it is neither taken nor called bad", async () => {
    setup.provider.faults.set("/keys", (response) => {
      response.writeHead(503).end();
      return true;
    });
    expect(await statusWith(await setup.provider.sign(CLAIMS))).toBe(503);
    expect(lastEntry()).toMatchObject({ outcome: "refused", errorCode: "identity.provider-unavailable" });
  });
});

test("where no tokens are taken, one changes nothing", async () => {
  await using plain = await headlessConsole();
  const cookie = await signIn(plain.server.issueStartUrl());
  const token = await setup.provider.sign(CLAIMS);
  expect((await ask(plain.server.origin, "/session", { cookie, ...bearer(token) })).status).toBe(204);
  expect((await ask(plain.server.origin, "/session", bearer(token))).status).toBe(401);
});
