import { readTsdbIndex, type IndexedSeries } from "../../../common/loki-format/tsdb/read-tsdb-index.ts";
import { unpackIndex } from "../../integrity/unpack-index.ts";
import type { IndexedBatch, IndexRequest, IndexVerdict } from "./index-protocol.ts";

const CHUNKS_AT_ONCE = 10_000;
const SERIES_AT_ONCE = 2_000;

/** What the `restore-index` thread does with one file: says whether it is whole, and only then what it names. */
export function answerIndex(
  { index, packed, maxBytes, withSeries }: Pick<IndexRequest, "index" | "packed" | "maxBytes" | "withSeries">,
  onBatch: (batch: IndexedBatch) => void,
): IndexVerdict {
  const { bytes, problem } = unpackIndex(packed, maxBytes);
  if (bytes === null) return { isWhole: false, problem, tenants: [], chunks: 0 };
  const tenants = new Set<string>();
  const reading = readTsdbIndex(bytes, index, ({ tenant }) => tenants.add(tenant));
  const [finding] = reading.findings;
  if (finding !== undefined || reading.toc === null) {
    return { isWhole: false, problem: finding?.kind ?? "unreadable", tenants: [...tenants], chunks: 0 };
  }
  if (index.kind === "compacted") tenants.add(index.tenant);
  if (withSeries) {
    const collector = new BatchCollector(onBatch);
    readTsdbIndex(bytes, index, (series) => collector.add(series));
    collector.send();
  }
  return { isWhole: true, problem: null, tenants: [...tenants], chunks: reading.chunks };
}

class BatchCollector {
  readonly #onBatch: (batch: IndexedBatch) => void;
  #series: IndexedBatch["series"][number][] = [];
  #counts: number[] = [];
  #fromMs: number[] = [];
  #throughMs: number[] = [];
  #checksum: number[] = [];
  #entries: number[] = [];

  constructor(onBatch: (batch: IndexedBatch) => void) {
    this.#onBatch = onBatch;
  }

  /** A series with very many chunks comes in parts. */
  add({ tenant, fingerprint, labels, chunks }: IndexedSeries): void {
    for (let at = 0; at < chunks.count;) {
      const end = Math.min(chunks.count, at + CHUNKS_AT_ONCE - this.#fromMs.length);
      this.#series.push({ tenant, fingerprint, labels });
      this.#counts.push(end - at);
      for (; at < end; at += 1) {
        this.#fromMs.push(chunks.fromMs[at] ?? 0);
        this.#throughMs.push(chunks.throughMs[at] ?? 0);
        this.#checksum.push(chunks.checksum[at] ?? 0);
        this.#entries.push(chunks.entries[at] ?? 0);
      }
      if (this.#fromMs.length >= CHUNKS_AT_ONCE || this.#series.length >= SERIES_AT_ONCE) this.send();
    }
  }

  send(): void {
    if (this.#series.length === 0) return;
    this.#onBatch({
      series: this.#series,
      counts: Uint32Array.from(this.#counts),
      fromMs: Float64Array.from(this.#fromMs),
      throughMs: Float64Array.from(this.#throughMs),
      checksum: Uint32Array.from(this.#checksum),
      entries: Uint32Array.from(this.#entries),
    });
    this.#series = [];
    this.#counts = [];
    this.#fromMs = [];
    this.#throughMs = [];
    this.#checksum = [];
    this.#entries = [];
  }
}
