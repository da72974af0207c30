/** A member of a ring with its tokens, which are unsigned 32-bit numbers. */
export interface TokenHolder {
  readonly id: string;
  readonly state: string;
  readonly tokens: readonly number[];
}

const CIRCLE = 2 ** 32;

/**
 * Shares of the circle of 2^32, 0…1, in the order of the members; replication is not counted. A token owns what lies between
 * the token before it, itself not included, and itself; the lowest owns across zero. Of a token that several claim dskit
 * keeps one (`ring/model.go`, resolveConflicts): that of a member which is not leaving, then that of the lowest name.
 */
export function tokenOwnership(members: readonly TokenHolder[]): readonly number[] {
  const preferred = members.map((_member, index) => index).toSorted((a, b) => precedence(members[a], members[b]));
  let total = 0;
  for (const { tokens } of members) total += tokens.length;
  const claims = { tokens: new Uint32Array(total), owners: new Uint32Array(total) };
  let at = 0;
  for (const index of preferred) {
    const own = members[index]?.tokens ?? [];
    claims.tokens.set(own, at);
    claims.owners.fill(index, at, at + own.length);
    at += own.length;
  }
  const { tokens, owners } = sortedByHalf(sortedByHalf(claims, 0), 16);
  const lengths = new Float64Array(members.length);
  let before = (tokens.at(-1) ?? 0) - CIRCLE;
  for (let claim = 0; claim < total; claim++) {
    const token = tokens[claim] ?? 0;
    const owner = owners[claim] ?? 0;
    // Of equal tokens the first is the one that is kept, since sorting leaves their order as it was.
    if (token !== before) lengths[owner] = (lengths[owner] ?? 0) + token - before;
    before = token;
  }
  return Array.from(lengths, (length) => length / CIRCLE);
}

interface Claims {
  readonly tokens: Uint32Array;
  readonly owners: Uint32Array;
}

const DIGITS = 2 ** 16;

/** Claims in the order of sixteen bits of their tokens; equal ones stay as they stand. Comparing takes ten times as long. */
function sortedByHalf({ tokens, owners }: Claims, shift: 0 | 16): Claims {
  const starts = new Uint32Array(DIGITS + 1);
  for (let claim = 0; claim < tokens.length; claim++) {
    const digit = (((tokens[claim] ?? 0) >>> shift) & (DIGITS - 1)) + 1;
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  for (let digit = 1; digit <= DIGITS; digit++) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
  const sorted = { tokens: new Uint32Array(tokens.length), owners: new Uint32Array(tokens.length) };
  for (let claim = 0; claim < tokens.length; claim++) {
    const token = tokens[claim] ?? 0;
    const digit = (token >>> shift) & (DIGITS - 1);
    const place = starts[digit] ?? 0;
    starts[digit] = place + 1;
    sorted.tokens[place] = token;
    sorted.owners[place] = owners[claim] ?? 0;
  }
  return sorted;
}

function precedence(a: TokenHolder | undefined, b: TokenHolder | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const leaving = Number(a.state === "LEAVING") - Number(b.state === "LEAVING");
  return leaving !== 0 ? leaving : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
