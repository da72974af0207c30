import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { IdentityHttp } from "../../../src-main/core/identity/identity-http.ts";
import { OidcSignIn } from "../../../src-main/core/identity/oidc-sign-in.ts";
import {
  METADATA_LIMITS,
  metadataUrl,
  readProviderMetadata,
} from "../../../src-main/core/identity/provider-metadata.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const ISSUER = "https://id.bank.example/realms/ops";
const UNFIT = expect.objectContaining({ code: "identity.provider-unfit" }) as unknown;
const signal = new AbortController().signal;

function answering(over: Record<string, unknown>): IdentityHttp {
  const document = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    jwks_uri: `${ISSUER}/keys`,
    ...over,
  };
  return { send: async () => ({ status: 200, text: JSON.stringify(document) }) };
}

describe("an issuer", () => {
  it("has its document below its own path", () => {
    expect(metadataUrl(ISSUER).href).toBe(`${ISSUER}/.well-known/openid-configuration`);
    expect(metadataUrl(`${ISSUER}/`).href).toBe(`${ISSUER}/.well-known/openid-configuration`);
    for (const local of ["http://127.0.0.1:5556", "http://[::1]:5556", "http://localhost:5556/dex"]) {
      expect(metadataUrl(local).href).toBe(`${local}/.well-known/openid-configuration`);
    }
  });

  it("is https or on this machine, without password, query or fragment", () => {
    const unfit = [
      "",
      "id.bank.example",
      "http://id.bank.example",
      "http://127.0.0.1.evil.example",
      "http://localhost.evil.example",
      "ftp://id.bank.example",
      "https://user:secret@id.bank.example",
      "https://id.bank.example?x=1",
      "https://id.bank.example#x",
    ];
    for (const issuer of unfit) expect(() => metadataUrl(issuer)).toThrow(UNFIT);
  });
});

describe("a discovery document", () => {
  it("of a provider elsewhere cannot send us to our own ports or off TLS", async () => {
    for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri"]) {
      for (const address of ["http://127.0.0.1:8080/x", "http://localhost/x", "http://id.bank.example/x", "/keys"]) {
        const http = answering({ [name]: address });
        await expect(readProviderMetadata(ISSUER, http, METADATA_LIMITS, signal)).rejects.toThrow(UNFIT);
      }
    }
    const fit = await readProviderMetadata(ISSUER, answering({}), METADATA_LIMITS, signal);
    expect(fit).toMatchObject({ issuer: ISSUER, secretIn: "header", namesIssuer: false });
  });
});

describe("a sign-in", () => {
  it("cannot be set up with a way back or an issuer that others can read", () => {
    const make = (redirectUri: string, issuer: string) =>
      new OidcSignIn({
        client: { clientId: "console", clientSecret: null, redirectUri },
        rules: { issuer, algorithms: ["RS256"], clockSkewMs: 60_000, maxTokenBytes: 65_536 },
        scopes: [],
        http: answering({}),
        clock: new ManualClock(),
        randomBytes,
      });
    expect(() => make("http://console.bank.example/back", ISSUER)).toThrow(UNFIT);
    expect(() => make("back", ISSUER)).toThrow(UNFIT);
    expect(() => make("https://console.bank.example/back", "http://id.bank.example")).toThrow(UNFIT);
    expect(make("http://localhost:8080/back", ISSUER)).toBeInstanceOf(OidcSignIn);
  });
});
