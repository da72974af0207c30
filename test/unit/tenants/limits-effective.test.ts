import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { blastRadius, type IngestCluster } from "../../../src-main/core/tenants/limits/blast-radius.ts";
import { effectiveLimits, type LimitSources } from "../../../src-main/core/tenants/limits/effective-limits.ts";
import { LIMIT_TABLE } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { readRuntimeOverrides } from "../../../src-main/core/tenants/limits/runtime-overrides.ts";
import type { LimitYaml } from "../../../src-shared/model/tenants/limit.ts";

const limitsSchema: z.ZodType<Record<string, LimitYaml>> = z.record(z.string(), z.json());

function fixture(file: string): string {
  return readFileSync(`test/fixtures/${file}`, "utf8");
}

const SOURCES: LimitSources = {
  config: z.object({ limits_config: limitsSchema }).parse(parse(fixture("loki-config/ingester.yaml"))).limits_config,
  defaults: null,
  overrides: readRuntimeOverrides(fixture("loki-limits/overrides.yaml")),
  published: limitsSchema.parse(parse(fixture("loki-limits/tenant-limits-tiny.yaml"))),
};

function limitIn(tenant: string, sources: LimitSources, key: string) {
  const found = effectiveLimits(tenant, sources).find((each) => each.key === key);
  return found === undefined ? null : [found.value?.text ?? null, found.source, found.disagrees?.text ?? null];
}

describe("the limits of a tenant", () => {
  it("come from the override, the configuration or the program, as recorded of a real cluster, without a disagreement", () => {
    expect(limitIn("tiny", SOURCES, "max_query_series")).toEqual(["50", "override", null]);
    expect(limitIn("tiny", SOURCES, "retention_period")).toEqual(["2d", "override", null]);
    expect(limitIn("tiny", SOURCES, "query_timeout")).toEqual(["30s", "config", null]);
    expect(limitIn("tiny", SOURCES, "max_query_length")).toEqual(["30d1h", "built-in", null]);
    expect(limitIn("tiny", SOURCES, "blocked_queries")).toEqual(["[]", "built-in", null]);
    const all = effectiveLimits("tiny", SOURCES);
    expect(all).toHaveLength(LIMIT_TABLE.length);
    expect(all.filter(({ value, disagrees }) => value === null || disagrees !== null)).toEqual([]);
  });

  it("tell what a component has loaded where the files say another value", () => {
    const published = { ...SOURCES.published, max_query_series: 777 };
    expect(limitIn("tiny", { ...SOURCES, published }, "max_query_series")).toEqual(["50", "override", "777"]);
    expect(limitIn("tiny", { ...SOURCES, published, overrides: null }, "max_query_series")).toEqual([
      "777",
      "unknown",
      null,
    ]);
  });

  it("are unknown where nothing could be read, and the published part alone where that could", () => {
    const nothing: LimitSources = { config: null, defaults: null, overrides: null, published: null };
    expect(effectiveLimits("a", nothing).every(({ value, source }) => value === null && source === "unknown")).toBe(
      true,
    );
    const published = { max_query_series: 5 };
    expect(limitIn("a", { ...nothing, published }, "max_query_series")).toEqual(["5", "unknown", null]);
  });

  it("do not count overrides of a file that Loki would not load", () => {
    const overrides = readRuntimeOverrides("overrides:\n  tiny:\n    max_query_series: 9\n    no_such_limit: 1\n");
    expect(limitIn("tiny", { ...SOURCES, published: null, overrides }, "max_query_series")).toEqual([
      "500",
      "built-in",
      null,
    ]);
  });

  it("show keys of another Loki as they are", () => {
    const config = { ...SOURCES.config, limit_of_tomorrow: 5 };
    expect(limitIn("tiny", { ...SOURCES, config }, "limit_of_tomorrow")).toEqual(["5", "unknown", null]);
  });
});

const CLUSTER: IngestCluster = {
  strategy: "global",
  distributors: 2,
  ingesters: 6,
  replicationFactor: 3,
  distributorBytesPerSecond: 20,
  ingesterBytesPerSecond: 10,
  ingesterStreamBytes: 1_000_000,
  bytesPerStream: 100,
};

describe("the blast radius of limits", () => {
  it("adds up what all tenants may do at once, for each distributor and ingester", () => {
    const tenants = [
      { tenant: "a", rateBytesPerSecond: 20, globalStreams: 5_000, localStreams: 0 },
      { tenant: "b", rateBytesPerSecond: 10, globalStreams: 12_000, localStreams: 1_000 },
    ];
    const { tenants: shares, uses } = blastRadius(tenants, CLUSTER);
    expect(shares.map((share) => [share.perDistributorBytesPerSecond, share.streamsPerIngester])).toEqual([
      [10, 2_500],
      [5, 1_000],
    ]);
    expect(uses.map(({ of, allowed, reason }) => [of, allowed, reason])).toEqual([
      ["distributor-rate", 15, "fits"],
      ["ingester-rate", 15, "over"],
      ["ingester-memory", 350_000, "fits"],
    ]);
    expect(blastRadius(tenants, { ...CLUSTER, strategy: "local" }).uses[0]).toMatchObject({
      allowed: 30,
      reason: "over",
    });
  });

  it("says why it cannot tell: no limit, no capacity, nobody there", () => {
    const tenants = [{ tenant: "a", rateBytesPerSecond: 20, globalStreams: 0, localStreams: 0 }];
    expect(blastRadius(tenants, { ...CLUSTER, distributorBytesPerSecond: null, ingesters: 0 }).uses).toMatchObject([
      { reason: "unknown" },
      { reason: "no-members" },
      { reason: "no-members" },
    ]);
    expect(blastRadius(tenants, CLUSTER).uses[2]).toMatchObject({ reason: "unlimited", share: null });
  });

  it("raising one tenant never lowers a sum", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 9 }),
        (rate, more, distributors, ingesters) => {
          const of = (rateBytesPerSecond: number) =>
            blastRadius([{ tenant: "a", rateBytesPerSecond, globalStreams: 5, localStreams: 0 }], {
              ...CLUSTER,
              distributors,
              ingesters,
            }).uses.map(({ allowed }) => allowed ?? 0);
          const [before, after] = [of(rate), of(rate + more)];
          for (const [at, allowed] of before.entries()) expect(after[at]).toBeGreaterThanOrEqual(allowed);
        },
      ),
    );
  });
});
