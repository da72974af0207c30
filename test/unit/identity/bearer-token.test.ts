import { createHmac } from "node:crypto";
import fc from "fast-check";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import {
  bearerTokenOf,
  tokenRulesSchema,
  verifyToken,
  type TokenRules,
} from "../../../src-main/core/identity/bearer-token.ts";
import type { IdentityHttp } from "../../../src-main/core/identity/identity-http.ts";
import { refusalReason } from "../../../src-main/core/identity/refusals.ts";
import { PublishedKeys } from "../../../src-main/core/identity/token-keys.ts";
import { isAppError } from "../../../src-shared/errors/app-error.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const ISSUER = "https://id.bank.example";
const KEYS_URL = new URL(`${ISSUER}/keys`);
const signal = new AbortController().signal;
const rules: TokenRules = tokenRulesSchema.parse({
  issuer: ISSUER,
  audiences: ["console"],
  algorithms: ["ES256", "RS256"],
});

/** A key set that is served without a network. */
function keysOf(clock: ManualClock, served: { keys: JWK[] }) {
  const asked = { times: 0 };
  const http: IdentityHttp = {
    async send() {
      asked.times++;
      return { status: 200, text: JSON.stringify(served) };
    },
  };
  return { asked, keys: new PublishedKeys({ url: KEYS_URL, http, clock }) };
}

async function signer(alg: "ES256" | "RS256", kid: string | undefined) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const name = kid === undefined ? {} : { kid };
  const jwk = { ...(await exportJWK(publicKey)), ...name, use: "sig" };
  const sign = (claims: JWTPayload, clock: ManualClock, header = {}) => {
    const seconds = Math.floor(clock.nowMs() / 1_000);
    const usual = { iss: ISSUER, aud: "console", sub: "u-1", iat: seconds, exp: seconds + 300 };
    return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, ...name, ...header }).sign(privateKey);
  };
  return { jwk, publicKey, privateKey, sign };
}

async function bench() {
  const clock = new ManualClock();
  const key = await signer("ES256", "k1");
  const served = { keys: [key.jwk] };
  const { keys, asked } = keysOf(clock, served);
  const verify = (token: string, over: Partial<TokenRules> = {}) =>
    verifyToken(token, { ...rules, ...over }, keys, clock, signal);
  return { clock, key, served, asked, verify };
}

/** What the caller is told, and what the audit is told. */
async function refusal(work: Promise<unknown>): Promise<readonly [string, string | null]> {
  try {
    await work;
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.toWire().params).toEqual({});
    return [error.code, refusalReason(error)];
  }
  throw new Error("the token was accepted");
}

