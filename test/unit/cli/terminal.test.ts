import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { terminalSafe } from "../../../src-main/cli/terminal.ts";
import { textTable } from "../../../src-main/cli/text-table.ts";

describe("hostile text on a terminal", () => {
  it.each([
    ["an escape sequence", "\u001b[2J\u001b]0;owned\u0007", "⟦U+001B⟧[2J⟦U+001B⟧]0;owned⟦U+0007⟧"],
    ["a second line", "one\r\ntwo", "one⟦U+000D⟧⟦U+000A⟧two"],
    ["a bidi override", "abc\u202Edcba", "abc⟦U+202E⟧dcba"],
    ["a tab and CJK", "列\t行", "列\t行"],
  ])("shows %s", (_what, text, shown) => {
    expect(terminalSafe(text)).toBe(shown);
  });

  it("never lets a control character through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
        expect(terminalSafe(text)).not.toMatch(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
      }),
    );
  });

  it("aligns columns with wide characters", () => {
    expect(
      textTable(
        ["A", "B"],
        [
          ["主题", "x"],
          ["ab", "y"],
        ],
      ),
    ).toBe("A     B\n主题  x\nab    y\n");
  });
});
