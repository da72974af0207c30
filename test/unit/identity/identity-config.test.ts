import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { identityConfigSchema, parseIdentityConfig } from "../../../src-main/core/identity/identity-config.ts";
import { loadIdentityConfig } from "../../../src-main/core/identity/load-identity-config.ts";
import { isAppError } from "../../../src-shared/errors/app-error.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const EXAMPLE = new URL("../../../resources/identity.example.yaml", import.meta.url);
const CLAIMS = { roles: [{ claim: "groups", value: "sre", role: "viewer" }], tenants: [] };
const OIDC = { name: "SSO", issuer: "https://login.bank.example", clientId: "console" };
const BEARER = { issuer: "https://login.bank.example", audiences: ["console"] };
const BY_NAMESPACE = { ...CLAIMS, tenants: [{ kind: "named-namespace", claim: "groups", prefix: "" }] };

/** The field that is wrong, and why; fails when nothing is. */
function problemOf(config: unknown): string {
  try {
    parseIdentityConfig(config);
  } catch (error) {
    if (!isAppError(error) || error.code !== "identity.config-invalid") throw error;
    const { field, problem } = z.object({ field: z.string(), problem: z.string() }).parse(error.params);
    return `${field}: ${problem}`;
  }
  throw new Error("nothing is wrong");
}

/** Paths of all keys a schema knows; of lists, those of their items. */
function keysOf(node: unknown, path: string, found: Set<string>): Set<string> {
  if (typeof node !== "object" || node === null) return found;
  if (Array.isArray(node)) {
    for (const one of node) keysOf(one, path, found);
    return found;
  }
  for (const [name, value] of Object.entries(node)) {
    if (name === "properties") {
      for (const [key, inner] of Object.entries(Object(value))) {
        found.add(`${path}${key}`);
        keysOf(inner, `${path}${key}.`, found);
      }
    } else if (["items", "anyOf", "oneOf", "allOf"].includes(name)) keysOf(value, path, found);
  }
  return found;
}

describe("the file of --identity", () => {
  it("has an example that holds and that shows every key there is", () => {
    const text = readFileSync(EXAMPLE, "utf8");
    parseIdentityConfig(parse(text));
    const known = keysOf(z.toJSONSchema(identityConfigSchema, { io: "input", unrepresentable: "any" }), "", new Set());
    const missing = [...known].filter((path) => !new RegExp(`\\b${path.split(".").at(-1) ?? ""}:`).test(text));
    expect(known.size).toBeGreaterThan(40);
    expect(missing).toEqual([]);
  });

  it("takes people alone, programs alone, and both of one issuer by the same rules", () => {
    expect(parseIdentityConfig({ oidc: OIDC, claims: CLAIMS })).toMatchObject({
      startLinks: false,
      oidc: { algorithms: ["RS256"], scopes: ["profile"], clockSkewSeconds: 60 },
    });
    parseIdentityConfig({ bearer: { ...BEARER, claims: CLAIMS } });
    parseIdentityConfig({ oidc: OIDC, bearer: BEARER, claims: CLAIMS });
  });

  it.each([
    [{}, ":1: neither oidc nor bearer"],
    [{ oidc: OIDC }, "claims: is needed"],
    [{ oidc: OIDC, claims: CLAIMS, colour: "red" }, ':1: Unrecognized key: "colour"'],
    [{ oidc: { ...OIDC, clientSecret: "x" }, claims: CLAIMS }, 'oidc: Unrecognized key: "clientSecret"'],
    [{ oidc: { ...OIDC, issuer: "http://login.bank.example" }, claims: CLAIMS }, "oidc.issuer: is no https address"],
    [{ oidc: { ...OIDC, algorithms: ["none"] }, claims: CLAIMS }, /^oidc\.algorithms\.0: /],
    [{ oidc: { ...OIDC, algorithms: ["HS256"] }, claims: CLAIMS }, /^oidc\.algorithms\.0: /],
    [{ oidc: { ...OIDC, scopes: ["a b"] }, claims: CLAIMS }, /^oidc\.scopes\.0: /],
    [
      { oidc: { ...OIDC, redirectUri: "https://console.bank.example/elsewhere" }, claims: CLAIMS },
      "oidc.redirectUri: does not end in /sign-in/callback",
    ],
    [
      { oidc: { ...OIDC, redirectUri: "https://console.bank.example/sign-in/callback?to=x" }, claims: CLAIMS },
      "oidc.redirectUri: has a query or a fragment",
    ],
    [
      { oidc: { ...OIDC, clientSecretFile: "a", clientSecretEnv: "B" }, claims: CLAIMS },
      "oidc.clientSecretFile: clientSecretFile or clientSecretEnv, not both",
    ],
    [
      { oidc: OIDC, bearer: { ...BEARER, issuer: "https://kubernetes.default.svc" }, claims: CLAIMS },
      "bearer.claims: is needed, because the issuer is not that of oidc",
    ],
    [
      { bearer: { ...BEARER, keysUrl: "http://keys.bank.example", claims: CLAIMS } },
      "bearer.keysUrl: is no https address",
    ],
    [{ bearer: { ...BEARER, audiences: [], claims: CLAIMS } }, /^bearer\.audiences: /],
    [{ oidc: OIDC, claims: BY_NAMESPACE }, "namespaces: is needed for rules of kind named-namespace"],
    [
      { oidc: OIDC, claims: BY_NAMESPACE, namespaces: { sources: [{ kind: "label", key: "t" }] } },
      "namespaces.site: is needed for labels and annotations",
    ],
    [
      { oidc: OIDC, claims: { ...CLAIMS, tenants: [{ kind: "exact", claim: "g", value: "v", tenants: ["a|b"] }] } },
      /tenants\.0\.tenants\.0: is no tenant id$/,
    ],
  ])("refuses %j", (config, problem) => {
    const found = problemOf(config);
    if (typeof problem === "string") expect(found).toBe(problem);
    else expect(found).toMatch(problem);
  });

  it("is either taken or refused with a field, whatever stands in it", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("oidc", "bearer", "claims", "namespaces", "startLinks"),
        (value, key) => {
          try {
            parseIdentityConfig({ oidc: OIDC, claims: CLAIMS, [key]: value });
          } catch (error) {
            expect(isAppError(error) && error.code).toBe("identity.config-invalid");
          }
        },
      ),
    );
  });
});

