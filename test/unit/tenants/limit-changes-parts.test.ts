import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ComponentState } from "../../../src-main/core/tenants/changes/component-states.ts";
import { Convergence, PROPAGATION_MS } from "../../../src-main/core/tenants/changes/convergence.ts";
import {
  MAX_ANNOTATION_BYTES,
  parseExpiries,
  printExpiries,
  type LimitExpiry,
} from "../../../src-main/core/tenants/changes/expiry-annotation.ts";
import { textOfValue, valueOfText } from "../../../src-main/core/tenants/changes/limit-text.ts";
import { quantityBytes, weighedCluster } from "../../../src-main/core/tenants/changes/weighed-cluster.ts";
import { LIMIT_TABLE } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { changeOfPreset, LIMIT_PRESETS, type LimitPreset } from "../../../src-shared/model/tenants/limit-presets.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";

const OLD = "a".repeat(64);
const NEW = "b".repeat(64);
const CARDS = tenantIdSchema.parse("cards");

function told(instance: string, hash: string | null, reloaded: boolean | null = true): ComponentState {
  return { instance, answered: true, hash, reloaded };
}
function silent(instance: string): ComponentState {
  return { instance, answered: false, hash: null, reloaded: null };
}

describe("components that take a file", () => {
  const watching = (given: Partial<ConstructorParameters<typeof Convergence>[0]> = {}) =>
    new Convergence({ baseline: { hashes: [OLD], failing: [] }, expected: null, hashChanges: true, ...given });

  it("are waited for one by one, by name, until all have one new hash", () => {
    const convergence = watching();
    const first = convergence.look([told("a", NEW), told("b", OLD), silent("c")], 1_000, 1_000);
    expect(first).toMatchObject({ verdict: "waiting", waiting: ["b", "c"] });
    const last = convergence.look([told("a", NEW), told("b", NEW), told("c", NEW)], 6_000, 6_000);
    expect(last.verdict).toBe("taken");
    expect(last.rows[0]).toEqual({ instance: "a", state: "taken", hash: NEW, takenAtMs: 1_000 });
  });

  it("refuse it only when they say so twice, and not when they had failed before", () => {
    const convergence = watching();
    const states = [told("a", OLD, false), told("b", NEW)];
    expect(convergence.look(states, 0, 0).verdict).toBe("waiting");
    expect(convergence.look(states, 5_000, 5_000)).toMatchObject({ verdict: "refused", refused: ["a"] });
    const failing = watching({ baseline: { hashes: [OLD], failing: ["a"] } });
    failing.look(states, 0, 0);
    expect(failing.look(states, 5_000, 5_000)).toMatchObject({ verdict: "waiting", waiting: ["a"] });
  });

  it("that tell nothing of a runtime configuration are not waited for, unless nobody tells any", () => {
    const convergence = watching();
    expect(convergence.look([told("a", NEW), told("canary", null, null)], 0, 0).verdict).toBe("taken");
    expect(watching().look([told("a", null, null)], 0, 0)).toMatchObject({ verdict: "waiting", waiting: ["a"] });
  });

  it("come back to a hash that is known from before, and are looked at twice then", () => {
    const back = watching({ baseline: { hashes: [OLD, NEW], failing: [] }, expected: OLD });
    expect(back.look([told("a", OLD), told("b", NEW)], 0, 0).verdict).toBe("waiting");
    expect(back.look([told("a", OLD), told("b", OLD)], 5_000, 5_000).verdict).toBe("waiting");
    expect(back.look([told("a", OLD), told("b", OLD)], 10_000, 10_000).verdict).toBe("taken");
  });

  it("that were not of one mind before are believed once they agree, after the kubelet's time", () => {
    const mixed = watching({ baseline: { hashes: [OLD, NEW], failing: [] } });
    const agreed = [told("a", OLD), told("b", OLD)];
    expect(mixed.look(agreed, 0, 0).verdict).toBe("waiting");
    mixed.look(agreed, PROPAGATION_MS, PROPAGATION_MS);
    expect(mixed.look(agreed, PROPAGATION_MS + 5_000, PROPAGATION_MS + 5_000).verdict).toBe("taken");
  });

  it("need no new hash for a comment, and no process for nothing", () => {
    expect(watching({ hashChanges: false }).look([told("a", OLD)], 0, 0).verdict).toBe("taken");
    expect(watching().look([], 0, 0).verdict).toBe("waiting");
  });
});

