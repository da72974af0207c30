import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mountedFile } from "../../../src-main/core/tenants/board/mounted-file.ts";
import { splitFiles } from "../../../src-main/core/tenants/board/find-runtime-config.ts";
import { LimitBook, METERED_KEYS } from "../../../src-main/core/tenants/board/limit-book.ts";
import {
  configDisagreements,
  fileDisagreement,
  heldDisagreements,
  reloadDisagreements,
} from "../../../src-main/core/tenants/board/disagreements.ts";
import { readConfigFacts, readPublishedLimits } from "../../../src-main/core/tenants/limits/reading/config-facts.ts";
import { LimitsReading } from "../../../src-main/core/tenants/limits/reading/limits-reading.ts";
import type { OverridesSummary } from "../../../src-main/core/tenants/limits/reading/reading-protocol.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";

const CONFIG = lokiRecording("013").body ?? "";

function summaryOf(text: string): OverridesSummary {
  // The answer to `overrides` is a summary.
  return new LimitsReading().answer({ kind: "overrides", text, keys: METERED_KEYS }) as OverridesSummary;
}

function book(overrides: OverridesSummary | null, config = CONFIG): LimitBook {
  const facts = readConfigFacts(config);
  if (facts === null) throw new Error("no configuration");
  const configs = [{ instance: "distributor-1", component: "distributor", facts }];
  const index = new Map((overrides?.tenants ?? []).map((tenant, at) => [tenant, at]));
  return new LimitBook({ configs, defaults: null, overrides, index, noOverrides: false });
}

describe("what a path of a container is", () => {
  const container = (mounts: readonly { name: string; mountPath: string; subPath?: string }[]) => ({
    name: "loki",
    volumeMounts: mounts.map((mount) => ({ subPath: "", ...mount })),
  });
  const pod = (volumes: readonly unknown[]) => ({ metadata: { name: "loki-0" }, spec: { volumes: volumes as never } });
  const map = (name: string, items: readonly { key: string; path: string }[] = []) => ({ name, items });

  it("is a key of the ConfigMap that is mounted there, the nearest mount first", () => {
    const found = mountedFile(
      pod([
        { name: "config", configMap: map("loki") },
        { name: "runtime", configMap: map("loki-runtime") },
      ]),
      container([
        { name: "config", mountPath: "/etc/loki" },
        { name: "runtime", mountPath: "/etc/loki/runtime-config/" },
      ]),
      "/etc/loki/runtime-config/runtime-config.yaml",
    );
    expect(found).toEqual({ kind: "config-map", name: "loki-runtime", key: "runtime-config.yaml", bySubPath: false });
  });

  it("is found under the key that an item gives another path, by a sub path, and in a projected volume", () => {
    const item = [{ key: "limits", path: "o.yaml" }];
    const bySub = container([{ name: "v", mountPath: "/o.yaml", subPath: "o.yaml" }]);
    expect(mountedFile(pod([{ name: "v", configMap: map("m", item) }]), bySub, "/o.yaml")).toEqual({
      kind: "config-map",
      name: "m",
      key: "limits",
      bySubPath: true,
    });
    const projected = { name: "v", projected: { sources: [{ secret: null }, { configMap: map("p", item) }] } };
    expect(mountedFile(pod([projected]), container([{ name: "v", mountPath: "/r" }]), "/r/o.yaml")).toMatchObject({
      name: "p",
      key: "limits",
    });
  });

  it("is a Secret where it is one, and nothing of ours elsewhere", () => {
    const secret = { name: "v", secret: { secretName: "hidden", name: "", items: [] } };
    const mounts = container([{ name: "v", mountPath: "/r" }]);
    expect(mountedFile(pod([secret]), mounts, "/r/o.yaml")).toMatchObject({ kind: "secret", name: "hidden" });
    expect(mountedFile(pod([{ name: "v" }]), mounts, "/r/o.yaml")).toEqual({ kind: "other", volume: "v" });
    expect(mountedFile(pod([secret]), mounts, "/elsewhere/o.yaml")).toEqual({ kind: "other", volume: "" });
  });

  it("several files are told apart by commas", () => {
    expect(splitFiles(" /a.yaml, /b.yaml,")).toEqual(["/a.yaml", "/b.yaml"]);
  });
});

