import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  printBytes,
  printDuration,
  printGoDuration,
  readBytes,
  readDuration,
  readGoDuration,
  readTime,
} from "../../../src-main/core/tenants/limits/limit-scalars.ts";
import { LIMIT_TABLE, limitOf } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { limitOfText, readLimit, yamlOfNumber } from "../../../src-main/core/tenants/limits/limit-value.ts";
import type { LimitDefinition, LimitYaml } from "../../../src-shared/model/tenants/limit.ts";

function known(key: string): LimitDefinition {
  const limit = limitOf(key);
  if (limit === null) throw new Error(`no limit ${key}`);
  return limit;
}

function numberOf(key: string, yaml: LimitYaml): number | null | string {
  const reading = readLimit(known(key), yaml);
  return reading.ok ? reading.value.number : reading.problem.reason;
}

describe("values of limits", () => {
  it("sizes are powers of 1024, as the limit of 2KB that a real Loki held a line against with 2048 bytes", () => {
    expect(["2KB", "256kb", "3MB", "1536KB", "0B", "2048", "1 GB"].map(readBytes)).toEqual([
      2_048, 262_144, 3_145_728, 1_572_864, 0, 2_048, 1_073_741_824,
    ]);
    expect(["1.5MB", "3MiB", "MB", "-1", "", "99999999999999999999", "16EB"].map(readBytes)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
  });

  it("durations are Prometheus' or Go's, each by its own rules", () => {
    expect(["30d1h", "1w", "0s", "0", "1h30m", "250ms"].map(readDuration)).toEqual([
      2_595_600, 604_800, 0, 0, 5_400, 0.25,
    ]);
    expect(["1.5h", "1h1d", "h", "", "-1h", "1 h", "300y"].map(readDuration)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
    expect(["40m0s", "1.5s", "250ms", "-1m", "1d", ""].map(readGoDuration)).toEqual([
      2_400,
      1.5,
      0.25,
      -60,
      null,
      null,
    ]);
  });

  it("times are never, days or moments", () => {
    expect(
      ["0", "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00:00Z", "2026-11-22T12:00+02:00"].map(readTime),
    ).toEqual([
      0,
      Date.UTC(2026, 10, 22),
      Date.UTC(2026, 10, 22, 10),
      Date.UTC(2026, 10, 22, 10),
      Date.UTC(2026, 10, 22, 10),
    ]);
    expect(["tomorrow", "2026-13-01", "2026-11-22 10:00", "2026-11-22T10:00:00"].map(readTime)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("megabytes of a rate come out as bytes", () => {
    expect(numberOf("ingestion_rate_mb", 1.5)).toBe(1_572_864);
    expect(yamlOfNumber(known("ingestion_rate_mb"), 1_572_864)).toBe(1.5);
  });

  it("refuses what Loki refuses: texts for numbers, unknown fields, words that are no choice", () => {
    expect([
      numberOf("max_query_series", "500"),
      numberOf("ingestion_rate_mb", "4MB"),
      numberOf("volume_enabled", "yes"),
      numberOf("max_line_size", "256 parsecs"),
      numberOf("max_queriers_per_tenant", -1),
      numberOf("discover_service_name", "app"),
      numberOf("deletion_mode", "sometimes"),
      numberOf("shard_streams", { enabled: true, desired: "3MB" }),
      numberOf("retention_stream", [{ selector: "{}", priority: "1", period: "24h" }]),
    ]).toEqual([...Array.from({ length: 6 }, () => "wrong-type"), "not-a-choice", "unknown-field", "wrong-type"]);
    expect(readLimit(known("retention_stream"), [{ selector: "{}", period: "24h", until: 1 }])).toMatchObject({
      problem: { reason: "unknown-field", at: [0, "until"] },
    });
  });

  it("tells of a fraction that Loki would drop", () => {
    expect(readLimit(known("max_query_series"), 5.7)).toMatchObject({
      ok: true,
      fractionDropped: true,
      value: { number: 5, text: "5" },
    });
    expect(readLimit(known("ingestion_rate_mb"), 5.7)).toMatchObject({ ok: true, fractionDropped: false });
  });

  it("a text of a form becomes the value a person means", () => {
    expect(limitOfText(known("max_query_series"), " 700 ")).toMatchObject({ value: { yaml: 700 } });
    expect(limitOfText(known("volume_enabled"), "false")).toMatchObject({ value: { yaml: false, number: 0 } });
    expect(limitOfText(known("discover_service_name"), "app, job")).toMatchObject({ value: { yaml: ["app", "job"] } });
    expect(limitOfText(known("max_query_series"), "many")).toMatchObject({ ok: false });
  });

  it("what is printed is read back as the same", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(readBytes(printBytes(bytes))).toBe(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 9_000_000_000_000 }), (ms) => {
        expect(readDuration(printDuration(ms / 1_000))).toBe(ms / 1_000);
      }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 9_000_000_000 }), (ms) => {
        expect(readGoDuration(printGoDuration(ms / 1_000))).toBeCloseTo(ms / 1_000, 5);
      }),
    );
  });

  it("every limit with a number gives the number back that it was made of", () => {
    const numeric = LIMIT_TABLE.filter(({ type }) =>
      ["int", "uint", "bytes", "duration", "bool", "float"].includes(type),
    );
    fc.assert(
      fc.property(fc.constantFrom(...numeric), fc.nat({ max: 2 ** 32 }), (limit, raw) => {
        const number = limit.type === "bool" ? raw % 2 : raw;
        const reading = readLimit(limit, yamlOfNumber(limit, number));
        expect(reading.ok ? reading.value.number : reading.problem).toBe(number);
      }),
    );
  });

  it("no value makes it throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...LIMIT_TABLE), fc.jsonValue(), (limit, value) => {
        // A JSON value is a YAML value; the two types differ in `readonly` alone.
        const reading = readLimit(limit, value as LimitYaml);
        expect(typeof reading.ok).toBe("boolean");
      }),
    );
  });
});
