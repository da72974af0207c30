import type { LabelSet } from "../../model/labels.ts";

/** 64-bit xxHash with seed 0 (xxhash.com, "XXH64"), by which Loki tells streams apart and orders them within one time. */

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const MASK = (1n << 64n) - 1n;

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function mix(lane: bigint, input: bigint): bigint {
  return (rotate((lane + input * P2) & MASK, 31n) * P1) & MASK;
}

function stripes(view: DataView, length: number): { hash: bigint; at: number } {
  const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK];
  let at = 0;
  for (; at <= length - 32; at += 32) {
    for (let lane = 0; lane < 4; lane++) lanes[lane] = mix(lanes[lane] ?? 0n, view.getBigUint64(at + 8 * lane, true));
  }
  const [first = 0n, second = 0n, third = 0n, fourth = 0n] = lanes;
  let hash = (rotate(first, 1n) + rotate(second, 7n) + rotate(third, 12n) + rotate(fourth, 18n)) & MASK;
  for (const lane of lanes) hash = ((hash ^ mix(0n, lane)) * P1 + P4) & MASK;
  return { hash, at };
}

export function xxHash64(bytes: Uint8Array<ArrayBuffer>): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let { hash, at } = length >= 32 ? stripes(view, length) : { hash: P5, at: 0 };
  hash = (hash + BigInt(length)) & MASK;
  for (; at + 8 <= length; at += 8) hash = (rotate(hash ^ mix(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK;
  if (at + 4 <= length) {
    hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < length; at++) hash = (rotate(hash ^ ((BigInt(view.getUint8(at)) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}

const encoder = new TextEncoder();

/** The hash of a stream's labels: names and values in the order of the names, each with a byte 0xff behind it. */
export function streamHash(labels: LabelSet): bigint {
  const bytes: number[] = [];
  for (const name of Object.keys(labels).toSorted()) {
    bytes.push(...encoder.encode(name), 0xff, ...encoder.encode(labels[name] ?? ""), 0xff);
  }
  return xxHash64(new Uint8Array(bytes));
}