describe("the annotation of expiries", () => {
  const entry: fc.Arbitrary<LimitExpiry> = fc.record({
    tenant: fc.string({ minLength: 1, maxLength: 150 }),
    key: fc.constantFrom("ingestion_rate_mb", "max_line_size"),
    value: fc.string({ maxLength: 100 }),
    restores: fc.option(fc.string({ maxLength: 100 }), { nil: null }),
    expiresAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    by: fc.string({ maxLength: 200 }),
  });

  it("is read as it was written, whatever the values are", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const read = parseExpiries(printExpiries(entries) ?? undefined);
        if (!read.ok) throw new Error(read.problem);
        const sorted = (all: readonly LimitExpiry[]) => all.map((each) => JSON.stringify(each)).toSorted();
        expect(sorted(read.entries)).toEqual(sorted(entries));
      }),
    );
  });

  it.each([
    ["no JSON", "{"],
    ["another version", '{"version":2,"entries":[]}'],
    ["no list", '{"version":1,"entries":{}}'],
    [
      "a time that is none",
      '{"version":1,"entries":[{"tenant":"a","key":"k","value":"1","restores":null,"expires":"soon","by":""}]}',
    ],
    ["more than fits", `{"version":1,"x":"${"x".repeat(MAX_ANNOTATION_BYTES)}"}`],
  ])("that is %s restores nothing", (_what, text) => {
    expect(parseExpiries(text).ok).toBe(false);
  });

  it("is nothing where nothing stands", () => {
    expect(parseExpiries(undefined)).toEqual({ ok: true, entries: [] });
    expect(printExpiries([])).toBeNull();
  });
});

describe("a value of a form", () => {
  it("of every limit comes back from the line that it is kept in", () => {
    for (const { key, builtIn } of LIMIT_TABLE) {
      if (builtIn === null) continue;
      const read = valueOfText(key, textOfValue(builtIn), () => false);
      if (!read.ok) throw new Error(`${key}: ${read.reason}`);
      expect([key, valueOfText(key, textOfValue(read.yaml), () => false)]).toEqual([key, read]);
    }
  });

  it.each([
    ["ingestion_rate_mb", "20", 20],
    ["max_line_size", "1MB", "1MB"],
    ["discover_service_name", "app, job", ["app", "job"]],
    ["discover_service_name", "[app, job]", ["app", "job"]],
    ["blocked_queries", '[{pattern: ".*", regex: true}]', [{ pattern: ".*", regex: true }]],
    ["deletion_mode", '"disabled"', "disabled"],
  ])("%s: %s is what a person means by it", (key, text, yaml) => {
    expect(valueOfText(key, text, () => false)).toMatchObject({ ok: true, yaml });
  });

  it("that has an alias, a tab or a bomb in it is none", () => {
    expect(valueOfText("blocked_queries", "[*gone]", () => false).ok).toBe(false);
    expect(valueOfText("blocked_queries", "[{\tpattern: a", () => false).ok).toBe(false);
    expect(valueOfText("blocked_queries", "&a [*a, *a]", () => false).ok).toBe(false);
    expect(valueOfText("no_such", "1", () => false)).toEqual({ ok: false, reason: "unknown-key", expected: "" });
  });
});

