import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRuntimeOverrides } from "../../../src-main/core/tenants/limits/runtime-overrides.ts";

function problemsOf(text: string) {
  return readRuntimeOverrides(text).problems.map(({ code, severity, line, column, path }) => [
    code,
    severity,
    line,
    column,
    path,
  ]);
}

describe("reading a runtime configuration", () => {
  it("gives the values of each tenant of a file that a real Loki loaded", () => {
    const { loads, tenants, problems } = readRuntimeOverrides(
      readFileSync("test/fixtures/loki-limits/overrides.yaml", "utf8"),
    );
    expect([loads, problems, [...tenants.keys()]]).toEqual([true, [], ["tiny", "globex"]]);
    expect(tenants.get("tiny")?.map(({ key, value }) => [key, value.number])).toEqual([
      ["ingestion_rate_mb", 0.02 * 1_048_576],
      ["ingestion_burst_size_mb", 0.05 * 1_048_576],
      ["max_global_streams_per_user", 20],
      ["max_line_size", 2_048],
      ["per_stream_rate_limit", 8_192],
      ["per_stream_rate_limit_burst", 16_384],
      ["retention_period", 172_800],
      ["max_query_series", 50],
    ]);
    expect(tenants.get("globex")?.at(-1)).toMatchObject({ key: "retention_stream", line: 14, column: 5 });
  });

  it("an empty file, or empty sections, are no trouble", () => {
    for (const text of ["", "# nothing\n", "overrides:\n", "overrides: {}\nconfigs:\n", "overrides:\n  a:\n"]) {
      expect(readRuntimeOverrides(text)).toMatchObject({ loads: true, problems: [] });
    }
  });

  it("tells where a key is unknown, a value of the wrong type, a name given twice", () => {
    expect(problemsOf("overrides:\n  a:\n    ingestion_rate: 4\n")).toEqual([
      ["unknown-key", "refused", 3, 5, "overrides.a.ingestion_rate"],
    ]);
    expect(problemsOf("overrides:\n  a:\n    max_query_series: many\n    max_line_size: 1.5MB\n")).toEqual([
      ["wrong-type", "refused", 3, 5, "overrides.a.max_query_series"],
      ["wrong-type", "refused", 4, 5, "overrides.a.max_line_size"],
    ]);
    expect(problemsOf("overrides:\n  a: {}\n  b: {}\n  a: {}\noverrides: {}\n")).toEqual([
      ["duplicate-key", "refused", 5, 1, "overrides"],
      ["duplicate-key", "refused", 4, 3, "overrides.a"],
    ]);
    expect(problemsOf("overrides:\n  a:\n    shard_streams: { enable: true }\n")).toEqual([
      ["unknown-field", "refused", 3, 5, "overrides.a.shard_streams.enable"],
    ]);
  });

  it("sections and fields beside those that Loki has refuse the file", () => {
    expect(problemsOf("limits: {}\nconfigs:\n  a: { log_everything: true, log_push_request: 1 }\n")).toEqual([
      ["unknown-section", "refused", 1, 1, "limits"],
      ["unknown-key", "refused", 3, 8, "configs.a.log_everything"],
      ["wrong-type", "refused", 3, 30, "configs.a.log_push_request"],
    ]);
    expect(problemsOf("multi_kv_config: { mirror_enabled: true, primary: consul }\n")).toEqual([]);
    expect(problemsOf("- a\n")).toEqual([["not-a-map", "refused", 1, 1, ""]]);
    expect(problemsOf("overrides: [a]\n")).toEqual([["not-a-map", "refused", 1, 1, "overrides"]]);
  });

  it("tabs are named as tabs, at their line", () => {
    const [first] = readRuntimeOverrides("overrides:\n\ta:\n\t\tmax_query_series: 5\n").problems;
    expect(first).toMatchObject({ code: "tab", severity: "refused", line: 2 });
  });

  it("names that are no tenant, and limits without effect in an override, are warnings", () => {
    const { loads, problems } = readRuntimeOverrides(
      "overrides:\n  a/b:\n    ingestion_rate_strategy: local\n    max_query_series: 5.5\n",
    );
    expect(loads).toBe(true);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["invalid-tenant", "warning"],
      ["not-per-tenant", "warning"],
      ["fraction-dropped", "warning"],
    ]);
  });

  it("anchors and merges are followed, a bomb of them is not", () => {
    const text =
      "overrides:\n  a: &base\n    max_query_series: 7\n    max_line_size: 1KB\n  b: *base\n  c:\n    <<: *base\n    max_query_series: 8\n";
    const { loads, tenants } = readRuntimeOverrides(text);
    expect(loads).toBe(true);
    expect(tenants.get("b")?.map(({ value }) => value.number)).toEqual([7, 1_024]);
    expect(tenants.get("c")?.map(({ value }) => value.number)).toEqual([8, 1_024]);
    const levels = Array.from({ length: 12 }, (_, at) =>
      at === 0 ? "a0: &a0 [x]" : `a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join(", ")}]`,
    );
    expect(readRuntimeOverrides(`${levels.join("\n")}\n`).problems[0]).toMatchObject({ code: "too-many-aliases" });
  });

  it("a tenant whose name looks like a number or like __proto__ is a name", () => {
    const { tenants } = readRuntimeOverrides(
      "overrides:\n  007: { max_query_series: 1 }\n  __proto__: { max_query_series: 2 }\n",
    );
    expect([...tenants].map(([name, [first]]) => [name, first?.value.number])).toEqual([
      ["007", 1],
      ["__proto__", 2],
    ]);
  });

  it("a file above the bound is refused unread", () => {
    expect(problemsOf("#".repeat(8 * 1_048_576 + 1))).toEqual([["too-large", "refused", 1, 1, ""]]);
  });

  it("no text makes it throw", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "overrides",
            ":",
            " ",
            "\n",
            "  ",
            "- ",
            "&a",
            "*a",
            "<<",
            "{",
            "}",
            '"',
            "\t",
            "a",
            "1",
            "|",
            "#",
            "?",
            "max_line_size: ",
          ),
        ),
        (parts) => {
          expect(typeof readRuntimeOverrides(parts.join("")).loads).toBe("boolean");
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
