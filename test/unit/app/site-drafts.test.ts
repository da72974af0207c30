import { describe, expect, it } from "vitest";
import {
  directFromDraft,
  directProblems,
  draftFromDirect,
  EMPTY_DIRECT_DRAFT,
  keptSecret,
  type DirectConfig,
} from "../../../src-renderer/features/sites/direct-site-draft.ts";
import {
  draftFromKubernetes,
  kubernetesFromDraft,
  kubernetesProblems,
  type KubernetesConfig,
} from "../../../src-renderer/features/sites/kubernetes-site-draft.ts";
import { siteConfigSchema } from "../../../src-shared/api/sites.api.ts";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";

// What is parsed below is of the kind it says.
const config = siteConfigSchema.parse({
  kind: "direct",
  name: "edge",
  url: "https://loki.example:3100",
  tailUrl: "https://tail.example",
  auth: { kind: "basic", username: "sre", password: "site.1" },
  tls: {
    caFile: "/etc/ca.pem",
    certFile: "/etc/c.pem",
    keyFile: "/etc/k.pem",
    serverName: "loki",
    insecureSkipVerify: true,
  },
  headers: { "X-Env": "edge " },
  tenants: ["a", "b"],
  traceLinks: [{ field: "trace_id", url: "https://tempo/trace/{value}" }],
  prometheus: "https://prometheus.example/prod",
}) as DirectConfig;
const valid = { ...EMPTY_DIRECT_DRAFT, name: "edge", url: "https://loki.example" };

describe("the form of a direct site", () => {
  it("gives back the configuration it was opened with", () => {
    expect(directFromDraft(draftFromDirect(config), keptSecret(config, "basic"))).toEqual(config);
  });

  it("leaves out what was left empty", () => {
    expect(directFromDraft(valid, null)).toEqual({
      kind: "direct",
      name: "edge",
      url: "https://loki.example",
      auth: { kind: "none" },
    });
  });

  it("keeps a secret that is kept, and wants one where there is none", () => {
    const basic = { ...valid, auth: "basic", username: "sre" } as const;
    expect(directProblems(basic, secretRefSchema.parse("site.1"))).toEqual({});
    expect(directProblems(basic, null)).toEqual({ secret: "required" });
    expect(keptSecret(config, "bearer")).toBeNull();
  });

  it.each([
    [{ url: "ftp://loki" }, { url: "url" }],
    [{ url: "" }, { url: "required" }],
    [{ tailUrl: "loki:3100" }, { tailUrl: "url" }],
    [{ certFile: "/c.pem" }, { keyFile: "pair" }],
    [{ headers: [["X Env", "a"]] }, { headers: "header" }],
    [{ headers: [["X-Env", "a\r\nX-Scope-OrgID: b"]] }, { headers: "header" }],
    [{ headers: [["x-scope-orgid", "b"]] }, { headers: "tenantHeader" }],
    [{ tenants: ["ok", "a|b"] }, { tenants: "tenant" }],
    [{ prometheus: "monitoring/prometheus:9090" }, { prometheus: "url" }],
    [{ prometheus: "https://me:secret@prometheus" }, { prometheus: "url" }],
    [{ traceLinks: [["trace_id", "https://tempo/trace"]] }, { traceLinks: "traceLink" }],
    [{ traceLinks: [["trace_id", "javascript:alert('{value}')"]] }, { traceLinks: "traceLink" }],
  ] as const)("says what is wrong with %j", (part, problems) => {
    expect(directProblems({ ...valid, ...part }, null)).toEqual(problems);
  });
});

describe("the form of a kubeconfig context", () => {
  // What is parsed is of the kind it says.
  const found = siteConfigSchema.parse({
    kind: "kubernetes",
    file: "/home/olga/.kube/config",
    context: "prod",
    prometheus: "monitoring/prometheus-operated:9090",
    overrides: { namespace: "loki", access: "port-forward", routes: { query: "loki/loki-query-frontend:3100" } },
  }) as KubernetesConfig;

  it("gives back the overrides it was opened with, and none for what was left empty", () => {
    const draft = draftFromKubernetes(found);
    expect(kubernetesFromDraft(found, draft)).toEqual(found);
    expect(
      kubernetesFromDraft(found, { ...draft, namespace: " ", access: "auto", routes: { ...draft.routes, query: "" } }),
    ).toEqual({ ...found, overrides: {} });
  });

  it.each([
    ["", undefined],
    ["monitoring/prometheus-operated:web", undefined],
    ["https://prometheus.example/prod", undefined],
    ["prometheus:9090", "prometheus"],
    ["https://prometheus/?query=up", "prometheus"],
  ])("takes the Prometheus %s or says what is wrong", (prometheus, problem) => {
    expect(kubernetesProblems({ ...draftFromKubernetes(found), prometheus }).prometheus).toBe(problem);
  });

  it.each([
    ["loki/loki-query-frontend:3100", undefined],
    ["loki/pod/loki-ingester-0:3100", undefined],
    ["loki-query-frontend:3100", "route"],
    ["loki/frontend:99999999", "route"],
    ["loki/frontend", "route"],
  ])("takes the route %s or says what is wrong", (query, problem) => {
    const draft = draftFromKubernetes(found);
    expect(kubernetesProblems({ ...draft, routes: { ...draft.routes, query } })["route.query"]).toBe(problem);
  });
});
