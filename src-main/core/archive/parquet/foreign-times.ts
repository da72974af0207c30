import type { ForeignColumns } from "../archive-block.ts";
import { zoneOffsets } from "../text/times/zone-offsets.ts";
import type { NumberColumn } from "./number-column.ts";

const NS_OF = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n } as const;
const NS_PER_SECOND = 1_000_000_000n;

/**
 * Times of a column as nanoseconds since 1970. `unusable[i]` becomes 1 where row `i` has none, or one that 64 bits of
 * nanoseconds do not hold.
 *
 * @throws `archive.assumption-invalid` for a zone that is none
 */
export function foreignTimes(
  { values, nulls }: NumberColumn,
  time: ForeignColumns["time"],
  unusable: Uint8Array,
): BigInt64Array {
  const unitNs = NS_OF[time.unit];
  const offsets = time.zone === null ? null : zoneOffsets(time.zone);
  const answer = new BigInt64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    let ns = (values[row] ?? 0n) * unitNs;
    if (offsets !== null) ns -= BigInt(offsets.atLocal(Number(floorDivide(ns)))) * NS_PER_SECOND;
    if (nulls?.[row] === 1 || BigInt.asIntN(64, ns) !== ns) unusable[row] = 1;
    else answer[row] = ns;
  }
  return answer;
}

function floorDivide(ns: bigint): bigint {
  return ns >= 0n ? ns / NS_PER_SECOND : (ns - NS_PER_SECOND + 1n) / NS_PER_SECOND;
}
