import { describe, expect, it } from "vitest";
import { parseClaimMapping } from "../../../src-main/core/identity/claim-mapping.ts";
import { claimsToStanding } from "../../../src-main/core/identity/claims-to-standing.ts";
import { mayUseTenant } from "../../../src-main/core/identity/tenant-scope.ts";
import { refusalOf, signInBench } from "../../builders/sign-in-bench.ts";

const signal = new AbortController().signal;

describe("sign-in at a provider", () => {
  it.each(["s3:cret/+ %", null])("goes there and back, and gives a role and tenants (secret: %s)", async (secret) => {
    await using bench = await signInBench(secret);
    bench.provider.claims = { preferred_username: "li.wei", realm_access: { roles: ["sre"] }, groups: ["/t/cards"] };
    const token = await bench.roundTrip("browser");
    const mapping = parseClaimMapping({
      roles: [{ claim: "realm_access.roles", value: "sre", role: "operator" }],
      tenants: [{ kind: "named-tenant", claim: "groups", prefix: "/t/" }],
    });
    const identity = claimsToStanding(token, mapping);
    expect(identity).toMatchObject({ issuer: bench.provider.issuer, subject: "u-1", name: "li.wei", role: "operator" });
    expect(mayUseTenant(identity, "cards")).toBe(true);
    expect(mayUseTenant(identity, "payments")).toBe(false);
  });

  it("asks with state, nonce and an S256 challenge, all new each time, and keeps the verifier to itself", async () => {
    await using bench = await signInBench();
    const [one, two] = [await bench.signIn.begin("browser", signal), await bench.signIn.begin("browser", signal)];
    expect(one.searchParams.get("scope")).toBe("openid profile groups");
    expect(one.searchParams.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(one.searchParams.get(name)).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(one.searchParams.get(name)).not.toBe(two.searchParams.get(name));
    }
    await bench.roundTrip("browser");
    const verifier = bench.provider.exchanges[0]?.form.get("code_verifier") ?? "";
    expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(one.href + two.href).not.toContain(verifier);
  });

  it("lets no token out: what it gives holds neither the id token nor the access token", async () => {
    await using bench = await signInBench();
    const text = JSON.stringify(await bench.roundTrip("browser"));
    expect(text).not.toMatch(/eyJ|access_token|id_token/);
  });

  it("puts the client's secret where the provider wants it", async () => {
    await using bench = await signInBench();
    await bench.roundTrip("browser");
    expect(bench.provider.exchanges[0]?.form.has("client_secret")).toBe(false);
    await using other = await signInBench();
    other.provider.metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] };
    await other.roundTrip("browser");
    expect(other.provider.exchanges[0]?.authorization).toBeUndefined();
  });

  it("follows a rotation of the provider's keys, and reads each document once until then", async () => {
    await using bench = await signInBench();
    await bench.roundTrip("browser");
    await bench.roundTrip("browser");
    expect([bench.provider.count("/keys"), bench.provider.count("/.well-known/openid-configuration")]).toEqual([1, 1]);
    await bench.clock.advance(30_000);
    await bench.provider.rotate();
    await bench.roundTrip("browser");
    expect(bench.provider.count("/keys")).toBe(2);
  });
});

