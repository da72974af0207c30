import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitAnsi } from "../../../src-renderer/features/explore/rows/ansi-style.ts";
import {
  hiddenCharacterLabel,
  splitHiddenCharacters,
  withVisibleCharacters,
} from "../../../src-renderer/components/control-characters.ts";
import { lineSegments, sliceSegments } from "../../../src-renderer/features/explore/rows/line-segments.ts";

const ESC = "\u001B";
const line = fc.string({
  unit: fc.oneof(
    fc.string({ minLength: 1, maxLength: 3 }),
    fc.constantFrom(
      `${ESC}[31m`,
      `${ESC}[0m`,
      `${ESC}[m`,
      `${ESC}[38;5;208m`,
      "\u202E",
      "\u0000",
      "\n",
      "😀",
      `${ESC}]8;;x`,
    ),
  ),
  maxLength: 40,
});

/** What a reader must see of a line: all of it but the colour sequences, hidden characters written out. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the sequences that are not shown
  return withVisibleCharacters(text.replace(/\u001B\[[0-9;:]*m/g, ""));
}

describe("segments of a line", () => {
  it("show every character of any line, in order, once", () => {
    fc.assert(
      fc.property(line, (text) => {
        const shown = lineSegments(text, []).map((segment) => segment.text);
        expect(shown.join("")).toBe(visible(text));
      }),
    );
  });

  it("show the same whatever is marked in them", () => {
    fc.assert(
      fc.property(line, fc.array(fc.tuple(fc.nat(30), fc.nat(10)), { maxLength: 5 }), (text, places) => {
        const hits = places
          .map(([from, length]): readonly [number, number] => [from, from + length])
          .toSorted((a, b) => a[0] - b[0]);
        const shown = lineSegments(text, hits).map((segment) => segment.text);
        expect(shown.join("")).toBe(visible(text));
      }),
    );
  });

  it("cut to a window give what the whole shows there", () => {
    fc.assert(
      fc.property(line, fc.nat(40), fc.nat(40), (text, from, length) => {
        const all = lineSegments(text, []);
        const whole = all.map((segment) => segment.text).join("");
        const cut = sliceSegments(all, from, length).map((segment) => segment.text);
        expect(cut.join("")).toBe(whole.slice(from, from + length));
      }),
    );
  });

  it("mark a hit across a colour change on both sides of it", () => {
    const text = `time${ESC}[31mout now`;
    const marked = lineSegments(text, [[0, text.indexOf(" ")]]).filter((segment) => segment.hit);
    expect(marked.map((segment) => segment.text)).toEqual(["time", "out"]);
  });
});

describe("colour sequences", () => {
  it("become styles and end with a reset, the empty one too", () => {
    const pieces = splitAnsi(`a${ESC}[1;31mb${ESC}[mc`);
    expect(pieces.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(pieces[1]?.style).toEqual({
      foreground: { kind: "named", name: "red" },
      background: null,
      decorations: ["bold"],
    });
    expect(pieces[2]?.style).toBeNull();
  });

  it("know the table of 256 and exact colours", () => {
    const [orange, grey, exact] = [`${ESC}[38;5;208mx`, `${ESC}[48;5;244mx`, `${ESC}[38;2;80;200;300mx`].map(
      (text) => splitAnsi(text).at(-1)?.style,
    );
    expect(orange?.foreground).toEqual({ kind: "rgb", css: "rgb(255 135 0)" });
    expect(grey?.background).toEqual({ kind: "rgb", css: "rgb(128 128 128)" });
    expect(exact?.foreground).toEqual({ kind: "rgb", css: "rgb(80 200 255)" });
  });

  it("leave other escapes in sight: moving the cursor or a link is no colour", () => {
    const shown = lineSegments(`${ESC}]8;;https://x\u0007link${ESC}[2J`, []).map((segment) => segment.text);
    expect(shown.join("")).toBe("⟦ESC⟧]8;;https://x⟦BEL⟧link⟦ESC⟧[2J");
  });
});

describe("hidden characters", () => {
  it("that turn the direction of text are written out", () => {
    expect(withVisibleCharacters("user=\u202Egnp.exe")).toBe("user=⟦U+202E⟧gnp.exe");
    expect(hiddenCharacterLabel("\u{E0041}")).toBe("⟦U+E0041⟧");
  });

  it("leave tabs, joined emoji and right-to-left words alone", () => {
    for (const text of ["a\tb", "👩‍👩‍👧", "می‌خواهم", "שלום"]) expect(splitHiddenCharacters(text)).toHaveLength(1);
  });
});
