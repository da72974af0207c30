import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { readOuter } from "../../common/loki-format/chunk-outer.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { bytesInMemory } from "../../common/loki-format/object-bytes.ts";
import type { ScannedStore } from "./scanned-store.ts";

/** Chunks that are read for their labels; a bucket without an index has orphans by the million. */
const MAX_READ = 1_000;
/** Of a chunk: its head with the labels lies at its beginning. */
const HEAD_BYTES = 256 * 2 ** 10;

/** Labels of streams that no index tells, by one of their chunks each. */
export class StreamLabels {
  readonly #store: ScannedStore;
  readonly #known = new Map<string, LabelSet | null>();
  #read = 0;
  /** Streams that were not asked for, for their number. */
  leftOut = 0;

  constructor(store: ScannedStore) {
    this.#store = store;
  }

  /** `null` where nothing tells them; `gone` where the chunk is not there any more. */
  async of(
    { tenant, fingerprint }: Pick<ChunkKey, "tenant" | "fingerprint">,
    key: string,
    signal: AbortSignal,
  ): Promise<LabelSet | null | "gone"> {
    const id = `${tenant} ${fingerprint.toString(16)}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#read >= MAX_READ) {
      this.leftOut += 1;
      return null;
    }
    this.#read += 1;
    const labels = await headLabels(this.#store, key, signal);
    if (labels !== "gone") this.#known.set(id, labels);
    return labels;
  }
}

async function headLabels(store: ScannedStore, key: string, signal: AbortSignal): Promise<LabelSet | null | "gone"> {
  try {
    await using body = await store.get(key, { range: { start: 0, end: HEAD_BYTES } }, signal);
    const pieces: Uint8Array[] = [];
    for await (const piece of body.chunks) pieces.push(piece);
    return readOuter(bytesInMemory(Buffer.concat(pieces))).part?.metadata?.labels ?? null;
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return hasCode(error, "storage.not-found") ? "gone" : null;
  }
}
