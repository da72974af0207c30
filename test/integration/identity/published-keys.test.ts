import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { tokenRulesSchema, verifyToken } from "../../../src-main/core/identity/bearer-token.ts";
import { PublishedKeys } from "../../../src-main/core/identity/token-keys.ts";
import { UndiciIdentityHttp } from "../../../src-main/core/identity/undici-identity-http.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { OidcProvider, type ProviderFault } from "../../builders/oidc-provider.ts";
import { refusalOf } from "../../builders/sign-in-bench.ts";

const signal = new AbortController().signal;

async function keysBench() {
  const clock = new ManualClock();
  const client = { id: "console", secret: null, redirectUri: "https://console.bank.example/back" };
  const provider = await OidcProvider.start(clock, client);
  const http = new UndiciIdentityHttp({ clock });
  const keys = new PublishedKeys({ url: provider.keysUrl, http, clock });
  const rules = tokenRulesSchema.parse({ issuer: provider.issuer, audiences: ["console"], algorithms: ["ES256"] });
  return {
    clock,
    provider,
    verify: (token: string, until = signal) => verifyToken(token, rules, keys, clock, until),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

const FAULTS: readonly [string, ProviderFault][] = [
  ["an HTML page", (response) => (response.writeHead(200, { "content-type": "text/html" }).end("<html>"), true)],
  ["10 MB", (response) => (response.writeHead(200).end(`{"keys":[],"x":"${"x".repeat(10_000_000)}"}`), true)],
  [
    "10 MB that are small on the wire",
    (response) => (
      response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync(`{"keys":[],"x":"${"x".repeat(10_000_000)}"}`)),
      true
    ),
  ],
  ["an error", (response) => (response.writeHead(503).end("{}"), true)],
  [
    "a redirect",
    (response) => (response.writeHead(302, { location: "/.well-known/openid-configuration" }).end(), true),
  ],
  [
    "half an answer",
    (response) => (response.writeHead(200, { "content-length": "100" }).write("{"), response.destroy(), true),
  ],
  ["nothing but a closed connection", (response) => (response.destroy(), true)],
];

describe("keys over the network", () => {
  it("let a token in that the provider signed, also after a rotation", async () => {
    await using bench = await keysBench();
    const before = await bench.provider.sign({ groups: ["sre"] });
    expect(await bench.verify(before)).toMatchObject({ subject: "u-1", claims: { groups: ["sre"] } });
    await bench.provider.rotate();
    const after = await bench.provider.sign();
    expect(await refusalOf(bench.verify(after))).toBe("identity.token-refused (unknown-key)");
    await bench.clock.advance(30_000);
    await bench.verify(after);
    expect(await refusalOf(bench.verify(before))).toBe("identity.token-refused (unknown-key)");
    expect(bench.provider.count("/keys")).toBe(2);
  });

  it("are asked for once by fifty requests at the same time", async () => {
    await using bench = await keysBench();
    const token = await bench.provider.sign();
    await Promise.all(Array.from({ length: 50 }, () => bench.verify(token)));
    expect(bench.provider.count("/keys")).toBe(1);
  });

  it.each(FAULTS)("that are %s let nobody in, and are not asked for again at once", async (_, fault) => {
    await using bench = await keysBench();
    bench.provider.faults.set("/keys", fault);
    const token = await bench.provider.sign();
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await refusalOf(bench.verify(token))).toBe("identity.provider-unavailable");
    }
    expect(bench.provider.count("/keys")).toBe(1);
    bench.provider.faults.clear();
    await bench.clock.advance(30_000);
    await bench.verify(token);
  });

  it.each([
    ["never come", () => true],
    ["come one byte and no more", (response) => (response.writeHead(200).write("{"), true)],
  ] satisfies [string, ProviderFault][])("that %s end at the time limit", async (_, fault) => {
    await using bench = await keysBench();
    bench.provider.faults.set("/keys", fault);
    const refused = refusalOf(bench.verify(await bench.provider.sign()));
    await expect.poll(() => bench.provider.count("/keys")).toBe(1);
    await bench.clock.advance(5_000);
    expect(await refused).toBe("identity.provider-unavailable");
    expect(bench.clock.waiting).toBe(0);
  });

  it("that never come do not hold whoever gives up", async () => {
    await using bench = await keysBench();
    bench.provider.faults.set("/keys", () => true);
    const patience = new AbortController();
    const refused = bench.verify(await bench.provider.sign(), patience.signal);
    const outcome = expect(refused).rejects.toThrow("gave up");
    await expect.poll(() => bench.provider.count("/keys")).toBe(1);
    patience.abort(new Error("gave up"));
    await outcome;
  });

  it("go on working through an outage of an hour, and no longer", async () => {
    await using bench = await keysBench();
    await bench.verify(await bench.provider.sign());
    bench.provider.faults.set("/keys", (response) => (response.writeHead(500).end(), true));
    await bench.clock.advance(3_599_000);
    await bench.verify(await bench.provider.sign());
    await bench.clock.advance(1_000);
    expect(await refusalOf(bench.verify(await bench.provider.sign()))).toBe("identity.provider-unavailable");
  });
});
