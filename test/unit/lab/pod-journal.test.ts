import { describe, expect, it } from "vitest";
import { PodJournal } from "../../../src-main/lab/journal/pod-journal.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const ALL = [0n, BigInt(NOW + 86_400_000) * 1_000_000n] as const;
const linesOf = (journal: PodJournal) => [...journal.blocks(...ALL).values()].flat();

describe("a pod's journal", () => {
  it("keeps lines in the order of their times, each at a time of its own, also those that are told late", () => {
    const journal = new PodJournal();
    for (const [offset, text] of [
      [2_000, "third"],
      [2_000, "fourth"],
      [0, "first"],
      [1_000, "second"],
    ] as const)
      journal.write(NOW + offset, "info", text);
    const lines = linesOf(journal);
    expect(lines.map(({ line }) => line.split(" ").at(-1))).toEqual(["first", "second", "third", "fourth"]);
    expect(new Set(lines.map(({ timestampNs }) => timestampNs)).size).toBe(4);
    expect(lines[0]?.line).toMatch(/^level=info ts=2026-11-22T12:00:00\.000\d*Z first$/);
  });

  it("is bounded: the oldest lines go, by their number and by their bytes", () => {
    const many = new PodJournal();
    for (let index = 0; index < 6_000; index += 1) many.write(NOW + index * 10, "info", String(index));
    const kept = linesOf(many);
    expect(kept.length).toBe(4_000);
    expect(kept.at(-1)?.line.endsWith(" 5999")).toBe(true);
    const large = new PodJournal();
    for (let index = 0; index < 100; index += 1) large.write(NOW + index, "info", "x".repeat(200_000));
    expect(linesOf(large).reduce((sum, { line }) => sum + line.length, 0)).toBeLessThan(8.5 * 1024 * 1024);
  });
});
