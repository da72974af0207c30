/**
 * Times as pairs of halves, the low one (unsigned) first: little-endian, as every machine is that Node runs on. Reading a
 * `bigint` for each of a million rows costs more than all that is done with it.
 */
export function timeHalves(timestampsNs: BigInt64Array): Int32Array {
  return new Int32Array(timestampsNs.buffer, timestampsNs.byteOffset, timestampsNs.length * 2);
}
