import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProgressMeter } from "../../../src-main/core/jobs/progress-meter.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

describe("progress meter", () => {
  it("never runs back and never shows more than four a second in one phase", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ ms: fc.integer({ min: 0, max: 400 }), fraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
          { minLength: 1 },
        ),
        async (steps) => {
          const clock = new ManualClock();
          const meter = new ProgressMeter(clock, null);
          const shown: { readonly atMs: number; readonly fraction: number }[] = [];
          for (const { ms, fraction } of steps) {
            await clock.advance(ms);
            const progress = meter.report({ phase: "p", fraction, done: fraction * 100, total: 100, unit: "rows" });
            if (progress !== null) shown.push({ atMs: clock.nowMs(), fraction: progress.fraction ?? 0 });
          }
          for (const [index, { atMs, fraction }] of shown.entries()) {
            const before = shown[index - 1];
            if (before === undefined) continue;
            expect(fraction).toBeGreaterThanOrEqual(before.fraction);
            expect(atMs - before.atMs).toBeGreaterThanOrEqual(250);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("tells speed and time left of an even pace", async () => {
    const clock = new ManualClock();
    const meter = new ProgressMeter(clock, null);
    meter.report({ phase: "p", fraction: 0, done: 0, total: 1_000, unit: "rows" });
    let progress = null;
    for (let second = 1; second <= 5; second++) {
      await clock.advance(1_000);
      progress = meter.report({ phase: "p", fraction: second / 10, done: second * 100, total: 1_000, unit: "rows" });
    }
    expect(progress?.perSecond).toBeCloseTo(100, 5);
    expect(progress?.remainingMs).toBeCloseTo(5_000, 0);
  });
});