describe("presets", () => {
  const present = (values: Readonly<Record<string, readonly [string, number | null]>>) => (key: string) => {
    const known = values[key];
    return known === undefined ? null : { value: known[0], number: known[1] };
  };
  const valuesOf = (preset: LimitPreset, values = {}) =>
    Object.fromEntries(changeOfPreset(preset, present(values)).edits.map(({ key, value }) => [key, value]));

  it("give values that Loki takes", () => {
    const all: LimitPreset[] = [
      { preset: "log-storm", tenant: CARDS, rateMb: 2.5, expiresAfterMinutes: 60 },
      { preset: "stream-storm", tenant: CARDS, maxStreams: 1_000 },
      { preset: "loud-stream", tenant: CARDS, perStreamMb: 0.5 },
      { preset: "migration", tenant: CARDS, factor: 3, expiresAfterMinutes: 1_440 },
      { preset: "block-ingestion", tenant: CARDS, untilMs: Date.UTC(2026, 11, 1), statusCode: 260 },
      { preset: "block-query", tenant: CARDS, query: { by: "hash", hash: 4_000_000_000 } },
      { preset: "block-query", tenant: CARDS, query: { by: "pattern", pattern: '{app=~".+"}', regex: false } },
    ];
    expect(new Set(all.map(({ preset }) => preset))).toEqual(new Set(LIMIT_PRESETS));
    for (const preset of all) {
      for (const { key, value } of changeOfPreset(preset, () => null).edits) {
        expect([key, value, valueOfText(key, value ?? "", () => false).ok]).toEqual([key, value, true]);
      }
    }
  });

  it("a migration multiplies what the tenant has, and leaves no limit where there is none", () => {
    const values = valuesOf(
      { preset: "migration", tenant: CARDS, factor: 2, expiresAfterMinutes: 60 },
      {
        ingestion_rate_mb: ["12", 12 * 1_048_576],
        ingestion_burst_size_mb: ["1", 1_048_576],
        max_global_streams_per_user: ["0", 0],
      },
    );
    expect(values).toMatchObject({
      ingestion_rate_mb: "24",
      ingestion_burst_size_mb: "24",
      reject_old_samples: "false",
    });
    expect(values).not.toHaveProperty("max_global_streams_per_user");
  });

  it("a blocked query joins those that are blocked already, and never replaces what cannot be read", () => {
    const preset: LimitPreset = { preset: "block-query", tenant: CARDS, query: { by: "hash", hash: 7 } };
    const blocked = { blocked_queries: ['[{"pattern":".*","regex":true}]', null] } as const;
    expect(JSON.parse(valuesOf(preset, blocked)["blocked_queries"] ?? "")).toEqual([
      { pattern: ".*", regex: true },
      { hash: 7 },
    ]);
    expect(() => valuesOf(preset, { blocked_queries: ["- pattern: a", null] })).toThrow(/change-stopped/);
  });
});

describe("what a cluster takes", () => {
  const scrape = (instance: string, component: string, series: Readonly<Record<string, number>> | null) => ({
    instance,
    component,
    atMs: 0,
    tookSeconds: 0,
    series,
    ready: true,
  });
  const distributor = scrape("d", "distributor", { loki_distributor_replication_factor: 3 });
  const ingester = (name: string, streams: number) =>
    scrape(name, "ingester", {
      process_resident_memory_bytes: 1e9,
      'loki_ingester_memory_streams{tenant="a"}': streams,
      loki_ingester_memory_streams_labels_bytes: 77,
    });
  const round = (...scrapes: ReturnType<typeof scrape>[]) => ({ atMs: 0, scrapes, ring: null });
  const limited = (memory: string) => [
    { component: "ingester", containers: [{ name: "ingester", requests: {}, limits: { memory } }] },
  ];

  it("is told by the rounds and the workloads, and unknown where they do not tell it", () => {
    const all = round(distributor, ingester("i0", 1_000), ingester("i1", 2_000));
    expect(weighedCluster({ round: all, config: null, workloads: limited("2Gi") })).toMatchObject({
      distributors: 1,
      ingesters: 2,
      replicationFactor: 3,
      distributorBytesPerSecond: null,
      ingesterStreamBytes: 2 * 2 ** 30,
      bytesPerStream: 1_000_000,
    });
    const few = round(distributor, ingester("i0", 10));
    expect(weighedCluster({ round: few, config: null, workloads: limited("2Gi") })).toMatchObject({
      ingesterStreamBytes: null,
      from: { ingesterMemory: "unknown" },
    });
    expect(weighedCluster({ round: round(distributor), config: null, workloads: null })).toBeNull();
    expect(weighedCluster({ round: null, config: null, workloads: null })).toBeNull();
  });

  it("reads quantities of memory as Kubernetes writes them", () => {
    expect(["512Mi", "2G", "1073741824", "1.5Gi", "2 Gi", "x"].map(quantityBytes)).toEqual([
      512 * 2 ** 20,
      2e9,
      2 ** 30,
      1.5 * 2 ** 30,
      null,
      null,
    ]);
  });
});
