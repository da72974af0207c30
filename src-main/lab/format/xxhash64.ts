const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return u64((value << bits) | (value >> (64n - bits)));
}

function round(accumulator: bigint, input: bigint): bigint {
  return u64(rotateLeft(u64(accumulator + input * PRIME2), 31n) * PRIME1);
}

/** XXH64 with seed 0 (the xxHash specification), for short inputs such as a stream's labels. */
export function xxhash64(data: Buffer): bigint {
  let at = 0;
  let hash: bigint;
  if (data.length >= 32) {
    const lanes = [u64(PRIME1 + PRIME2), PRIME2, 0n, u64(-PRIME1)];
    for (; at + 32 <= data.length; at += 32) {
      for (let lane = 0; lane < 4; lane += 1)
        lanes[lane] = round(lanes[lane] ?? 0n, data.readBigUInt64LE(at + lane * 8));
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    hash = u64(rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n));
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * PRIME1 + PRIME4);
  } else hash = PRIME5;
  hash = u64(hash + BigInt(data.length));
  for (; at + 8 <= data.length; at += 8) {
    hash = u64(rotateLeft(hash ^ round(0n, data.readBigUInt64LE(at)), 27n) * PRIME1 + PRIME4);
  }
  if (at + 4 <= data.length) {
    hash = u64(rotateLeft(hash ^ u64(BigInt(data.readUInt32LE(at)) * PRIME1), 23n) * PRIME2 + PRIME3);
    at += 4;
  }
  for (; at < data.length; at += 1) {
    hash = u64(rotateLeft(hash ^ u64(BigInt(data[at] ?? 0) * PRIME5), 11n) * PRIME1);
  }
  hash = u64((hash ^ (hash >> 33n)) * PRIME2);
  hash = u64((hash ^ (hash >> 29n)) * PRIME3);
  return hash ^ (hash >> 32n);
}
