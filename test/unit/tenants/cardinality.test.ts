import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { collectorSnippets } from "../../../src-main/core/tenants/cardinality/collector-snippets.ts";
import { labelCombinations, profileLabels } from "../../../src-main/core/tenants/cardinality/label-profile.ts";
import { SeriesTable } from "../../../src-main/core/tenants/cardinality/series-table.ts";
import { predictChunks, predictStreams, type LabelChange } from "../../../src-main/core/tenants/cardinality/what-if.ts";
import { parseAlloy } from "../../../src-main/core/tenants/gate/alloy-syntax.ts";
import { originOfFile } from "../../../src-main/core/tenants/gate/yaml-tree.ts";

function tableOf(all: readonly Readonly<Record<string, string>>[]): SeriesTable {
  const table = new SeriesTable();
  for (const labels of all) table.add(labels);
  return table;
}

function distinct(all: readonly Readonly<Record<string, string>>[], without: readonly string[]): number {
  const kept = all.map((labels) =>
    Object.entries(labels)
      .filter(([name]) => !without.includes(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  return new Set(kept.map((pairs) => JSON.stringify(pairs))).size;
}

const labelSets = fc.array(
  fc.dictionary(
    fc.constantFrom("app", "pod", "level", "id", "__proto__"),
    fc.constantFrom("a", "b", "c", "", "__proto__"),
    { maxKeys: 4 },
  ),
  { maxLength: 60 },
);

describe("what if", () => {
  it("counts exactly what is left, whatever the labels", () => {
    fc.assert(
      fc.property(labelSets, fc.subarray(["app", "pod", "level", "id"]), (all, without) => {
        const changes = without.map((label): LabelChange => ({ label, kind: "drop" }));
        const { before, after, low, high } = predictStreams(tableOf(all), changes);
        expect([before, after, low, high]).toEqual([
          all.length,
          distinct(all, without),
          distinct(all, without),
          distinct(all, without),
        ]);
      }),
    );
  });

  it("a hash leaves at most as many values as it has buckets", () => {
    const all = Array.from({ length: 5_000 }, (_, at) => ({ app: "x", id: String(at) }));
    expect(predictStreams(tableOf(all), [{ label: "id", kind: "hash", buckets: 16 }]).after).toBe(16);
  });

  it("of a sample the truth lies between the bounds, and the estimate near it", () => {
    const all = Array.from({ length: 40_000 }, (_, at) => ({ app: `a${at % 4_000}`, id: String(at) }));
    const sample = all.filter((_, at) => (Math.imul(at, 2_654_435_761) >>> 0) % 10 < 3);
    const { before, after, low, high } = predictStreams(tableOf(sample), [{ label: "id", kind: "metadata" }], 0.3);
    expect(before / 40_000).toBeCloseTo(1, 1);
    expect(low).toBeLessThanOrEqual(4_000);
    expect(high).toBeGreaterThanOrEqual(4_000);
    expect(Math.abs(after - 4_000)).toBeLessThan(400);
  });

  it("many small streams make chunks by age, few large ones by size", () => {
    const facts = {
      bytesPerSecond: 10e6,
      compressionRatio: 10,
      targetBytes: 1.5e6,
      maxAgeSeconds: 7_200,
      replicationFactor: 3,
      bytesPerStream: 20_000,
    };
    const exploded = predictChunks(200_000, facts);
    const calm = predictChunks(200, facts);
    expect(exploded.chunksPerHour).toBeCloseTo(100_000);
    expect(calm.chunksPerHour).toBeCloseTo((1e6 * 3_600) / 1.5e6);
    expect(exploded.memoryBytes).toBeGreaterThan(20 * calm.memoryBytes);
  });
});

describe("profiles", () => {
  const hex = (at: number) => (Math.imul(at + 1, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
  const table = tableOf(
    Array.from({ length: 400 }, (_, at) => ({
      app: at % 2 === 0 ? "payments" : "cards",
      trace: `${hex(at)}${hex(at + 7)}${hex(at + 9)}${hex(at + 11)}`,
      client: `10.0.${at % 200}.${at % 7}`,
      path: `/orders/${1_000 + at}/lines`,
      zone: `z${at % 3}`,
      ...(at % 4 === 0 ? { build: String(1_763_800_000 + at) } : {}),
    })),
  );
  const profiles = profileLabels(table);
  const of = (label: string) => profiles.find((each) => each.label === label);

  it("labels with the most values come first, with values, series and what they look like", () => {
    expect(profiles[0]?.values).toBe(400);
    expect(of("trace")).toMatchObject({ shape: "trace", idLike: true, series: 400 });
    expect(of("client")).toMatchObject({ shape: "ip", idLike: true });
    expect(of("path")).toMatchObject({ shape: "path", idLike: true });
    expect(of("build")).toMatchObject({ shape: "timestamp", series: 100 });
    expect(of("zone")).toMatchObject({
      shape: null,
      idLike: false,
      values: 3,
      top: [{ value: "z0", series: 134 }, {}, {}],
    });
  });

  it("combinations of labels are counted", () => {
    expect(labelCombinations(table, 5)).toEqual([
      { labels: ["app", "trace", "client", "path", "zone"], series: 300 },
      { labels: ["app", "trace", "client", "path", "zone", "build"], series: 100 },
    ]);
  });
});

describe("snippets", () => {
  const changes: readonly LabelChange[] = [
    { label: "trace_id", kind: "metadata" },
    { label: "ip", kind: "drop" },
    { label: "pod", kind: "hash", buckets: 32 },
  ];

  it("for Promtail are YAML that moves before it drops", () => {
    expect(parse(collectorSnippets(changes).promtail)).toEqual({
      pipeline_stages: [{ structured_metadata: { trace_id: null } }, { labeldrop: ["trace_id", "ip"] }],
      relabel_configs: [{ source_labels: ["pod"], action: "hashmod", modulus: 32, target_label: "pod" }],
    });
  });

  it("for Alloy are blocks that parse", () => {
    const blocks = parseAlloy(collectorSnippets(changes).alloy, originOfFile("a.alloy"));
    expect(blocks.map(({ name, blocks: inner }) => [name, inner.map((each) => each.name)])).toEqual([
      ["loki.process", ["stage.structured_metadata", "stage.label_drop"]],
      ["loki.relabel", ["rule"]],
    ]);
  });
});
