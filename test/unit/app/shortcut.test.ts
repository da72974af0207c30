import { describe, expect, it } from "vitest";
import { pressedStep, shortcutText } from "../../../src-renderer/hooks/shortcut.ts";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("shortcuts", () => {
  it("mean ⌘ on a Mac and Ctrl elsewhere", () => {
    expect(pressedStep({ ...plain, key: "k", metaKey: true }, true)).toBe("mod+k");
    expect(pressedStep({ ...plain, key: "k", ctrlKey: true }, false)).toBe("mod+k");
    expect(pressedStep({ ...plain, key: "k", ctrlKey: true }, true)).toBe("ctrl+k");
    expect(shortcutText("mod+shift+c", true)).toBe("⌘⇧C");
    expect(shortcutText("mod+shift+c", false)).toBe("Ctrl+Shift+C");
  });

  it("take a sign as it is typed, whatever keys make it", () => {
    expect(pressedStep({ ...plain, key: "?", shiftKey: true }, false)).toBe("?");
    expect(pressedStep({ ...plain, key: "G", shiftKey: true }, false)).toBe("shift+g");
    expect(pressedStep({ ...plain, key: "+", ctrlKey: true }, false)).toBe("mod++");
    expect(shortcutText("mod++", false)).toBe("Ctrl++");
  });

  it("are no modifier alone", () => {
    expect(pressedStep({ ...plain, key: "Shift", shiftKey: true }, false)).toBeNull();
    expect(pressedStep({ ...plain, key: "Meta", metaKey: true }, true)).toBeNull();
  });

  it("show a sequence with room between its steps", () => {
    expect(shortcutText("g e", false)).toBe("G E");
  });
});
