import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixedGeometry } from "../../../src-renderer/features/explore/rows/fixed-geometry.ts";
import { MeasuredGeometry } from "../../../src-renderer/features/explore/rows/measured-geometry.ts";
import {
  endPosition,
  innerHeight,
  isBefore,
  MAX_INNER_HEIGHT_PX,
  movePosition,
  positionOf,
  positionShowing,
  scrollTopOf,
  START,
  type ScrollExtent,
} from "../../../src-renderer/features/explore/rows/scroll-position.ts";

function fixed(total: number, viewportPx = 700): ScrollExtent {
  return { total, viewportPx, geometry: fixedGeometry(20) };
}

function scrollRange(extent: ScrollExtent): number {
  return innerHeight(extent.total, 20, extent.viewportPx) - extent.viewportPx;
}

describe("the position of a list", () => {
  it("reaches the last of a hundred million rows, whose pixels no browser could draw", () => {
    const extent = fixed(100_000_000);
    const end = positionOf(scrollRange(extent), extent, scrollRange(extent));
    expect(end).toEqual({ row: 99_999_965, offsetPx: 0 });
    expect(innerHeight(extent.total, 20, 700)).toBe(MAX_INNER_HEIGHT_PX);
  });

  it("moves exactly by what was asked for, wherever in the list it stands", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 100_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -5_000, max: 5_000 }),
        (total, share, delta) => {
          const extent = fixed(total);
          const from = positionOf(share * scrollRange(extent), extent, scrollRange(extent));
          const to = movePosition(from, delta, extent);
          const end = endPosition(extent);
          const wanted = from.row * 20 + from.offsetPx + delta;
          const limited = Math.min(Math.max(0, wanted), end.row * 20 + end.offsetPx);
          expect(to.row * 20 + to.offsetPx).toBeCloseTo(limited, 3);
        },
      ),
    );
  });

  it("says the same place to the scroll bar that the scroll bar says to it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 40_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const extent = fixed(total);
          const range = scrollRange(extent);
          const position = positionOf(share * range, extent, range);
          expect(scrollTopOf(position, extent, range)).toBeCloseTo(share * range, 1);
        },
      ),
    );
  });

  it("is pixel for pixel the browser's own while the browser can draw the height", () => {
    const extent = fixed(1_000);
    expect(scrollTopOf({ row: 100, offsetPx: 7 }, extent, scrollRange(extent))).toBeCloseTo(2_007, 6);
  });

  it("stays at the start when all rows fit", () => {
    expect(endPosition(fixed(3))).toEqual(START);
    expect(movePosition(START, 500, fixed(3))).toEqual(START);
    expect(movePosition(START, 500, fixed(0))).toEqual(START);
  });

  it("shows a row with the smallest move, and in the middle when asked", () => {
    const extent = fixed(10_000);
    const at = { row: 100, offsetPx: 5 };
    expect(positionShowing(110, "nearest", at, extent)).toEqual(at);
    expect(positionShowing(100, "nearest", at, extent)).toEqual({ row: 100, offsetPx: 0 });
    const below = positionShowing(140, "nearest", at, extent);
    expect(below.row * 20 + below.offsetPx + 700).toBe(141 * 20);
    const middle = positionShowing(5_000, "center", at, extent);
    expect(5_000 * 20 + 10 - (middle.row * 20 + middle.offsetPx)).toBe(350);
  });
});

describe("wrapped rows", () => {
  const heights = (row: number): number => 20 + (row % 7) * 18;
  function wrapped(total: number): ScrollExtent {
    return { total, viewportPx: 300, geometry: new MeasuredGeometry(heights, 20) };
  }

  it("go down and up again by the same pixels and stand where they stood", () => {
    fc.assert(
      fc.property(fc.nat({ max: 9_000 }), fc.nat({ max: 19 }), fc.nat({ max: 1_000 }), (row, offsetPx, delta) => {
        const extent = wrapped(10_000);
        const from = { row, offsetPx };
        expect(movePosition(movePosition(from, delta, extent), -delta, extent)).toEqual(from);
      }),
    );
  });

  it("end with the last row at the lower edge", () => {
    const extent = wrapped(500);
    const end = movePosition(START, Number.MAX_SAFE_INTEGER / 4, extent);
    expect(end).toEqual(endPosition(extent));
    let below = -end.offsetPx;
    for (let row = end.row; row < 500; row += 1) below += heights(row);
    expect(below).toBe(300);
  });

  it("keep their first row when a guess turns out wrong", () => {
    const geometry = new MeasuredGeometry(() => 20, 20);
    const extent = { total: 1_000, viewportPx: 300, geometry };
    const at = { row: 400, offsetPx: 3 };
    for (let row = 380; row < 420; row += 1) geometry.measured(row, 200);
    expect(movePosition(at, 0, extent)).toEqual(at);
    expect(movePosition(at, -10, extent)).toEqual({ row: 399, offsetPx: 193 });
  });

  it("move the thumb only when the average has changed much", () => {
    const geometry = new MeasuredGeometry(() => 20, 20);
    geometry.measured(1, 22);
    expect(geometry.averagePx()).toBe(20);
    geometry.measured(2, 200);
    expect(geometry.averagePx()).toBe(111);
  });

  it("are remembered for a bounded number of rows", () => {
    const geometry = new MeasuredGeometry(() => 20, 20);
    for (let row = 0; row < 10_000; row += 1) geometry.measured(row, 40);
    expect(geometry.heightOf(0)).toBe(20);
    expect(geometry.heightOf(9_999)).toBe(40);
  });
});

describe("order of positions", () => {
  it("is by row, then by offset", () => {
    expect(isBefore({ row: 1, offsetPx: 9 }, { row: 2, offsetPx: 0 })).toBe(true);
    expect(isBefore({ row: 2, offsetPx: 1 }, { row: 2, offsetPx: 1 })).toBe(false);
  });
});
