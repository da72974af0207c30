import { describe, expect, it } from "vitest";
import {
  boardLayout,
  heldLayout,
  isOutOfOrder,
  matchesFilter,
  NO_FILTER,
} from "../../../src-renderer/features/health/board/board-layout.ts";
import { deviation } from "../../../src-renderer/features/health/board/figure-cell.tsx";
import { aBoard, aComponent, anInstance } from "../../builders/health-boards.ts";

const CALM = aBoard({
  verdict: "healthy",
  components: [aComponent("distributor"), aComponent("ingester"), aComponent("querier"), aComponent("compactor")],
  instances: [anInstance("loki-ingester-10"), anInstance("loki-ingester-2"), anInstance("loki-ingester-1")],
});

const SICK = aBoard({
  components: [
    aComponent("distributor"),
    aComponent("ingester", { verdict: "gray" }),
    aComponent("querier"),
    aComponent("compactor"),
  ],
  instances: [
    anInstance("loki-ingester-1"),
    anInstance("loki-ingester-2"),
    anInstance("loki-ingester-10", { verdict: "gray" }),
    anInstance("loki-ingester-11"),
  ],
});

describe("the order of the board", () => {
  it("has the write path first, then the read path, then the rest, and the worst first in each", () => {
    expect(boardLayout(SICK).groups).toEqual([
      { group: "write", components: ["ingester", "distributor"] },
      { group: "read", components: ["querier"] },
      { group: "backend", components: ["compactor"] },
    ]);
  });

  it("counts as people do: 2 before 10, and what is not healthy before both", () => {
    expect(boardLayout(CALM).instances.get("ingester")).toEqual([
      "loki-ingester-1",
      "loki-ingester-2",
      "loki-ingester-10",
    ]);
    expect(boardLayout(SICK).instances.get("ingester")?.[0]).toBe("loki-ingester-10");
  });

  it("opens components with somebody gray or down by itself, and no others", () => {
    expect([...boardLayout(SICK).opened]).toEqual(["ingester"]);
    expect([...boardLayout(CALM).opened]).toEqual([]);
  });

  it("moves nothing that is held: new ones come last, gone ones leave, nothing opens", () => {
    const before = boardLayout(CALM);
    const held = heldLayout(before, boardLayout(SICK));
    expect(held.groups[0]?.components).toEqual(["distributor", "ingester"]);
    expect(held.instances.get("ingester")).toEqual([
      "loki-ingester-1",
      "loki-ingester-2",
      "loki-ingester-10",
      "loki-ingester-11",
    ]);
    expect([...held.opened]).toEqual([]);
    expect(isOutOfOrder(held, boardLayout(SICK))).toBe(true);
  });

  it("is the same when figures change and verdicts do not", () => {
    const next = aBoard({ ...SICK, tookMs: 7, instances: SICK.instances.toReversed() });
    expect(isOutOfOrder(boardLayout(SICK), boardLayout(next))).toBe(false);
  });
});

describe("the filter of the board", () => {
  const gray = anInstance("loki-ingester-7", { verdict: "gray", zone: "zone-c", outcome: "timed-out" });

  it("finds by every word in name, zone, node, version, state and outcome", () => {
    expect(matchesFilter(gray, { ...NO_FILTER, text: "INGESTER-7 zone-c" })).toBe(true);
    expect(matchesFilter(gray, { ...NO_FILTER, text: "timed-out" })).toBe(true);
    expect(matchesFilter(gray, { ...NO_FILTER, text: "ingester-7 zone-a" })).toBe(false);
  });

  it("finds by verdict, and what is not healthy", () => {
    expect(matchesFilter(gray, { ...NO_FILTER, verdict: "gray" })).toBe(true);
    expect(matchesFilter(gray, { ...NO_FILTER, verdict: "down" })).toBe(false);
    expect(matchesFilter(anInstance("a"), { ...NO_FILTER, troubled: true })).toBe(false);
  });
});

describe("the bar of a figure", () => {
  it("is nothing at the median, full at eight times it, and goes the other way below", () => {
    expect(deviation(0.1, 0.1, "seconds")).toBe(0);
    expect(deviation(10, 0.1, "seconds")).toBe(1);
    expect(deviation(0.1, 10, "seconds")).toBe(-1);
    expect(deviation(0.2, 0.1, "seconds")).toBeGreaterThan(0.2);
  });

  it("takes small differences for none: a millisecond is none beside none", () => {
    expect(deviation(0.001, 0, "seconds")).toBeLessThan(0.1);
    expect(deviation(0, 0, "per-second")).toBe(0);
  });
});
