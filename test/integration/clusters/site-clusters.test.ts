import { describe, expect, it } from "vitest";
import { SiteClusters } from "../../../src-main/core/clusters/site-clusters.ts";
import type { UsableContext } from "../../../src-main/core/clusters/kubeconfig-model.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi } from "../../builders/kubernetes-api.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;

function jwt(name: string): string {
  const payload = { exp: Math.floor(Date.now() / 1_000) + 600, name };
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.sig`;
}

describe("the clusters of the sites", () => {
  it("learn of tokens that kubectl renewed without a new connection, and of another server by one", async () => {
    using folder = new TemporaryFolder();
    const authority = new TestAuthority(folder.path);
    await using api = await KubernetesApi.start(authority.server(["IP:127.0.0.1"]));
    await using bench = new ClusterBench();
    api.lokiNamespace();
    await using clusters = new SiteClusters({
      plugins: bench.plugins,
      logger: bench.logger,
      clock: bench.clock,
      environment: {},
      connectTimeoutMs: () => 5_000,
    });
    const context = (idToken: string, cluster = {}): Promise<UsableContext> => {
      const config = { "client-id": "c", "id-token": idToken, "idp-issuer-url": "https://issuer" };
      const user = { "auth-provider": { name: "oidc", config } };
      return bench.context(api.kubeconfig(authority.certificate, user, cluster));
    };
    const first = await context(jwt("first"));
    const client = clusters.client(first);
    await client.version(never);

    const renewed = await context(jwt("second"));
    clusters.refresh(() => renewed);
    expect(clusters.client(renewed)).toBe(client);
    await client.version(never);
    const sent = api.requests.map((request) => request.headers.authorization);
    expect(sent).toEqual([first, renewed].map(({ user }) => `Bearer ${user.oidc?.idToken}`));
    expect(api.connections).toBe(1);

    const moved = await context(jwt("second"), { server: "https://127.0.0.1:1" });
    clusters.refresh(() => moved);
    expect(clusters.client(moved)).not.toBe(client);
    await expect(client.version(never)).rejects.toMatchObject({ code: "request.cancelled" });
  });
});
