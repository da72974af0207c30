import type { CredentialPlugin, LokiComponent, Site } from "../../src-shared/api/sites.api.ts";
import { siteSchema } from "../../src-shared/api/sites.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";

export const LAB_SITE: Site = siteSchema.parse({
  id: "lab",
  name: "Lab",
  kind: "lab",
  origin: "built in",
  state: "ready",
  config: { kind: "lab" },
  current: false,
});

export const CLUSTER_SITE: Site = siteSchema.parse({
  id: "prod",
  name: "prod-frankfurt",
  kind: "kubernetes",
  origin: "~/.kube/config · prod",
  state: "failed",
  error: {
    code: "cluster.unreachable",
    params: { host: "10.0.0.4:6443", problem: "connect ETIMEDOUT" },
    category: "unreachable",
    retryable: true,
    reference: "r-1",
  },
  config: { kind: "kubernetes", file: "/home/olga/.kube/config", context: "prod", overrides: {} },
  current: true,
});

export const DIRECT_SITE: Site = siteSchema.parse({
  id: "edge",
  name: "edge",
  kind: "direct",
  origin: "https://loki.example",
  state: "idle",
  config: {
    kind: "direct",
    name: "edge",
    url: "https://loki.example",
    auth: { kind: "basic", username: "sre", password: "site.1" },
  },
  current: false,
});

export const PLUGIN: CredentialPlugin = {
  hash: "5d41402abc4b2a76b9719d911017c592",
  command: "/usr/local/bin/aws-iam-authenticator",
  args: ["token", "-i", "two words"],
  env: ["AWS_PROFILE"],
  contexts: ["prod"],
  confirmed: false,
};

export function component(name: LokiComponent["name"], ready: readonly boolean[]): LokiComponent {
  return {
    name,
    namespace: "loki",
    by: "chart",
    service: `loki-${name}`,
    port: 3100,
    pods: ready.map((isReady, place) => ({
      name: `loki-${name}-${place}`,
      ready: isReady,
      phase: "Running",
      restarts: isReady ? 0 : 3,
      containers: ["loki"],
    })),
  };
}

export function wireError(code: WireError["code"], params: WireError["params"] = {}): WireError {
  return { code, params, category: "internal", retryable: false, reference: "r-42" };
}
