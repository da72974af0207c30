import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { collectorSnippets } from "../../../src-main/core/tenants/cardinality/collector-snippets.ts";
import { predictChunks } from "../../../src-main/core/tenants/cardinality/chunk-prediction.ts";
import { labelCombinations } from "../../../src-main/core/tenants/cardinality/label-combinations.ts";
import { profileLabels } from "../../../src-main/core/tenants/cardinality/label-profile.ts";
import { SeriesTableBuilder } from "../../../src-main/core/tenants/cardinality/series-table-builder.ts";
import { streamsWithout } from "../../../src-main/core/tenants/cardinality/streams-without.ts";
import { predictStreams, type LabelChange } from "../../../src-main/core/tenants/cardinality/what-if.ts";
import { parseAlloy } from "../../../src-main/core/tenants/gate/alloy-syntax.ts";
import { originOfFile } from "../../../src-main/core/tenants/gate/yaml-tree.ts";
import { distinct, seriesAnswer, tableOf } from "../../builders/series-answers.ts";

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
          distinct(all),
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

  it("says of each label how many streams would be left without it", () => {
    fc.assert(
      fc.property(labelSets, (all) => {
        const table = tableOf(all);
        const left = streamsWithout(table);
        for (const [at, { name }] of table.labels.entries()) expect(left[at]).toBe(distinct(all, [name]));
      }),
    );
  });

  it("of a fair sample the truth lies between the bounds, whatever merges", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 300, max: 3_000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        (seed, size, kinds, skewed) => {
          const kindOf = (at: number) => (skewed ? Math.floor(kinds * (at / size) ** 3) : at % kinds);
          const all = Array.from({ length: size }, (_, at) => ({ app: `a${kindOf(at)}`, id: `${seed}-${at}` }));
          const builder = new SeriesTableBuilder(seed, { series: size / 3, cells: 1e6, valueBytes: 1e6 });
          builder.addAnswer(seriesAnswer(all));
          const table = builder.build();
          expect(table.share).toBeLessThan(1);
          const whole = predictStreams(table, []);
          const dropped = predictStreams(table, [{ label: "id", kind: "drop" }]);
          const truth = distinct(all, ["id"]);
          expect(whole.high).toBeGreaterThanOrEqual(size);
          expect(dropped.low).toBeLessThanOrEqual(truth);
          expect(dropped.high).toBeGreaterThanOrEqual(truth);
          expect(dropped.after).toBeGreaterThanOrEqual(dropped.low);
          expect(dropped.after).toBeLessThanOrEqual(dropped.high);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("estimates near the truth what a third of the series tells", () => {
    const all = Array.from({ length: 40_000 }, (_, at) => ({ app: `a${at % 4_000}`, id: String(at) }));
    const builder = new SeriesTableBuilder(11, { series: 15_000, cells: 1e6, valueBytes: 1e6 });
    builder.addAnswer(seriesAnswer(all));
    const { before, after } = predictStreams(builder.build(), [{ label: "id", kind: "metadata" }]);
    expect(Math.abs(before - 40_000)).toBeLessThan(2_000);
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
