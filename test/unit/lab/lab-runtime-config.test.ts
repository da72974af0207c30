import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { LIMIT_TABLE } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { readRuntimeOverrides } from "../../../src-main/core/tenants/limits/runtime-overrides.ts";
import { marshalGoYaml } from "../../../src-main/lab/format/go-yaml.ts";
import { RUNTIME_CONFIG } from "../../../src-main/lab/kubernetes/cluster-objects.ts";
import { ClusterSimulation } from "../../../src-main/lab/metrics/cluster-simulation.ts";
import { BUILT_IN_LIMITS, LIMIT_FIELDS } from "../../../src-main/lab/runtime/limit-fields.ts";
import { readRuntimeConfig } from "../../../src-main/lab/runtime/read-runtime-config.ts";
import { DRILL_START, pageOf, simulatedPods } from "../../builders/simulated-rounds.ts";

const FIXTURES = "test/fixtures/loki-limits";
const RECORDED = readFileSync(`${FIXTURES}/overrides.yaml`, "utf8");
const errorOf = (text: string) => {
  const reading = readRuntimeConfig(text);
  return reading.ok ? null : reading.error;
};

describe("the runtime configuration as the lab's processes read it", () => {
  it("has the hashes that a real Loki showed for the same files", () => {
    const hash = (more: string) => {
      const reading = readRuntimeConfig(`${RECORDED}${more}`);
      return reading.ok ? reading.sha256 : reading.error;
    };
    expect(hash("")).toBe("106172619004d9a956b04f4f72a48741e22a08307d9d95cc590203ce5d94ebd4");
    const acme = (series: number) => `  acme:\n    max_query_series: ${series}\n`;
    expect(hash(acme(777))).toBe("08381e9f183183eb634ceba860de839c5da79fa29f393541d9b8fc0dc239ab21");
    expect(hash(acme(778))).toBe("b6b7ca2a3bd38c4ebd7112e03216bf70e2d83ed12d307d7e0028867426957558");
  });

  it("does not change its hash with comments and order, and does with a value", () => {
    const hash = (text: string) => {
      const reading = readRuntimeConfig(text);
      return reading.ok ? reading.sha256 : reading.error;
    };
    const one = hash("overrides:\n  a: { max_query_series: 1, max_line_size: 2KB }\n");
    expect(hash("# why\noverrides:\n  a:\n    max_line_size: 2KB\n    max_query_series: 1\n")).toBe(one);
    expect(hash("overrides:\n  a: { max_query_series: 2, max_line_size: 2KB }\n")).not.toBe(one);
  });

  it("refuses the whole file in Loki's words, with lines of the file as it is written again", () => {
    expect(errorOf(`${RECORDED}  acme:\n    no_such_limit: 1\n`)).toBe(
      "load file: yaml: unmarshal errors:\n  line 3: field no_such_limit not found in type validation.plain",
    );
    expect(errorOf("overrides:\n  b: { max_query_series: lots }\n  a: { max_line_size: [1] }\n")).toBe(
      "load file: yaml: unmarshal errors:\n  line 4: cannot unmarshal !!seq into string\n  line 6: cannot unmarshal !!str `lots` into int",
    );
    expect(errorOf("limits: {}\n")).toBe(
      "load file: yaml: unmarshal errors:\n  line 1: field limits not found in type loki.runtimeConfigValues",
    );
    expect(errorOf("overrides:\n  a: { max_query_length: soon }\n")).toBe(
      'load file: not a valid duration string: "soon"',
    );
    expect(errorOf("overrides:\n\ta: {}\n")).toMatch(
      /^unmarshal file "\/etc\/loki\/runtime-config\/runtime-config.yaml": yaml: line 2: found character/,
    );
    expect(
      errorOf("overrides:\n  a:\n    retention_stream: [{ selector: '{app=', priority: 1, period: 24h }]\n"),
    ).toMatch(/^load file: invalid override for tenant a: invalid labels matchers: parse error/);
    expect(
      errorOf("overrides:\n  a:\n    retention_stream: [{ selector: '{a=\"b\"}', priority: 1, period: 1h }]\n"),
    ).toBe("load file: invalid override for tenant a: retention period must be >= 24h was 1h");
    for (const text of ["", "overrides:\n", "overrides:\n  a:\n", "# nothing\n"])
      expect(errorOf(text), text).toBeNull();
  });

  it("agrees with the console's own reader about what Loki loads", () => {
    const files = [
      RECORDED,
      RUNTIME_CONFIG,
      "overrides:\n  a: { max_line_size: 1.5MB }\n",
      "overrides:\n  a: { blocked_queries: [{ hash: 12, types: [metric] }] }\n",
      "overrides:\n  a: { blocked_queries: [{ hashes: 12 }] }\n",
      "overrides:\n  a: { shard_streams: { enabled: no } }\n",
      "overrides:\n  a: { block_ingestion_until: 2026-11-23T00:00:00Z }\n",
      "overrides: &x\n  a: &y { max_query_series: 3 }\n  b: *y\n",
      "overrides:\n  a: {}\n  a: {}\n",
      "configs:\n  a: { log_push_request: maybe }\n",
      "- overrides\n",
    ];
    for (const text of files) expect(readRuntimeConfig(text).ok, text).toBe(readRuntimeOverrides(text).loads);
  });

  it("knows every limit that Loki prints, with Loki's defaults, and those that the console knows", () => {
    const printed = parse(readFileSync(`${FIXTURES}/defaults.yaml`, "utf8")) as { limits_config: unknown };
    expect(BUILT_IN_LIMITS).toEqual(printed.limits_config);
    expect([...LIMIT_FIELDS.keys()].toSorted()).toEqual(
      LIMIT_TABLE.filter(({ key }) => LIMIT_FIELDS.has(key) || !key.startsWith("ruler_remote_write"))
        .map(({ key }) => key)
        .toSorted(),
    );
  });

  it("is written again as yaml.v3 writes it", () => {
    const texts = {
      yes: "yes",
      number: "12",
      time: "2026-01-01",
      colon: "a: b",
      brace: '{a="b"}',
      dash: "-",
      plain: "2KB",
    };
    expect(marshalGoYaml({ texts, list: [{ b: 1, a: [] }, "x"], t10: 1, t9: 0.02, none: null }).text).toBe(
      [
        "list:",
        "    - a: []",
        "      b: 1",
        "    - x",
        "none: null",
        "t9: 0.02",
        "t10: 1",
        "texts:",
        "    brace: '{a=\"b\"}'",
        "    colon: 'a: b'",
        "    dash: '-'",
        '    number: "12"',
        "    plain: 2KB",
        '    time: "2026-01-01"',
        '    "yes": "yes"',
        "",
      ].join("\n"),
    );
  });
});

