import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { readRuntimeConfig } from "../../../src-main/lab/runtime/read-runtime-config.ts";
import { type AskKubernetes, itemsIn, kubernetesClient } from "../../builders/lab-kubernetes-client.ts";
import { askLoki } from "../../builders/lab-loki.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const PATH = "/api/v1/namespaces/loki/configmaps/loki-runtime";
const MERGE = { "Content-Type": "application/merge-patch+json" };
const PODS = "/api/v1/namespaces/loki/pods";

const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<{ lab: Lab; clock: ManualClock; ask: AskKubernetes }> {
  const clock = new ManualClock(NOW);
  const lab = await createLab({ clock, historyHours: 0 });
  labs.push(lab);
  return { lab, clock, ask: kubernetesClient(lab) };
}

const write = (ask: AskKubernetes, text: string, resourceVersion?: string) =>
  ask(
    "PATCH",
    PATH,
    {
      ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }),
      data: { "runtime-config.yaml": text },
    },
    MERGE,
  );

async function podOf(ask: AskKubernetes, component: string): Promise<string> {
  const [pod] = itemsIn(await ask("GET", `${PODS}?labelSelector=app.kubernetes.io/component%3D${component}`));
  return pod?.metadata.name ?? "";
}

const limitsOf = async (ask: AskKubernetes, pod: string, tenant: string): Promise<Record<string, unknown>> =>
  parse(
    (await ask("GET", `${PODS}/${pod}:3100/proxy/config/tenant/v1/limits`, undefined, { "X-Scope-OrgID": tenant }))
      .text,
  ) as Record<string, unknown>;

const push = (lab: Lab, tenant: string, lines: readonly string[], labels: Record<string, string> = { app: "x" }) =>
  askLoki(lab, "/loki/api/v1/push", {
    tenant,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      streams: [{ stream: labels, values: lines.map((line, at) => [`${NOW}00000${at}`, line]) }],
    }),
  });

const asking = (lab: Lab, tenant: string, text: string, more = "", headers: Record<string, string> = {}) =>
  askLoki(lab, `/loki/api/v1/query_range?query=${encodeURIComponent(text)}${more}`, { tenant, headers });

