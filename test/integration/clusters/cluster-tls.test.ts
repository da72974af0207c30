import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi } from "../../builders/kubernetes-api.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1", "DNS:localhost"]);
});
afterAll(() => folder[Symbol.dispose]());

async function failure(run: Promise<unknown>): Promise<AppError> {
  const error: unknown = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error("no AppError was thrown", { cause: error });
}

function podNames(client: KubernetesClient): Promise<string[]> {
  return client.listPods({ namespace: "loki", signal: never }).then((pods) => pods.map((pod) => pod.name));
}

describe("TLS to an API server", () => {
  async function tlsFailure(
    pair: KeyPair,
    cluster: Readonly<Record<string, unknown>>,
    ca = authority.certificate,
  ): Promise<AppError> {
    await using api = await KubernetesApi.start(pair);
    await using bench = new ClusterBench();
    return await failure(podNames(await bench.client(api.kubeconfig(ca, {}, cluster))));
  }

  it("says that the certificate has expired", async () => {
    const error = await tlsFailure(authority.server(["IP:127.0.0.1"], -1), {});
    expect([error.code, JSON.stringify(error.params)]).toEqual([
      "cluster.tls",
      expect.stringContaining("CERT_HAS_EXPIRED"),
    ]);
  });

  it("says that the authority is unknown", async () => {
    using other = new TemporaryFolder();
    const error = await tlsFailure(server, {}, new TestAuthority(other.path).certificate);
    expect(error.code).toBe("cluster.tls");
    expect(JSON.stringify(error.params)).toMatch(/UNABLE_TO_VERIFY|CERT_SIGNATURE|SELF_SIGNED/);
  });

  it("says that the certificate is for another name, unless tls-server-name names it", async () => {
    const pair = authority.server(["DNS:api.internal"]);
    const error = await tlsFailure(pair, {});
    expect([error.code, JSON.stringify(error.params)]).toEqual([
      "cluster.tls",
      expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
    ]);
    await using api = await KubernetesApi.start(pair);
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const client = await bench.client(api.kubeconfig(authority.certificate, {}, { "tls-server-name": "api.internal" }));
    expect((await client.version(never)).gitVersion).not.toBe("");
  });

  it("is not checked where the kubeconfig says so", async () => {
    await using api = await KubernetesApi.start(authority.server(["DNS:other"], -1));
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const cluster = { "insecure-skip-tls-verify": true, "certificate-authority-data": undefined };
    const client = await bench.client(api.kubeconfig(authority.certificate, {}, cluster));
    expect((await client.version(never)).gitVersion).not.toBe("");
  });

  it("tells of a server that speaks no TLS, and of a CA that is no PEM", async () => {
    const plain = createHttpServer((_request, response) => response.end("hello"));
    await new Promise<void>((done) => plain.listen(0, "127.0.0.1", done));
    await using bench = new ClusterBench();
    await using api = await KubernetesApi.start(server);
    const port = (plain.address() as AddressInfo).port;
    const config = api.kubeconfig(authority.certificate, {}, { server: `https://127.0.0.1:${port}` });
    expect((await failure(podNames(await bench.client(config)))).code).toBe("cluster.tls");
    plain.close();
    expect((await failure(podNames(await bench.client(api.kubeconfig("garbage", {}))))).code).toBe(
      "kubeconfig.context-broken",
    );
    const noCa = api.kubeconfig(
      "",
      {},
      { "certificate-authority-data": undefined, "certificate-authority": "/no/such.crt" },
    );
    const missing = await failure(podNames(await bench.client(noCa)));
    expect(missing.code).toBe("kubeconfig.context-broken");
    expect(JSON.stringify(missing.params)).toContain("ENOENT");
  });

  it("shows what the certificate says of itself", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const client = await bench.client(api.kubeconfig(authority.certificate, {}));
    const evidence = await client.connection.handshake();
    expect(evidence).toMatchObject({ subject: "server", issuer: "test ca", protocol: "TLSv1.3" });
    expect(evidence?.validToMs).toBeGreaterThan(Date.now());
  });
});
