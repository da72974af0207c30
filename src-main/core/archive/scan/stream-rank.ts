import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import { streamHash } from "../../../../src-shared/logql/pipeline/stream-hash.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";

const MAX_REMEMBERED = 200_000;

/** A remembering `streamHash`: files name the same streams again and again, and the hash is dear. */
export class StreamHashes {
  readonly #byObject = new WeakMap<LabelSet, bigint>();
  readonly #byKey = new Map<string, bigint>();

  of(labels: LabelSet): bigint {
    const known = this.#byObject.get(labels);
    if (known !== undefined) return known;
    const key = labelsKey(labels);
    let hash = this.#byKey.get(key);
    if (hash === undefined) {
      hash = streamHash(labels);
      if (this.#byKey.size >= MAX_REMEMBERED) this.#byKey.clear();
      this.#byKey.set(key, hash);
    }
    this.#byObject.set(labels, hash);
    return hash;
  }
}

export interface StreamRanks {
  /** By stream; 0 for streams without a picked row. */
  readonly hashes: BigUint64Array;
  /** The places of streams in the order of their hashes; equal hashes have equal places. */
  readonly ranks: Uint32Array;
}

/** Ranks the streams of rows. A block may name many more streams than it has: those of a whole file. */
export function rankStreams(
  streams: readonly LabelSet[],
  streamRefs: Uint32Array,
  picked: Uint32Array,
  hashesOf: StreamHashes,
): StreamRanks {
  const isPresent = new Uint8Array(streams.length);
  const present: number[] = [];
  for (const row of picked) {
    const ref = streamRefs[row] ?? 0;
    if (isPresent[ref] !== 0) continue;
    isPresent[ref] = 1;
    present.push(ref);
  }
  const hashes = new BigUint64Array(streams.length);
  for (const ref of present) hashes[ref] = hashesOf.of(streams[ref] ?? {});
  present.sort((left, right) => compare(hashes, left, right));
  const ranks = new Uint32Array(streams.length);
  let rank = 0;
  for (const [at, ref] of present.entries()) {
    if (at > 0 && compare(hashes, present[at - 1] ?? 0, ref) !== 0) rank += 1;
    ranks[ref] = rank;
  }
  return { hashes, ranks };
}

function compare(hashes: BigUint64Array, left: number, right: number): number {
  const [a = 0n, b = 0n] = [hashes[left], hashes[right]];
  return a < b ? -1 : a > b ? 1 : 0;
}