describe("a patched ConfigMap of the runtime configuration", () => {
  it("is taken only with the version one has seen", async () => {
    const { ask } = await startLab();
    const before = JSON.parse((await ask("GET", PATH)).text).metadata.resourceVersion as string;
    expect((await write(ask, "overrides: {}\n", before)).status).toBe(200);
    const late = await write(ask, "overrides:\n", before);
    expect(late.status).toBe(409);
    expect(late.text).toContain("the object has been modified; please apply your changes to the latest version");
  });

  it("says who wrote which of its fields, and when", async () => {
    const { ask } = await startLab();
    const managers = async () =>
      (JSON.parse((await ask("GET", PATH)).text).metadata.managedFields as Record<string, unknown>[]).map(
        ({ manager, operation, time, fieldsV1 }) => [manager, operation, time, JSON.stringify(fieldsV1)],
      );
    const file = '{"f:data":{"f:runtime-config.yaml":{}}}';
    expect((await managers()).map(([name, how]) => [name, how])).toEqual([
      ["helm", "Update"],
      ["kubectl-edit", "Update"],
    ]);
    const annotate = { metadata: { annotations: { "kubemate.dev/note": "x" } } };
    await ask("PATCH", `${PATH}?fieldManager=kubemate`, annotate, MERGE);
    await ask("PATCH", `${PATH}?fieldManager=other`, { data: { "runtime-config.yaml": "overrides: {}\n" } }, MERGE);
    const after = await managers();
    expect(after.map(([name]) => name)).toEqual(["helm", "kubemate", "other"]);
    expect(after.at(-1)).toEqual(["other", "Update", "2026-11-22T12:00:00Z", file]);
    // What others hold stands against an apply.
    const applied = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "loki-runtime", namespace: "loki" },
      data: { "runtime-config.yaml": "overrides:\n" },
    });
    const apply = (query: string) =>
      ask("PATCH", `${PATH}?fieldManager=gitops${query}`, applied, { "Content-Type": "application/apply-patch+yaml" });
    const refused = await apply("");
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('conflict with \\"other\\"')]);
    expect((await apply("&force=true")).status).toBe(200);
    expect((await managers()).at(-1)).toEqual(["gitops", "Apply", "2026-11-22T12:00:00Z", file]);
  });

  it("comes to every component, which shows its hash, its limits and that it has loaded it", async () => {
    const { clock, ask } = await startLab();
    const [frontend, distributor] = [await podOf(ask, "query-frontend"), await podOf(ask, "distributor")];
    expect(await limitsOf(ask, frontend, "cards")).toMatchObject({ max_query_series: 500, retention_period: "90d" });
    const text = "overrides:\n  cards:\n    max_query_series: 7 # few\n";
    await write(ask, text);
    await clock.advance(16_000);
    expect(await limitsOf(ask, frontend, "cards")).toMatchObject({ max_query_series: 7, retention_period: "31d" });
    expect(await limitsOf(ask, frontend, "cards")).not.toHaveProperty("ingestion_rate_mb");
    const reading = readRuntimeConfig(text);
    const page = (await ask("GET", `${PODS}/${distributor}:3100/proxy/metrics`)).text;
    expect(page).toContain(
      `loki_runtime_config_hash{config="loki",sha256="${reading.ok ? reading.sha256 : "none"}"} 1`,
    );
    expect(page).toContain('loki_runtime_config_last_reload_successful{config="loki"} 1');
  });

  it("that Loki would not load leaves the limits alone and fills the pods' logs", async () => {
    const { clock, ask } = await startLab();
    const ingester = await podOf(ask, "ingester");
    await write(ask, "overrides:\n  cards:\n    max_query_serie: 7\n");
    await clock.advance(30_000);
    expect(await limitsOf(ask, ingester, "cards")).toMatchObject({ retention_period: "90d" });
    const log = (await ask("GET", `${PODS}/${ingester}/log?sinceSeconds=30`)).text;
    expect(log).toMatch(
      /level=error ts=\S+ caller=manager.go:150 msg="failed to load config" err="load file: yaml: unmarshal errors:\\n {2}line 3: field max_query_serie not found in type validation.plain"/,
    );
  });
});

