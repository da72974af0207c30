import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { IssuerKeys } from "../../../src-main/core/identity/issuer-keys.ts";
import { UndiciIdentityHttp } from "../../../src-main/core/identity/undici-identity-http.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { OidcProvider } from "../../builders/oidc-provider.ts";
import { refusalOf } from "../../builders/sign-in-bench.ts";

const signal = new AbortController().signal;
const CLIENT = { id: "x", secret: null, redirectUri: "https://console.bank.example/sign-in/callback" };

async function bench() {
  const clock = new ManualClock();
  const provider = await OidcProvider.start(clock, CLIENT);
  const http = new UndiciIdentityHttp({ clock });
  const keys = new IssuerKeys({ issuer: provider.issuer, http, clock });
  const find = async (token: string) => {
    const [header = "", payload = "", signature = ""] = token.split(".");
    return keys.find(decodeProtectedHeader(token), { protected: header, payload, signature }, signal);
  };
  return {
    clock,
    provider,
    find,
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

describe("keys of an issuer", () => {
  it("are found by a discovery document that knows of no sign-in, as that of a Kubernetes API", async () => {
    await using setup = await bench();
    setup.provider.metadata = { authorization_endpoint: undefined, token_endpoint: undefined };
    await setup.find(await setup.provider.sign());
    await setup.find(await setup.provider.sign());
    expect([setup.provider.count("/keys"), setup.provider.count("/.well-known/openid-configuration")]).toEqual([1, 1]);
  });

  it("are kept when the document is read again, and followed when they are rotated", async () => {
    await using setup = await bench();
    await setup.find(await setup.provider.sign());
    await setup.clock.advance(599_000);
    await setup.provider.rotate();
    await setup.find(await setup.provider.sign());
    await setup.clock.advance(1_000);
    await setup.find(await setup.provider.sign());
    expect(setup.provider.count("/keys")).toBe(2);
    expect(setup.provider.count("/.well-known/openid-configuration")).toBe(2);
  });

  it("are not taken from the document of another issuer, nor from an address that anybody on the way can answer for", async () => {
    await using setup = await bench();
    setup.provider.metadata = { issuer: "https://evil.example" };
    expect(await refusalOf(setup.find(await setup.provider.sign()))).toBe("identity.provider-unfit");
    await using plain = await bench();
    plain.provider.metadata = { jwks_uri: "http://keys.bank.example/keys" };
    expect(await refusalOf(plain.find(await plain.provider.sign()))).toBe("identity.provider-unfit");
    await using none = await bench();
    none.provider.metadata = { jwks_uri: 7 };
    expect(await refusalOf(none.find(await none.provider.sign()))).toBe("identity.provider-unavailable");
  });
});
