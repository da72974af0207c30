import { describe, expect, it } from "vitest";
import { matchCommands } from "../../../src-renderer/app/match-commands.ts";

const names = ["Go to Explore", "Export the audit log", "Theme: dark", "payments", "repay"];
const match = (typed: string) => matchCommands(names, typed, (name) => [name, ""]);

describe("the palette's search", () => {
  it("puts names that begin with the typing before words, and words before the rest", () => {
    expect(match("ex")).toEqual(["Export the audit log", "Go to Explore"]);
    expect(match("pay")).toEqual(["payments", "repay"]);
  });

  it("needs every word, in any order and any text", () => {
    expect(match("log audit")).toEqual(["Export the audit log"]);
    expect(match("audit nothing")).toEqual([]);
  });

  it("offers everything in its own order while nothing is typed", () => {
    expect(match("  ")).toEqual(names);
  });
});