describe("limits of the runtime configuration", () => {
  const tenants = `overrides:
  slow: { ingestion_rate_mb: 0.0001, ingestion_burst_size_mb: 0.0002 }
  few: { max_global_streams_per_user: 1 }
  hot: { per_stream_rate_limit: 8B, per_stream_rate_limit_burst: 16B }
  short: { max_line_size: 10B }
  strict: { enforced_labels: [team, env] }
  shut: { block_ingestion_until: 2030-01-01T00:00:00Z, block_ingestion_status_code: 429 }
  asker:
    max_query_length: 2h
    max_entries_limit_per_query: 10
    blocked_queries:
      - hash: 1450316421
      - pattern: .*secret.*
        regex: true
        types: [filter]
      - pattern: '{app="tagged"}'
        query_tags: { source: grafana }
`;

  it("hold pushes and queries as soon as they are read", async () => {
    const { lab, clock, ask } = await startLab();
    await write(ask, tenants);
    await clock.advance(16_000);
    const line = "x".repeat(300);
    expect((await push(lab, "slow", [line])).text).toMatch(
      /^ingestion rate limit exceeded for user slow \(limit: 104 bytes/,
    );
    await push(lab, "few", ["a"]);
    expect((await push(lab, "few", ["a"], { app: "y" })).text).toContain("maximum active stream limit exceeded");
    expect((await push(lab, "hot", [line])).text).toContain("Per stream rate limit exceeded (limit: 8B/sec)");
    expect((await push(lab, "short", [line])).text).toContain("max entry size '10' bytes exceeded");
    expect(await push(lab, "strict", ["a"], { app: "x", env: "prod" })).toMatchObject({
      status: 400,
      text: `missing required labels 'team' for user 'strict' for stream '{app="x", env="prod", service_name="x"}' (policy: '')\n`,
    });
    expect(await push(lab, "shut", ["a"])).toMatchObject({
      status: 429,
      text: "ingestion blocked for user 'shut' until '2030-01-01T00:00:00Z' with status code '429'\n",
    });
    const range = `&limit=5&start=${NOW - 10_800_000}000000&end=${NOW}000000`;
    expect((await asking(lab, "asker", '{app="z"}', range)).text).toBe(
      "the query time range exceeds the limit (query length: 3h0m0s, limit: 2h)",
    );
    expect((await asking(lab, "asker", '{app="z"}')).text).toContain("max entries limit per query exceeded");
    const asked = (text: string, headers = {}) => asking(lab, "asker", text, "&limit=5", headers);
    expect((await asked('{app="auth"}')).text).toBe("query blocked by policy");
    expect((await asked('{app="a"} |= "secret"')).text).toBe("query blocked by policy");
    expect((await asked('{app="secret"}')).status).toBe(200);
    expect((await asked('{app="tagged"}')).status).toBe(200);
    expect((await asked('{app="tagged"}', { "X-Query-Tags": "Source=grafana" })).text).toBe("query blocked by policy");
  });

  it("are counted where a distributor, an ingester or a frontend of the cluster counts them", async () => {
    const { lab, clock, ask } = await startLab();
    await write(ask, tenants);
    await clock.advance(16_000);
    await push(lab, "slow", ["x".repeat(300)]);
    await push(lab, "few", ["a"]);
    await push(lab, "few", ["bb"], { app: "y" });
    await asking(lab, "asker", '{app="auth"}', "&limit=5");
    const page = async (component: string) =>
      (await ask("GET", `${PODS}/${await podOf(ask, component)}:3100/proxy/metrics`)).text.split("\n");
    const distributor = await page("distributor");
    const of = (reason: string, tenant: string, format: string) =>
      `{format="${format}",policy="",reason="${reason}",retention_hours="744",tenant="${tenant}"}`;
    expect(distributor).toContain(`loki_discarded_samples_total${of("rate_limited", "slow", "loki")} 1`);
    expect(distributor).toContain(`loki_discarded_bytes_total${of("rate_limited", "slow", "loki")} 321`);
    expect(distributor).toContain(
      'loki_distributor_lines_received_total{format="loki",is_internal_stream="false",policy="",tenant="few"} 2',
    );
    expect(await page("ingester")).toContain(`loki_discarded_samples_total${of("stream_limit", "few", "")} 1`);
    expect(await page("query-frontend")).toContain('loki_blocked_queries{user="asker"} 1');
  });

  it("query_timeout ends a query that takes too long", async () => {
    const { lab, clock, ask } = await startLab();
    await write(ask, "overrides:\n  asker: { query_timeout: 2s }\n");
    await clock.advance(16_000);
    lab.setFault("slow-queries", true);
    const answers: Awaited<ReturnType<typeof asking>>[] = [];
    void asking(lab, "asker", '{app="z"}').then((answer) => answers.push(answer));
    while (answers.length === 0) await clock.advance(100);
    const [answer] = answers;
    expect(answer?.status).toBe(504);
    expect(answer?.text).toMatch(/^request timed out, decrease the duration of the request/);
  });

  it("share the ingestion rate among the distributors, as the refusal says", async () => {
    const { clock, ask } = await startLab();
    await write(ask, tenants);
    await clock.advance(16_000);
    const body = JSON.stringify({ streams: [{ stream: { app: "x" }, values: [[`${NOW}000000`, "x".repeat(300)]] }] });
    const gateway = await podOf(ask, "gateway");
    const answer = await ask("POST", `${PODS}/${gateway}:8080/proxy/loki/api/v1/push`, body, {
      "Content-Type": "application/json",
      "X-Scope-OrgID": "slow",
    });
    expect(answer.status).toBe(429);
    expect(answer.text).toContain("(limit: 52 bytes/sec)");
  });
});