const podOf = (target: string) => simulatedPods().find((pod) => pod.target === target)?.name ?? "";
const at = (second: number) => DRILL_START + second * 1_000;

describe("a change of the runtime configuration", () => {
  const state = (cluster: ClusterSimulation, pod: string, second: number) => {
    const page = pageOf(cluster, pod, at(second));
    const hash = Object.keys(page).find((key) => key.startsWith("loki_runtime_config_hash"));
    return {
      hash: /sha256="([^"]+)"/.exec(hash ?? "")?.[1],
      ok: page['loki_runtime_config_last_reload_successful{config="loki"}'],
    };
  };
  const series = (count: number) => `overrides:\n  cards:\n    max_query_series: ${count}\n`;
  const hashOf = (text: string) => {
    const reading = readRuntimeConfig(text);
    return reading.ok ? reading.sha256 : reading.error;
  };

  it("is read by each process within its ten seconds and the ConfigMap's way, by each at a moment of its own", () => {
    const cluster = new ClusterSimulation(1, simulatedPods(), DRILL_START, { runtimeConfig: series(1) });
    const pods = simulatedPods().filter(({ target }) => target !== "gateway");
    for (const { name } of pods) expect(state(cluster, name, 0)).toEqual({ hash: hashOf(series(1)), ok: 1 });
    cluster.setRuntimeConfig(series(2), at(0));
    const taken = pods.map(({ name }) => {
      for (let second = 0; second <= 16; second += 1) {
        if (cluster.overrides(name, at(second)).get("cards")?.get("max_query_series") === 2) return second;
      }
      return null;
    });
    expect(taken).not.toContain(null);
    expect(new Set(taken).size).toBeGreaterThan(1);
    for (const { name } of pods) expect(state(cluster, name, 16)).toEqual({ hash: hashOf(series(2)), ok: 1 });
  });

  it("that cannot be loaded changes nothing but the gauge, and is told in the log at every look", () => {
    const told: string[] = [];
    const cluster = new ClusterSimulation(1, simulatedPods(), DRILL_START, {
      runtimeConfig: series(1),
      log: (pod, _atMs, _level, text) => {
        if (pod === podOf("ingester")) told.push(text);
      },
    });
    cluster.setRuntimeConfig("overrides:\n  cards:\n    max_query_serie: 2\n", at(0));
    expect(state(cluster, podOf("ingester"), 36)).toEqual({ hash: hashOf(series(1)), ok: 0 });
    expect(cluster.overrides(podOf("ingester"), at(36)).get("cards")?.get("max_query_series")).toBe(1);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(new Set(told)).toEqual(
      new Set([
        String.raw`caller=manager.go:150 msg="failed to load config" err="load file: yaml: unmarshal errors:\n  line 3: field max_query_serie not found in type validation.plain"`,
      ]),
    );
    cluster.setRuntimeConfig(series(1), at(40));
    expect(state(cluster, podOf("ingester"), 56)).toEqual({ hash: hashOf(series(1)), ok: 1 });
  });

  it("never comes to a process that is stuck, until it is freed or begins again", () => {
    const cluster = new ClusterSimulation(1, simulatedPods(), DRILL_START, { runtimeConfig: series(1) });
    const stuck = podOf("query-frontend");
    cluster.setFault(`runtime-stuck:${stuck}`, true, at(0));
    cluster.setRuntimeConfig(series(2), at(0));
    expect(state(cluster, stuck, 120)).toEqual({ hash: hashOf(series(1)), ok: 1 });
    expect(state(cluster, podOf("querier"), 120)).toEqual({ hash: hashOf(series(2)), ok: 1 });
    cluster.setFault(`runtime-stuck:${stuck}`, false, at(120));
    expect(state(cluster, stuck, 131)).toEqual({ hash: hashOf(series(2)), ok: 1 });
  });

  it("takes a minute to the volumes where the kubelets are slow", () => {
    const cluster = new ClusterSimulation(1, simulatedPods(), DRILL_START, { runtimeConfig: series(1) });
    cluster.setFault("config-map-slow", true, at(0));
    cluster.setRuntimeConfig(series(2), at(0));
    expect(state(cluster, podOf("ingester"), 44).hash).toBe(hashOf(series(1)));
    expect(state(cluster, podOf("ingester"), 86).hash).toBe(hashOf(series(2)));
  });
});
