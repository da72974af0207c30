import * as fc from "fast-check";
import { expect, test } from "vitest";
import { placeWindow } from "../../../src-main/electron/window-state.ts";

const laptop = { x: 0, y: 25, width: 1_920, height: 1_055 };
const right = { x: 1_920, y: 0, width: 2_560, height: 1_440 };
const kept = (x: number, y: number, width: number, height: number) => ({
  bounds: { x, y, width, height },
  maximized: false,
});

test("a window comes back where it was", () => {
  expect(placeWindow(kept(100, 100, 1_200, 800), [laptop])).toEqual({
    x: 100,
    y: 100,
    width: 1_200,
    height: 800,
    maximized: false,
  });
  expect(placeWindow(kept(2_000, 50, 1_500, 900), [laptop, right])).toMatchObject({ x: 2_000, y: 50 });
});

test("a window whose display is gone keeps its size and is centred on the one that is there", () => {
  const placed = placeWindow(kept(2_000, 50, 1_500, 900), [laptop]);
  expect(placed).toEqual({ width: 1_500, height: 900, maximized: false });
});

test("a window that cannot be taken hold of is not put there", () => {
  for (const bounds of [kept(1_850, 100, 1_200, 800), kept(100, 1_050, 1_200, 800), kept(100, -40, 1_200, 800)]) {
    expect(placeWindow(bounds, [laptop]).x).toBeUndefined();
  }
});

test("whatever was kept, the window fits a display and can be taken hold of", () => {
  const side = fc.integer({ min: -100_000, max: 100_000 });
  const size = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(side, side, size, size, (x, y, width, height) => {
      const placed = placeWindow(kept(x, y, width, height), [laptop, right]);
      const { width: wide, height: high, x: left, y: top } = placed;
      expect(wide).toBeLessThanOrEqual(right.width);
      expect(high).toBeLessThanOrEqual(right.height);
      if (left === undefined || top === undefined) return;
      // A person sees at least 160 × 80 pixels of its upper edge on one display.
      const seen = [laptop, right].some(
        (area) =>
          Math.min(left + wide, area.x + area.width) - Math.max(left, area.x) >= 160 &&
          top >= area.y &&
          top + 80 <= area.y + area.height,
      );
      expect(seen).toBe(true);
    }),
  );
});
