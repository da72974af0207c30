import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exactBytes,
  numberProblem,
  parseAmount,
  parseBytes,
} from "../../../src-renderer/features/settings/setting-text.ts";
import type { Setting } from "../../../src-shared/api/settings.api.ts";

const setting: Setting = {
  key: "logs.defaultLimit",
  group: "logs",
  kind: "number",
  min: 100,
  max: 10_000,
  value: 1_000,
  defaultValue: 1_000,
  source: "default",
  locked: false,
  restart: false,
};

describe("settings as text", () => {
  it("sizes are read back exactly as they are shown", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(parseBytes(exactBytes(value))).toBe(value);
      }),
    );
    expect(exactBytes(256 * 2 ** 20)).toBe("256 MiB");
  });

  it.each([
    ["20 GiB", 20 * 2 ** 30],
    ["1.5g", 1.5 * 2 ** 30],
    ["1,048,576", 2 ** 20],
    ["many", null],
    ["12 parsecs", null],
    ["-1 MiB", null],
  ])("reads %s", (text, value) => {
    expect(parseBytes(text)).toBe(value);
  });

  it("takes grouped digits and nothing that only looks like a number", () => {
    expect(parseAmount("100,000")).toBe(100_000);
    expect(parseAmount("1e9")).toBeNull();
    expect(parseAmount("")).toBeNull();
  });

  it("knows the bounds", () => {
    expect(numberProblem(setting, 99)).toBe("low");
    expect(numberProblem(setting, 10_001)).toBe("high");
    expect(numberProblem(setting, null)).toBe("none");
    expect(numberProblem(setting, 100)).toBeNull();
  });
});