describe("the way back from the provider", () => {
  it("works once: state and code cannot be used again", async () => {
    await using bench = await signInBench();
    const back = await bench.visit("browser");
    await bench.signIn.finish("browser", back.searchParams, signal);
    expect(await refusalOf(bench.signIn.finish("browser", back.searchParams, signal))).toBe(
      "identity.sign-in-refused (state)",
    );
    expect(bench.provider.exchanges).toHaveLength(1);
    const next = await bench.visit("browser");
    next.searchParams.set("code", back.searchParams.get("code") ?? "");
    expect(await refusalOf(bench.signIn.finish("browser", next.searchParams, signal))).toBe(
      "identity.sign-in-refused (code)",
    );
  });

  it("works only in the browser that set out", async () => {
    await using bench = await signInBench();
    const back = await bench.visit("victim");
    expect(await refusalOf(bench.signIn.finish("attacker", back.searchParams, signal))).toBe(
      "identity.sign-in-refused (state)",
    );
    expect(bench.provider.exchanges).toEqual([]);
  });

  it("with a code of another sign-in fails at the challenge", async () => {
    await using bench = await signInBench();
    const stolen = await bench.visit("victim");
    const own = await bench.visit("attacker");
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    expect(await refusalOf(bench.signIn.finish("attacker", own.searchParams, signal))).toBe(
      "identity.sign-in-refused (code)",
    );
  });

  it("is too late after ten minutes", async () => {
    await using bench = await signInBench();
    const back = await bench.visit("browser");
    await bench.clock.advance(600_000);
    expect(await refusalOf(bench.signIn.finish("browser", back.searchParams, signal))).toBe(
      "identity.sign-in-refused (state)",
    );
  });

  it("of another provider, or without the issuer where one was promised, is not carried to this one", async () => {
    await using bench = await signInBench();
    for (const issuer of ["https://other.example", `${bench.provider.issuer}/`, null]) {
      const back = await bench.visit("browser");
      if (issuer === null) back.searchParams.delete("iss");
      else back.searchParams.set("iss", issuer);
      expect(await refusalOf(bench.signIn.finish("browser", back.searchParams, signal))).toBe(
        "identity.sign-in-refused (issuer)",
      );
    }
    expect(bench.provider.exchanges).toEqual([]);
  });

  it("that is malformed is refused before anything is asked, and an error of the provider is told as one", async () => {
    await using bench = await signInBench();
    const spoil: readonly [(query: URLSearchParams) => void, string][] = [
      [(query) => query.delete("state"), "identity.sign-in-refused (state)"],
      [(query) => query.set("state", "short"), "identity.sign-in-refused (state)"],
      [(query) => query.append("state", query.get("state") ?? ""), "identity.sign-in-refused (callback)"],
      [(query) => query.append("code", "another"), "identity.sign-in-refused (callback)"],
      [(query) => query.delete("code"), "identity.sign-in-refused (callback)"],
      [(query) => query.set("code", ""), "identity.sign-in-refused (callback)"],
      [(query) => query.set("code", "x".repeat(4_097)), "identity.sign-in-refused (callback)"],
      [(query) => query.set("error", "access_denied"), "identity.sign-in-refused (callback)"],
    ];
    for (const [change, expected] of spoil) {
      const { searchParams } = await bench.visit("browser");
      change(searchParams);
      expect(await refusalOf(bench.signIn.finish("browser", searchParams, signal))).toBe(expected);
    }
    const { searchParams } = await bench.visit("browser");
    searchParams.delete("code");
    searchParams.set("error", "access_denied");
    searchParams.set("error_description", "<script>alert(1)</script>");
    const denied = bench.signIn.finish("browser", searchParams, signal);
    await expect(denied).rejects.toMatchObject({ code: "identity.sign-in-denied", params: {} });
    expect(bench.provider.exchanges).toEqual([]);
  });
});

describe("an id token", () => {
  it("that is not for this sign-in, this client or this time is refused", async () => {
    await using bench = await signInBench();
    const seconds = Math.floor(bench.clock.nowMs() / 1_000);
    const mine = "kubemate console";
    const cases: readonly [Record<string, unknown>, string][] = [
      [{ nonce: "another" }, "identity.token-refused (nonce)"],
      [{ nonce: undefined }, "identity.token-refused (nonce)"],
      [{ nonce: ["a"] }, "identity.token-refused (claims)"],
      [{ aud: "another client" }, "identity.token-refused (audience)"],
      [{ iss: "https://other.example" }, "identity.token-refused (issuer)"],
      [{ exp: seconds - 61 }, "identity.token-expired (expired)"],
      [{ azp: "another client" }, "identity.token-refused (authorized-party)"],
      [{ aud: [mine, "another client"] }, "identity.token-refused (authorized-party)"],
    ];
    for (const [claims, expected] of cases) {
      bench.provider.claims = claims;
      expect(await refusalOf(bench.roundTrip("browser"))).toBe(expected);
    }
    bench.provider.claims = { aud: [mine, "another client"], azp: mine };
    await bench.roundTrip("browser");
  });
});

describe("a provider", () => {
  it("whose document is of another issuer, leads to plain HTTP elsewhere, or has no S256, is not used", async () => {
    const unfit: readonly Record<string, unknown>[] = [
      { issuer: "https://other.example" },
      { authorization_endpoint: "http://id.bank.example/authorize" },
      { token_endpoint: "http://10.0.0.1/token" },
      { jwks_uri: "file:///etc/passwd" },
      { jwks_uri: "https://user:password@id.bank.example/keys" },
      { authorization_endpoint: "javascript:alert(1)" },
      { code_challenge_methods_supported: ["plain"] },
    ];
    for (const metadata of unfit) {
      await using bench = await signInBench();
      bench.provider.metadata = metadata;
      expect(await refusalOf(bench.signIn.begin("browser", signal))).toBe("identity.provider-unfit");
    }
  });

  it("that does not know the client, or answers without an id token, is told as its failure", async () => {
    await using bench = await signInBench();
    const faulty = async (status: number, body: string) => {
      const back = await bench.visit("browser");
      bench.provider.faults.set("/token", (response) => {
        response.writeHead(status, { location: "https://evil.example/token" }).end(body);
        return true;
      });
      return refusalOf(bench.signIn.finish("browser", back.searchParams, signal));
    };
    expect(await faulty(401, `{"error":"invalid_client"}`)).toBe("identity.provider-unfit");
    expect(await faulty(200, `{"access_token":"x"}`)).toBe("identity.provider-unavailable");
    expect(await faulty(200, "<html>")).toBe("identity.provider-unavailable");
    expect(await faulty(400, "<html>")).toBe("identity.provider-unavailable");
    expect(await faulty(307, "")).toBe("identity.provider-unavailable");
    expect(await faulty(500, "{}")).toBe("identity.provider-unavailable");
  });
});