describe("a real component's configuration", () => {
  it("gives its limits, its runtime file and what else refusals name", () => {
    expect(readConfigFacts(CONFIG)).toMatchObject({
      runtimeFiles: ["/var/loki/overrides.yaml"],
      replicationFactor: 1,
      maxOutstandingPerTenant: 32_000,
      limits: { ingestion_rate_strategy: "global" },
    });
  });

  it("of no text is anything else than facts or nothing", () => {
    fc.assert(fc.property(fc.string(), (text) => void readConfigFacts(text)));
    expect(readConfigFacts("<html></html>")?.limits ?? null).toBeNull();
    expect(readPublishedLimits("- a\n- b")).toBeNull();
  });
});

describe("the book of limits", () => {
  it("takes a tenant's own value, else the configuration's, and counts overrides", () => {
    const known = book(
      summaryOf("overrides:\n  cards:\n    ingestion_rate_mb: 12\n    max_line_size: 1KB\n  empty: {}\n"),
    );
    expect(known.metered("cards", "ingestion_rate_mb")).toEqual({ number: 12 * 1_048_576, unlimited: false });
    expect(known.metered("nobody", "ingestion_rate_mb").number).toBe(known.common("ingestion_rate_mb")?.value?.number);
    expect([known.overrideCount("cards"), known.overrideCount("empty"), known.overrideCount("nobody")]).toEqual([
      2, 0, 0,
    ]);
    expect(known.metered("cards", "max_streams_per_user")).toEqual({ number: 0, unlimited: true });
  });

  it("guesses nothing where the overrides could not be read", () => {
    const unknown = book(null);
    expect(unknown.metered("cards", "ingestion_rate_mb")).toEqual({ number: null, unlimited: false });
    const limits = unknown.all("cards", [], { max_query_length: "30d1h" });
    const one = (key: string) => limits.find((limit) => limit.key === key);
    expect(one("ingestion_rate_mb")).toMatchObject({ value: null, source: "unknown" });
    expect(one("max_query_length")?.value?.text).toBe("30d1h");
    expect(one("ingestion_rate_strategy")?.value?.text).toBe("global");
  });

  it("what a real Loki publishes agrees with what it is configured with", () => {
    const published = readPublishedLimits(lokiRecording("016").body ?? "");
    const limits = book(summaryOf("overrides: {}\n")).all("bank-a", [], published);
    expect(heldDisagreements("bank-a", limits, "querier-1")).toEqual([]);
    const held = book(summaryOf("overrides: {}\n")).all("bank-a", [], { ...published, query_timeout: "2m" });
    expect(heldDisagreements("bank-a", held, "querier-1")).toEqual([
      {
        kind: "held-differs",
        params: {
          tenant: "bank-a",
          key: "query_timeout",
          held: "2m",
          written: expect.any(String),
          instance: "querier-1",
        },
      },
    ]);
  });
});

describe("sources that contradict each other", () => {
  const scrape = (instance: string, series: Readonly<Record<string, number>>) => ({
    instance,
    component: "ingester",
    atMs: 1,
    tookSeconds: 0,
    ready: true,
    series,
  });
  const hash = (sha: string) => ({ [`loki_runtime_config_hash{config="loki",sha256="${sha}"}`]: 1 });

  it("are told: another hash than most, a reload that failed, a file that Loki refuses", () => {
    const failed = { 'loki_runtime_config_last_reload_successful{config="loki"}': 0 };
    const scrapes = [
      scrape("a-1", hash("aa")),
      scrape("a-2", hash("aa")),
      scrape("a-10", { ...hash("bb"), ...failed }),
    ];
    expect(reloadDisagreements({ atMs: 1, scrapes, ring: null })).toEqual([
      { kind: "reload-failed", params: { instances: "a-10" } },
      { kind: "hash-differs", params: { instances: "a-10", hash: "bb" } },
    ]);
    const refused = fileDisagreement(summaryOf("overrides:\n  cards:\n    no_such_key: 1\n").problems);
    expect(refused).toMatchObject([{ kind: "file-refused", params: { line: 3 } }]);
  });

  it("configurations that differ are told with who differs, and one that is only written differently is not", () => {
    const facts = readConfigFacts(CONFIG);
    if (facts?.limits == null) throw new Error("no limits");
    const config = (instance: string, limits: NonNullable<typeof facts.limits>) => ({
      instance,
      component: "querier",
      facts: { ...facts, limits: { ...facts.limits, ...limits } },
    });
    const told = configDisagreements([
      config("q-1", { query_timeout: "1m" }),
      config("q-2", { query_timeout: "60s" }),
      config("q-3", { query_timeout: "2m" }),
    ]);
    expect(told).toEqual([{ kind: "config-differs", params: { key: "query_timeout", instances: "q-3" } }]);
  });
});
