/** A member of a ring with its tokens, which are unsigned 32-bit numbers. */
export interface TokenHolder {
  readonly id: string;
  readonly state: string;
  readonly tokens: readonly number[];
}

const CIRCLE = 2 ** 32;
/** Places of members behind a token in one double, which is exact up to 2^53. */
const PLACES = 2 ** 21;

/**
 * Shares of the circle of 2^32, 0…1, in the order of the members; replication is not counted. A token owns what lies between
 * the token before it, itself not included, and itself; the lowest owns across zero. Of a token that several claim dskit
 * keeps one (`ring/model.go`, resolveConflicts): that of a member which is not leaving, then that of the lowest name.
 * @throws RangeError for more than two million members
 */
export function tokenOwnership(members: readonly TokenHolder[]): readonly number[] {
  if (members.length > PLACES) throw new RangeError(`${members.length} members`);
  const preferred = members.map((_member, index) => index).toSorted((a, b) => precedence(members[a], members[b]));
  let total = 0;
  for (const { tokens } of members) total += tokens.length;
  const claims = new Float64Array(total);
  let at = 0;
  for (const [place, index] of preferred.entries()) {
    for (const token of members[index]?.tokens ?? []) claims[at++] = token * PLACES + place;
  }
  claims.sort();
  const owned = members.map(() => 0);
  const last = claims.at(-1);
  if (last === undefined) return owned;
  let before = Math.floor(last / PLACES) - CIRCLE;
  for (const claim of claims) {
    const token = Math.floor(claim / PLACES);
    if (token === before) continue;
    const index = preferred[claim - token * PLACES] ?? 0;
    owned[index] = (owned[index] ?? 0) + token - before;
    before = token;
  }
  return owned.map((length) => length / CIRCLE);
}

function precedence(a: TokenHolder | undefined, b: TokenHolder | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const leaving = Number(a.state === "LEAVING") - Number(b.state === "LEAVING");
  return leaving !== 0 ? leaving : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
