import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DAY_ORDERS,
  FILE_ENCODINGS,
  FILE_FORMATS,
  archiveAssumptionsSchema,
} from "../../../src-shared/model/archive.ts";
import {
  ASKED_KINDS,
  assumptionsFromDraft,
  assumptionsProblems,
  draftFromAssumptions,
  isZone,
} from "../../../src-renderer/features/archives/opening/assumptions-draft.ts";

const EMPTY = draftFromAssumptions({});
const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });

describe("what a person says of files", () => {
  it("comes back from the form as it went in", () => {
    const assumptions = fc.record(
      {
        zone: fc.constantFrom("UTC", "+08:00", "Asia/Shanghai"),
        year: fc.integer({ min: 1_970, max: 2_261 }),
        timelessFromNs: fc.bigInt({ min: 0n, max: 9_000_000_000_000_000_000n }).map(String),
        dayOrder: fc.constantFrom(...DAY_ORDERS),
        encoding: fc.constantFrom(...FILE_ENCODINGS),
        format: fc.constantFrom(...FILE_FORMATS),
        tenant: fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
        labels: fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ minLength: 1 }), { minKeys: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(assumptions, (given) => {
        const said = archiveAssumptionsSchema.parse(given);
        const draft = draftFromAssumptions(said);
        expect(assumptionsProblems(draft, new Set())).toEqual({});
        expect(assumptionsFromDraft(draft)).toEqual(said);
      }),
    );
  });

  it("is not guessed: what was asked has no answer before somebody gives one", () => {
    expect(assumptionsProblems(EMPTY, new Set(ASKED_KINDS))).toEqual({
      dayOrder: "needed",
      year: "needed",
      zone: "needed",
      timeless: "needed",
    });
    expect(assumptionsProblems(EMPTY, new Set())).toEqual({});
    expect(assumptionsFromDraft(EMPTY)).toEqual({});
  });

  it("is refused where the door would refuse it", () => {
    const typed = fc.record({
      zone: fc.string({ maxLength: 12 }),
      year: optional(fc.string({ maxLength: 6 })).map((text) => text ?? ""),
      timeless: fc.string({ maxLength: 24 }),
      tenant: fc.string({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(typed, (part) => {
        const draft = { ...EMPTY, ...part };
        if (Object.keys(assumptionsProblems(draft, new Set())).length > 0) return;
        expect(archiveAssumptionsSchema.safeParse(assumptionsFromDraft(draft)).success).toBe(true);
      }),
    );
  });

  it.each([
    ["UTC", true],
    ["+08:00", true],
    ["Europe/Berlin", true],
    ["+8", false],
    ["Bejing", false],
    ["", false],
  ])("knows the zone %j: %s", (zone, known) => {
    expect(isZone(zone)).toBe(known);
  });
});