function write(directory: TemporaryDirectory, name: string, content: string): string {
  writeFileSync(directory.file(name), content);
  return directory.file(name);
}

describe("reading it", () => {
  const text = (extra: object = {}) => JSON.stringify({ oidc: { ...OIDC, ...extra }, claims: CLAIMS });

  it("takes secrets from the file or the variable that it names, without the line break at the end", async () => {
    using directory = temporaryDirectory();
    const file = write(directory, "identity.json", text({ clientSecretFile: "secret" }));
    write(directory, "secret", "s3cret \n");
    expect((await loadIdentityConfig(file, {})).clientSecret).toBe("s3cret ");
    write(directory, "identity.json", text({ clientSecretEnv: "OIDC_SECRET" }));
    expect((await loadIdentityConfig(file, { OIDC_SECRET: "other" })).clientSecret).toBe("other");
    write(directory, "identity.json", text());
    expect((await loadIdentityConfig(file, {})).clientSecret).toBeNull();
  });

  it("says which file, which variable or which line is at fault, and never a secret", async () => {
    using directory = temporaryDirectory();
    const file = write(directory, "identity.yaml", text({ clientSecretEnv: "OIDC_SECRET" }));
    await expect(loadIdentityConfig(file, {})).rejects.toMatchObject({
      code: "identity.config-invalid",
      params: { field: "oidc.clientSecretEnv" },
    });
    write(directory, "identity.yaml", text({ clientSecretFile: "missing" }));
    await expect(loadIdentityConfig(file, {})).rejects.toMatchObject({ code: "files.unreadable" });
    write(directory, "identity.yaml", "startLinks: true\nstartLinks: false\n");
    await expect(loadIdentityConfig(file, {})).rejects.toMatchObject({
      code: "identity.config-invalid",
      params: { field: ":2", problem: expect.stringContaining("unique") },
    });
    write(directory, "identity.yaml", "oidc: [\n");
    await expect(loadIdentityConfig(file, {})).rejects.toMatchObject({ code: "identity.config-invalid" });
    await expect(loadIdentityConfig(directory.file("none"), {})).rejects.toMatchObject({ code: "files.unreadable" });
  });
});