function unsigned(header: object, payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}`;
}

describe("a bearer token", () => {
  it("that holds gives its issuer, subject, end and claims, and not itself", async () => {
    const { clock, key, verify } = await bench();
    const token = await key.sign({ groups: ["sre"] }, clock);
    const verified = await verify(token);
    expect(verified).toMatchObject({ issuer: ISSUER, subject: "u-1", claims: { groups: ["sre"] } });
    expect(verified.expiresAtMs).toBe(Math.floor(clock.nowMs() / 1_000) * 1_000 + 300_000);
    expect(JSON.stringify(verified)).not.toContain(token.split(".")[2]);
  });

  it("is refused when its claims are not ours, and the caller is not told why", async () => {
    const { clock, key, verify } = await bench();
    const seconds = Math.floor(clock.nowMs() / 1_000);
    const cases: readonly [JWTPayload, string][] = [
      [{ iss: "https://id.other.example" }, "issuer"],
      [{ iss: `${ISSUER}/` }, "issuer"],
      [{ aud: "another" }, "audience"],
      [{ aud: ["another", "console "] }, "audience"],
      [{ nbf: seconds + 61 }, "not-yet-valid"],
      [{ iat: seconds + 61 }, "not-yet-valid"],
      [{ sub: "" }, "claims"],
      [{ sub: "x".repeat(256) }, "claims"],
    ];
    for (const [claims, reason] of cases) {
      expect(await refusal(verify(await key.sign(claims, clock)))).toEqual(["identity.token-refused", reason]);
    }
  });

  it("needs an end, and every claim of the right type", async () => {
    const { clock, key, verify } = await bench();
    const seconds = Math.floor(clock.nowMs() / 1_000);
    const header = { alg: "ES256", kid: "k1" };
    const payloads = [
      { iss: ISSUER, aud: "console", sub: "u-1" },
      { iss: ISSUER, aud: "console", exp: seconds + 60 },
      { aud: "console", sub: "u-1", exp: seconds + 60 },
      { iss: ISSUER, sub: "u-1", exp: seconds + 60 },
      { iss: ISSUER, aud: "console", sub: "u-1", exp: "tomorrow" },
      { iss: ISSUER, aud: { console: true }, sub: "u-1", exp: seconds + 60 },
      { iss: ISSUER, aud: "console", sub: 1, exp: seconds + 60 },
    ];
    for (const payload of payloads) {
      const text = unsigned(header, payload);
      const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, Buffer.from(text));
      const token = `${text}.${Buffer.from(signature).toString("base64url")}`;
      expect((await refusal(verify(token)))[0]).toBe("identity.token-refused");
    }
  });

  it("holds within the clock skew on both sides, and not beyond", async () => {
    const { clock, key, verify } = await bench();
    const token = await key.sign({}, clock);
    await clock.advance(359_000);
    await verify(token);
    await clock.advance(1_000);
    expect(await refusal(verify(token))).toEqual(["identity.token-expired", "expired"]);
    const early = await key.sign({ nbf: Math.floor(clock.nowMs() / 1_000) + 60 }, clock);
    await verify(early);
    expect((await refusal(verify(early, { clockSkewMs: 0 })))[1]).toBe("not-yet-valid");
  });

  it("with `alg: none` is refused before any key is asked for", async () => {
    const { clock, key, asked, verify } = await bench();
    const good = await key.sign({}, clock);
    const payload = JSON.parse(Buffer.from(good.split(".")[1] ?? "", "base64url").toString()) as object;
    for (const alg of ["none", "None", "NONE", ""]) {
      const token = `${unsigned({ alg, kid: "k1" }, payload)}.`;
      expect((await refusal(verify(token)))[0]).toBe("identity.token-refused");
    }
    expect(asked.times).toBe(0);
  });

  it("signed by HMAC with our published key is refused", async () => {
    const clock = new ManualClock();
    const { jwk, publicKey, sign } = await signer("RS256", "k1");
    const { keys } = keysOf(clock, { keys: [jwk] });
    const payload = JSON.parse(
      Buffer.from((await sign({}, clock)).split(".")[1] ?? "", "base64url").toString(),
    ) as object;
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(jwk)]) {
      const text = unsigned({ alg: "HS256", kid: "k1" }, payload);
      const token = `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
      expect(await refusal(verifyToken(token, rules, keys, clock, signal))).toEqual([
        "identity.token-refused",
        "algorithm",
      ]);
    }
  });

  it("may only be signed in a way that is configured, and HMAC cannot be configured", async () => {
    const { clock, key, verify } = await bench();
    const token = await key.sign({}, clock);
    expect((await refusal(verify(token, { algorithms: ["RS256"] })))[1]).toBe("algorithm");
    for (const algorithm of ["none", "HS256", "HS384", "HS512", "A256KW", "dir"]) {
      const wanted = { issuer: ISSUER, audiences: ["console"], algorithms: ["RS256", algorithm] };
      expect(tokenRulesSchema.safeParse(wanted).success).toBe(false);
    }
  });

  it("of another key with the same name is refused", async () => {
    const { clock, verify } = await bench();
    const stranger = await signer("ES256", "k1");
    expect(await refusal(verify(await stranger.sign({}, clock)))).toEqual(["identity.token-refused", "signature"]);
  });

  it("cannot bring its own key along", async () => {
    const { clock, verify } = await bench();
    const stranger = await signer("ES256", undefined);
    const header = { jwk: stranger.jwk, jku: "https://evil.example/keys", x5u: "https://evil.example/cert" };
    expect((await refusal(verify(await stranger.sign({}, clock, header))))[1]).toBe("signature");
  });

  it("is refused when it says that an extension must be understood", async () => {
    const { clock, key, verify } = await bench();
    const token = await key.sign({}, clock, { typ: "JWT" });
    const [, payload, signature] = token.split(".");
    const header = Buffer.from(JSON.stringify({ alg: "ES256", kid: "k1", crit: ["x"], x: 1 })).toString("base64url");
    expect((await refusal(verify(`${header}.${payload}.${signature}`)))[0]).toBe("identity.token-refused");
  });

  it("of another use is refused where a type is asked for", async () => {
    const { clock, key, verify } = await bench();
    const access = await key.sign({}, clock, { typ: "at+jwt" });
    await verify(access, { type: "at+jwt" });
    expect((await refusal(verify(await key.sign({}, clock), { type: "at+jwt" })))[1]).toBe("type");
  });

  it("longer than allowed is not even looked at, and one with ten thousand tenants below it is read whole", async () => {
    const { clock, key, asked, verify } = await bench();
    const tenants = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`);
    const token = await key.sign({ tenants }, clock);
    await expect(verify(token)).rejects.toMatchObject({
      code: "identity.token-too-large",
      params: { maxBytes: rules.maxTokenBytes },
    });
    expect(asked.times).toBe(0);
    const verified = await verify(token, { maxTokenBytes: 262_144 });
    expect(verified.claims["tenants"]).toEqual(tenants);
  });

  it("changed anywhere is refused, whatever is changed", async () => {
    const { clock, key, verify } = await bench();
    const token = await key.sign({ groups: ["viewer"] }, clock);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.string({ minLength: 0, maxLength: 3 }), async (at, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        // The last character of base64url has bits that mean nothing; jose may take those as the same signature.
        fc.pre(changed !== token && at < token.length - 1);
        const error = await verify(changed).then(
          () => null,
          (failure: unknown) => failure,
        );
        expect(isAppError(error) && error.code).toBe("identity.token-refused");
      }),
      { numRuns: 200 },
    );
  });
});

describe("published keys", () => {
  it("are read again for an unknown key, at most once an interval", async () => {
    const { clock, key, served, asked, verify } = await bench();
    await verify(await key.sign({}, clock));
    const next = await signer("ES256", "k2");
    for (let attempt = 0; attempt < 50; attempt++) {
      expect((await refusal(verify(await next.sign({}, clock))))[1]).toBe("unknown-key");
    }
    expect(asked.times).toBe(1);
    served.keys = [next.jwk];
    await clock.advance(30_000);
    await verify(await next.sign({}, clock));
    expect(asked.times).toBe(2);
    expect((await refusal(verify(await key.sign({}, clock))))[1]).toBe("unknown-key");
  });

  it("forget a key that was withdrawn when they grow old", async () => {
    const { clock, key, served, verify } = await bench();
    await verify(await key.sign({}, clock));
    served.keys = [(await signer("ES256", "k2")).jwk];
    await clock.advance(600_000);
    expect((await refusal(verify(await key.sign({}, clock))))[1]).toBe("unknown-key");
  });

  it("that are secret are never used, and two that both fit are a refusal", async () => {
    const clock = new ManualClock();
    const leaked = await signer("ES256", undefined);
    const token = await leaked.sign({}, clock);
    const secret = { ...(await exportJWK(leaked.privateKey)), use: "sig" };
    for (const served of [
      [secret],
      [{ kty: "oct", k: "AAAA" }],
      [leaked.jwk, (await signer("ES256", undefined)).jwk],
    ]) {
      const { keys } = keysOf(clock, { keys: served });
      expect((await refusal(verifyToken(token, rules, keys, clock, signal)))[1]).toBe("unknown-key");
    }
    const { keys } = keysOf(clock, { keys: [leaked.jwk] });
    await verifyToken(token, rules, keys, clock, signal);
  });

  it("that are no key set, or too many, are the provider's failure", async () => {
    const { clock, key } = await bench();
    const token = await key.sign({}, clock);
    const many = Array.from({ length: 101 }, (_, index) => ({ ...key.jwk, kid: `k${index}` }));
    for (const body of ["<html>", "[]", "{}", `{"keys":{}}`, `{"keys":[1]}`, JSON.stringify({ keys: many })]) {
      const http: IdentityHttp = { send: async () => ({ status: 200, text: body }) };
      const keys = new PublishedKeys({ url: KEYS_URL, http, clock });
      const failure = await refusal(verifyToken(token, rules, keys, clock, signal));
      expect(failure).toEqual(["identity.provider-unavailable", null]);
    }
  });
});

describe("the authorization header", () => {
  it("gives its bearer token, and nothing else", () => {
    expect(bearerTokenOf("Bearer a.b-c.d_e")).toBe("a.b-c.d_e");
    expect(bearerTokenOf("bearer a.b.c")).toBe("a.b.c");
    for (const header of [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "Basic abc",
      "Bearer a b",
      "Bearer a,Bearer b",
      "xBearer a",
    ]) {
      expect(bearerTokenOf(header)).toBeNull();
    }
  });
});
