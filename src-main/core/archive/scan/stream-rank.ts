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

/** The places of streams in the order of their hashes; equal hashes have equal places. */
export function ranksOf(hashes: BigUint64Array): Uint32Array {
  const order = Uint32Array.from(hashes, (_, at) => at).sort((left, right) => compare(hashes, left, right));
  const ranks = new Uint32Array(hashes.length);
  let rank = 0;
  for (let at = 0; at < order.length; at += 1) {
    const stream = order[at] ?? 0;
    if (at > 0 && compare(hashes, order[at - 1] ?? 0, stream) !== 0) rank += 1;
    ranks[stream] = rank;
  }
  return ranks;
}

function compare(hashes: BigUint64Array, left: number, right: number): number {
  const [a = 0n, b = 0n] = [hashes[left], hashes[right]];
  return a < b ? -1 : a > b ? 1 : 0;
}
