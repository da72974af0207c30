import { describe, expect, it } from "vitest";
import { shareText } from "../../../src-renderer/features/tenants/usage/usage-texts.ts";
import { createFormats } from "../../../src-renderer/hooks/formats.ts";

describe("a share of what queries cost", () => {
  const formats = createFormats("en", "utc");

  it.each([
    [0, "0%"],
    [0.0004, "<1%"],
    [0.0099, "<1%"],
    [0.01, "1%"],
    [0.0151, "2%"],
    [0.29, "29%"],
    [0.824, "82%"],
    [0.826, "83%"],
    [1, "100%"],
  ])("of %f is told to the nearest percent: %s", (share, text) => {
    expect(shareText(share, formats)).toBe(text);
  });

  it("adds up with the others to a whole, within what rounding leaves", () => {
    const shares = [0.827, 0.095, 0.056, 0.022].map((share) => Number.parseInt(shareText(share, formats), 10));
    expect(shares).toEqual([83, 10, 6, 2]);
  });
});
