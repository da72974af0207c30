import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1"]);
});
afterAll(() => folder[Symbol.dispose]());

function jwt(expiresInSeconds: number, name: string): string {
  const payload = { exp: Math.floor(Date.now() / 1_000) + expiresInSeconds, name };
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.sig`;
}

/** An identity provider that rotates refresh tokens and accepts each once. */
function serveIssuer(api: KubernetesApi, idToken: string, first = "refresh-1"): { readonly asked: string[] } {
  const asked: string[] = [];
  let expected = first;
  api.on("GET", /^\/issuer\/\.well-known\/openid-configuration$/, (_request, response) =>
    sendJson(response, 200, { issuer: `${api.url}/issuer`, token_endpoint: `${api.url}/issuer/token` }),
  );
  api.on("POST", /^\/issuer\/token$/, (request, response) => {
    asked.push(request.body);
    const given = new URLSearchParams(request.body).get("refresh_token");
    const login = Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString();
    if (given !== expected || login !== "console:geheim%25") sendJson(response, 400, { error: "invalid_grant" });
    else {
      expected = `refresh-${asked.length + 1}`;
      sendJson(response, 200, { id_token: idToken, refresh_token: expected });
    }
  });
  return { asked };
}

function oidcUser(api: KubernetesApi, idToken: string, refreshToken = "refresh-1") {
  return {
    "auth-provider": {
      name: "oidc",
      config: {
        "client-id": "console",
        "client-secret": "geheim%",
        "id-token": idToken,
        "refresh-token": refreshToken,
        "idp-issuer-url": `${api.url}/issuer`,
        "idp-certificate-authority-data": Buffer.from(authority.certificate).toString("base64"),
      },
    },
  };
}

describe("an OIDC login of a kubeconfig", () => {
  it("uses its id token for as long as it is valid", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const valid = jwt(600, "old");
    const issuer = serveIssuer(api.lokiNamespace(), jwt(600, "new"));
    const client = await bench.client(api.kubeconfig(authority.certificate, oidcUser(api, valid)));
    await client.version(never);
    expect(api.requests.map((request) => request.headers.authorization)).toEqual([`Bearer ${valid}`]);
    expect(issuer.asked).toEqual([]);
  });

  it("is refreshed once for all who wait, and written back so that kubectl goes on working", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const renewed = jwt(600, "new");
    const issuer = serveIssuer(api.lokiNamespace(), renewed);
    const text = `# my own note\n${api.kubeconfig(authority.certificate, oidcUser(api, jwt(-10, "old")))}`;
    const client = await bench.client(text);
    await Promise.all([client.version(never), client.version(never), client.version(never)]);
    const versions = api.requests.filter((request) => request.path === "/version");
    expect(versions.map((request) => request.headers.authorization)).toEqual(Array(3).fill(`Bearer ${renewed}`));
    expect(issuer.asked).toHaveLength(1);
    const written = readFileSync(`${bench.folder.path}/kubeconfig`, "utf8");
    expect(written).toContain(`id-token: ${renewed}`);
    expect(written).toContain("refresh-token: refresh-2");
    expect(written.startsWith("# my own note\n")).toBe(true);
  });

  it("is refreshed when the API server refuses a token that looked valid", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const renewed = jwt(900, "new");
    serveIssuer(api, renewed);
    api.on("GET", /^\/version$/, (request, response) => {
      if (request.headers.authorization === `Bearer ${renewed}`) sendJson(response, 200, { gitVersion: "v1" });
      else sendJson(response, 401, status(401, "Unauthorized", "Unauthorized"));
    });
    const client = await bench.client(api.kubeconfig(authority.certificate, oidcUser(api, jwt(600, "revoked"))));
    expect((await client.version(never)).gitVersion).toBe("v1");
  });

  it.each([
    ["the provider refuses", "used-up", "status 400 invalid_grant"],
    ["there is nothing to refresh with", "", "no refresh token"],
  ])("fails by name when %s, and shows no token", async (_what, refreshToken, problem) => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    serveIssuer(api, jwt(600, "new"));
    const expired = jwt(-10, "old");
    const client = await bench.client(api.kubeconfig(authority.certificate, oidcUser(api, expired, refreshToken)));
    const error: unknown = await client.version(never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    const wire = JSON.stringify((error as AppError).toWire());
    expect(wire).toContain("oidc.failed");
    expect(wire).toContain(problem);
    expect(wire).not.toContain(expired);
  });
});
