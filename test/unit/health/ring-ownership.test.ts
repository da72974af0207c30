import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenOwnership, type TokenHolder } from "../../../src-main/core/health/rings/token-ownership.ts";

const CIRCLE = 2 ** 32;
const member = (id: string, tokens: readonly number[], state = "ACTIVE"): TokenHolder => ({ id, state, tokens });

/** The rule as it is worded, for small rings: walk back from each key's token to the one before. */
function byTheWord(members: readonly TokenHolder[]): readonly number[] {
  const owners = new Map<number, number>();
  for (const [index, { tokens, id, state }] of members.entries()) {
    for (const token of tokens) {
      const other = members[owners.get(token) ?? -1];
      const leaves = state === "LEAVING";
      const otherLeaves = other?.state === "LEAVING";
      const wins = other === undefined || (leaves === otherLeaves ? id < other.id : otherLeaves);
      if (wins) owners.set(token, index);
    }
  }
  const tokens = [...owners.keys()].toSorted((a, b) => a - b);
  return members.map((_member, index) => {
    const lengths = tokens.map((token, place) => {
      if (owners.get(token) !== index) return 0;
      const before = tokens.at(place - 1) ?? token;
      return before < token ? token - before : token + CIRCLE - before;
    });
    return lengths.reduce((sum, length) => sum + length, 0) / CIRCLE;
  });
}

describe("ownership of a ring's circle", () => {
  it("gives each token what lies between the one before and itself, the lowest across zero", () => {
    expect(tokenOwnership([member("a", [2 ** 30]), member("b", [2 ** 31])])).toEqual([0.75, 0.25]);
    expect(tokenOwnership([member("a", [0]), member("b", [CIRCLE - 1])])).toEqual([1 / CIRCLE, 1 - 1 / CIRCLE]);
  });

  it("gives one token the whole circle, wherever it is, and nothing to who has none", () => {
    for (const token of [0, 1, 795_796_773, CIRCLE - 1]) {
      expect(tokenOwnership([member("a", []), member("b", [token])])).toEqual([0, 1]);
    }
    expect(tokenOwnership([])).toEqual([]);
    expect(tokenOwnership([member("a", [])])).toEqual([0]);
  });

  it("leaves a token that two claim to who is not leaving, then to the lower name, whatever their order", () => {
    const rest = member("z", [2 ** 31]);
    expect(tokenOwnership([member("b", [0]), member("a", [0]), rest])).toEqual([0, 0.5, 0.5]);
    expect(tokenOwnership([member("b", [0]), member("a", [0], "LEAVING"), rest])).toEqual([0.5, 0, 0.5]);
    const both = [member("b", [0], "LEAVING"), member("a", [0], "LEAVING"), rest];
    expect(tokenOwnership(both)).toEqual([0, 0.5, 0.5]);
  });

  it("is what the rule says for any ring, and its shares sum to one wherever there is a token", () => {
    const token = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.nat({ max: CIRCLE - 1 }), fc.constant(CIRCLE - 1));
    const holder = fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      state: fc.constantFrom("ACTIVE", "LEAVING", "UNHEALTHY", "JOINING"),
      tokens: fc.uniqueArray(token, { maxLength: 12 }),
    });
    const ring = fc.uniqueArray(holder, { selector: ({ id }) => id, maxLength: 8 });
    fc.assert(
      fc.property(ring, (members) => {
        const shares = tokenOwnership(members);
        for (const [index, expected] of byTheWord(members).entries()) {
          expect(shares[index]).toBeCloseTo(expected, 12);
        }
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(members.some(({ tokens }) => tokens.length > 0) ? 1 : 0, 9);
      }),
    );
  });

  it("of six hundred members with 512 tokens each is known in a fraction of a second", () => {
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0);
    const members = Array.from({ length: 600 }, (_, index) =>
      member(`ingester-${index}`, Array.from({ length: 512 }, random)),
    );
    const beganMs = performance.now();
    const shares = tokenOwnership(members);
    expect(performance.now() - beganMs).toBeLessThan(1_000);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });
});
