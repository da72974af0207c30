import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanRequestSchema } from "../../../src-shared/model/storage/scan.ts";
import { isWhole, scanVerdict } from "../../../src-renderer/components/scan-verdict.ts";
import {
  dayStartMs,
  emptyScan,
  scanEstimate,
  scanProblems,
  scanRequestOf,
  SCAN_RANGES,
} from "../../../src-renderer/features/storage/scans/scan-draft.ts";
import { aDay, anOverview, aScan, NOON, SITE_STORE } from "../../builders/storage-examples.ts";

const draft = emptyScan(NOON);

describe("what a scan is asked for", () => {
  it("is a request that the door takes, whatever was chosen without a problem", () => {
    fc.assert(
      fc.property(
        fc.record({
          mode: fc.constantFrom("fast" as const, "deep" as const),
          tenants: fc.array(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { maxLength: 5 }),
          range: fc.constantFrom(...SCAN_RANGES),
          fromDay: fc.constantFrom("2026-11-01", "2026-02-30", "yesterday", ""),
          throughDay: fc.constantFrom("2026-11-20", "2026-10-01", "2026-11-01"),
          samplePercent: fc.option(fc.integer({ min: -5, max: 150 })),
          incremental: fc.boolean(),
          mebibytesPerSecond: fc.option(fc.integer({ min: -1, max: 10_000 })),
        }),
        (chosen) => {
          fc.pre(Object.keys(scanProblems(chosen)).length === 0);
          expect(scanRequestSchema.safeParse(scanRequestOf(SITE_STORE.id, chosen, NOON)).success).toBe(true);
        },
      ),
    );
  });

  it("takes a day that there is, and only that", () => {
    expect(dayStartMs("2026-11-20")).toBe(Date.parse("2026-11-20T00:00:00Z"));
    for (const text of ["2026-02-30", "2026-13-01", "20.11.2026", ""]) expect(dayStartMs(text)).toBeNull();
  });

  it("ends a chosen day with its last millisecond", () => {
    const { scope } = scanRequestOf(
      SITE_STORE.id,
      { ...draft, range: "custom", fromDay: "2026-11-20", throughDay: "2026-11-20" },
      NOON,
    );
    expect(scope.throughMs).toBe(Date.parse("2026-11-20T23:59:59.999Z"));
  });

  it("is estimated by what the last scan saw of the same tenants and days", () => {
    const overview = anOverview({
      days: [
        aDay({ tenant: "acme", day: "2026-11-21", bytes: 1_000, chunks: 10, verified: 10 }),
        aDay({ tenant: "acme", day: "2026-11-01", bytes: 200, chunks: 2, verified: 0 }),
        aDay({ tenant: "globex", day: "2026-11-21", bytes: 50, chunks: 1, verified: 0 }),
      ],
    });
    const all = { ...draft, incremental: false };
    expect(scanEstimate(overview, all, NOON)?.bytes).toBe(1_250);
    expect(scanEstimate(overview, { ...all, tenants: ["acme"] }, NOON)?.bytes).toBe(1_200);
    expect(scanEstimate(overview, { ...all, range: "week" }, NOON)?.bytes).toBe(1_050);
    expect(scanEstimate(overview, { ...all, samplePercent: 10 }, NOON)?.bytes).toBe(125);
    // What was verified is not read again.
    expect(scanEstimate(overview, draft, NOON)?.bytes).toBe(250);
  });

  it("is not estimated before the first scan", () => {
    expect(scanEstimate(anOverview({ last: null, days: [] }), draft, NOON)).toBeNull();
    expect(scanEstimate(undefined, draft, NOON)).toBeNull();
  });
});

describe("a scan's verdict", () => {
  const clean = { counts: { critical: 0, warning: 0, info: 0 }, kinds: {} };
  const { request } = aScan();
  const within = (scope: Partial<typeof request.scope>) => ({ ...request, scope: { ...request.scope, ...scope } });

  it("calls clean only what was looked at as a whole", () => {
    expect(scanVerdict(aScan(clean))).toBe("clean");
    expect(isWhole(aScan())).toBe(true);
    for (const part of [
      { request: within({ tenants: ["acme"] }) },
      { request: within({ fromMs: 0 }) },
      { request: within({ samplePercent: 1 }) },
      { gaps: [{ key: "listing-repeats", params: {} }] },
    ]) {
      expect(scanVerdict(aScan({ ...clean, ...part })), JSON.stringify(part)).toBe("part-clean");
    }
  });

  it("says of one that did not come to its end what it had found, and else that it failed", () => {
    expect(scanVerdict(aScan({ ...clean, state: "failed" }))).toBe("failed");
    expect(scanVerdict(aScan({ state: "cancelled" }))).toBe("critical");
    expect(scanVerdict(aScan({ state: "running", endedAtMs: null }))).toBe("open");
  });
});
