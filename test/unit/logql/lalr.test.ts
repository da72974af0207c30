import { describe, expect, it } from "vitest";
import { buildLalrTables, type LalrTables, type Precedence, START } from "../../../src-shared/logql/syntax/lalr.ts";

const PRODUCTIONS = [
  { left: START, right: ["expr"] },
  { left: "expr", right: ["expr", "+", "expr"] },
  { left: "expr", right: ["expr", "*", "expr"] },
  { left: "expr", right: ["expr", "^", "expr"] },
  { left: "expr", right: ["(", "expr", ")"] },
  { left: "expr", right: ["n", "opt"] },
  { left: "opt", right: [] },
  { left: "opt", right: ["!"] },
];

const PRECEDENCES = new Map<string, Precedence>([
  ["+", { level: 0, associativity: "left" }],
  ["*", { level: 1, associativity: "left" }],
  ["^", { level: 2, associativity: "right" }],
]);

/** The tree of a list of tokens as nested brackets; `null` when they are no sentence. */
function tree(tables: LalrTables, tokens: readonly string[]): string | null {
  const states = [0];
  const values: string[] = [];
  let at = 0;
  for (;;) {
    const state = states.at(-1) ?? 0;
    const token = tokens[at] ?? "$end";
    if (state === tables.acceptState && token === "$end") return values[0] ?? "";
    const shift = tables.next[state]?.get(token);
    if (shift !== undefined) {
      states.push(shift);
      values.push(token);
      at++;
      continue;
    }
    const production = PRODUCTIONS[tables.reductions[state]?.get(token) ?? tables.defaults[state] ?? -1];
    if (production === undefined) return null;
    const parts = values.splice(values.length - production.right.length);
    states.length -= parts.length;
    values.push(
      parts.length === 1
        ? (parts[0] ?? "")
        : production.left === "expr" && parts.length === 3
          ? `[${parts.join("")}]`
          : parts.join(""),
    );
    const next = tables.next[states.at(-1) ?? 0]?.get(production.left);
    if (next === undefined) return null;
    states.push(next);
  }
}

describe("LALR tables", () => {
  const tables = buildLalrTables(PRODUCTIONS, PRECEDENCES);

  it.each([
    ["n+n*n", "[n+[n*n]]"],
    ["n*n+n", "[[n*n]+n]"],
    ["n+n+n", "[[n+n]+n]"],
    ["n^n^n", "[n^[n^n]]"],
    ["(n+n)*n!", "[[([n+n])]*n!]"],
    ["n!^n!", "[n!^n!]"],
  ])("settle %s by precedence", (text, expected) => {
    expect(tree(tables, Array.from(text))).toBe(expected);
  });

  it.each(["n+", "+n", "(n", "n)", "nn", ""])("refuse %s", (text) => {
    expect(tree(tables, Array.from(text))).toBeNull();
  });
});
