import { createPodLogSource } from "../../../src-main/core/logs/adapters/pods/pod-log-source.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { KubernetesApi } from "../../builders/kubernetes-api.ts";
import { PodLogsApi } from "../../builders/pod-logs-api.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";
import { describeLogSource, type ContractEntry } from "./log-source.contract.ts";

describeLogSource("PodLogSource", async () => {
  const bench = new ClusterBench();
  const authority = new TestAuthority(bench.folder.path);
  const api = await KubernetesApi.start(authority.server(["IP:127.0.0.1"]));
  const client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  const logs = new PodLogsApi(api, "loki");
  const base = BigInt(Date.now() - 120_000) * 1_000_000n;
  const labelsOf = (pod: string) => ({ component: "querier", container: "main", namespace: "loki", pod });
  const entries: ContractEntry[] = Array.from({ length: 60 }, (_, index) => ({
    labels: labelsOf(`pod-${index % 3}`),
    ts: base + BigInt(index >> 2) * 1_000_000n,
    line: `line ${index} level=warn ärger`,
  }));
  for (const pod of ["pod-0", "pod-1", "pod-2"]) {
    const own = entries.filter(({ labels }) => labels["pod"] === pod);
    logs.add(
      pod,
      "querier",
      own.map(({ ts, line }) => ({ ts, text: line })),
    );
  }
  return {
    source: createPodLogSource({
      client: () => Promise.resolve(client),
      namespace: "loki",
      site: siteIdSchema.parse("test"),
      clock: bench.clock,
      logger: bench.logger,
    }),
    everything: '{namespace="loki"} |= "line"',
    range: { startNs: base - 1n, endNs: base + 60_000_000_000n },
    entries,
    append(line): Promise<ContractEntry> {
      const entry = { ts: base + 60_000_000_001n, labels: labelsOf("pod-0"), line };
      logs.append("pod-0", { ts: entry.ts, text: line });
      return Promise.resolve(entry);
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
});
