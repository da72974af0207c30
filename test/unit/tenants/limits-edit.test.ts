import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editOverride, type OverrideEdit } from "../../../src-main/core/tenants/limits/edit-overrides.ts";
import { readRuntimeOverrides } from "../../../src-main/core/tenants/limits/runtime-overrides.ts";

const RECORDED = readFileSync("test/fixtures/loki-limits/overrides.yaml", "utf8");

function edit(text: string, tenant: string, key: string, yaml: OverrideEdit["yaml"]): string {
  const editing = editOverride(text, { tenant, key, yaml }, "overrides.yaml");
  return editing.ok ? editing.text : `refused: ${editing.reason}`;
}

describe("editing overrides", () => {
  it("sets one value and leaves every other byte", () => {
    expect(edit(RECORDED, "tiny", "max_line_size", "4KB")).toBe(
      RECORDED.replace("max_line_size: 2KB", "max_line_size: 4KB"),
    );
    const text = `# limits of the bank\noverrides:\n\n  cards: # payments\n    "max_line_size":   "2KB"   # INC-7\n\n  # other\n  b:   { max_query_series: 5 }\n`;
    expect(edit(text, "cards", "max_line_size", "4KB")).toBe(text.replace('"2KB"', '"4KB"'));
    expect(edit(text, "b", "max_query_series", 6)).toBe(text.replace("5 }", "6 }"));
    expect(edit(text, "b", "volume_enabled", false)).toBe(text.replace("5 }", "5, volume_enabled: false }"));
    expect(edit(text, "cards", "max_query_series", 9)).toBe(
      text.replace("# INC-7\n", "# INC-7\n    max_query_series: 9\n"),
    );
  });

  it("makes what is missing: the section, the tenant, in the style that is there", () => {
    const made = "overrides:\n  a:\n    max_query_series: 5\n";
    expect(edit("", "a", "max_query_series", 5)).toBe(made);
    expect(edit("# only this", "a", "max_query_series", 5)).toBe(`# only this\n${made.trimEnd()}`);
    expect(edit("overrides:\n", "a", "max_query_series", 5)).toBe(made);
    expect(edit("overrides: {}\n", "a", "max_query_series", 5)).toBe("overrides: { a: { max_query_series: 5 } }\n");
    expect(edit("overrides:\n  a: # x\n", "a", "max_query_series", 5)).toBe(
      "overrides:\n  a: # x\n    max_query_series: 5\n",
    );
    expect(edit("configs: {}\n", "007", "max_query_series", 5)).toBe(
      'configs: {}\noverrides:\n  "007":\n    max_query_series: 5\n',
    );
    expect(edit(RECORDED, "new", "retention_stream", [{ selector: '{a="b"}', priority: 1, period: "24h" }])).toBe(
      `${RECORDED}  new:\n    retention_stream: [{"selector":"{a=\\"b\\"}","priority":1,"period":"24h"}]\n`,
    );
  });

  it("takes one value out, with its line", () => {
    expect(edit(RECORDED, "tiny", "max_line_size", undefined)).toBe(RECORDED.replace("    max_line_size: 2KB\n", ""));
    const list = RECORDED.slice(RECORDED.indexOf("    retention_stream"));
    expect(edit(RECORDED, "globex", "retention_stream", undefined)).toBe(RECORDED.replace(list, ""));
    expect(edit("overrides:\n  a: # x\n    max_query_series: 5\n", "a", "max_query_series", undefined)).toBe(
      "overrides:\n  a: {} # x\n",
    );
    expect(edit("overrides: { a: { b: 1, c: 2 } }\n", "a", "b", undefined)).toBe("overrides: { a: { c: 2 } }\n");
    expect(edit("overrides: { a: { b: 1, c: 2 } }\n", "a", "c", undefined)).toBe("overrides: { a: { b: 1 } }\n");
    expect(edit(RECORDED, "nobody", "max_line_size", undefined)).toBe(RECORDED);
  });

  it("refuses what it cannot do without changing something else", () => {
    const shared = "overrides:\n  a: &base\n    max_query_series: 7\n  b: *base\n";
    expect(edit(shared, "b", "max_query_series", 8)).toBe("refused: shared");
    expect(edit(shared, "a", "max_query_series", 8)).toBe("refused: shared");
    expect(edit("overrides: 5\n", "a", "max_query_series", 8)).toBe("refused: not-a-map");
    expect(edit("overrides:\n\ta: 1\n", "a", "max_query_series", 8)).toBe("refused: unreadable");
    expect(edit("overrides: {}\n", "a/b", "max_query_series", 8)).toBe("refused: invalid-tenant");
  });

  it("keeps the line ends of Windows", () => {
    expect(edit("overrides:\r\n  a:\r\n    x: 1\r\n", "a", "y", 2)).toBe(
      "overrides:\r\n  a:\r\n    x: 1\r\n    y: 2\r\n",
    );
  });

  it("shows what changes as a unified diff", () => {
    const editing = editOverride(RECORDED, { tenant: "globex", key: "retention_period", yaml: "72h" }, "o.yaml");
    expect(editing.ok ? editing.diff : "").toBe(
      [
        "--- a/o.yaml",
        "+++ b/o.yaml",
        "@@ -10,7 +10,7 @@",
        "     max_query_series: 50",
        "   globex:",
        "     max_global_streams_per_user: 6000",
        "-    retention_period: 168h",
        "+    retention_period: 72h",
        "     retention_stream:",
        "       - selector: '{level=\"debug\"}'",
        "         priority: 1",
        "",
      ].join("\n"),
    );
  });

  const key = fc.constantFrom(
    "max_query_series",
    "max_streams_per_user",
    "max_label_names_per_series",
    "cardinality_limit",
  );
  const noise = fc.constantFrom("", "\n", "# note\n", "    # deep note\n");
  const tenants = fc.uniqueArray(fc.constantFrom("a", "cards", "true", "12", "x.y", "it's"), { minLength: 1 });
  const file = fc
    .tuple(
      tenants,
      fc.array(fc.tuple(fc.uniqueArray(key), fc.boolean(), noise, fc.constantFrom("", " # c")), {
        minLength: 6,
        maxLength: 6,
      }),
    )
    .map(([names, shapes]) => {
      const blocks = names.map((name, at) => {
        const [keys, flow, before, comment] = shapes[at] ?? [[], true, "", ""];
        if (flow || keys.length === 0)
          return `${before}  ${name}: { ${keys.map((each) => `${each}: 1`).join(", ")} }${comment}\n`;
        return `${before}  ${name}:${comment}\n${keys.map((each) => `    ${each}: 1${comment}\n`).join("")}`;
      });
      return { names, text: `overrides:\n${blocks.join("")}` };
    });

  it("whatever the file, the value is there afterwards and every line of others is where it was", () => {
    fc.assert(
      fc.property(file, key, fc.nat(), fc.nat({ max: 9_999 }), ({ names, text }, name, which, value) => {
        const tenant = names[which % names.length] ?? "a";
        const editing = editOverride(text, { tenant, key: name, yaml: value }, "f");
        expect(editing.ok).toBe(true);
        if (!editing.ok) return;
        const before = readRuntimeOverrides(text).tenants;
        const after = readRuntimeOverrides(editing.text).tenants;
        expect(after.get(tenant)?.find((each) => each.key === name)?.value.number).toBe(value);
        for (const other of names.filter((each) => each !== tenant)) {
          expect(after.get(other)?.map(({ key: of, value: is }) => [of, is])).toEqual(
            before.get(other)?.map(({ key: of, value: is }) => [of, is]),
          );
        }
        const [old, now] = [text.split("\n"), editing.text.split("\n")];
        expect(old.filter((line, at) => line !== now[at] && line !== now[at + 1]).length).toBeLessThanOrEqual(1);
        const back = editOverride(editing.text, { tenant, key: name, yaml: undefined }, "f");
        expect(
          back.ok &&
            !readRuntimeOverrides(back.text)
              .tenants.get(tenant)
              ?.some((each) => each.key === name),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
