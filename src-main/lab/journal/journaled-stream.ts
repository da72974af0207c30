import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import { ChunkBuilder } from "../store/chunk-builder.ts";
import type { EntryChunk } from "../store/entry-chunk.ts";
import type { ChunkRef, LabStream } from "../store/stream.ts";
import { BLOCK_MS, type GeneratedStream } from "../traffic/generated-stream.ts";
import type { JournalEntry, PodJournal } from "./pod-journal.ts";

const BLOCK_NS = BigInt(BLOCK_MS) * NS_PER_MS;
const KEPT_CHUNKS = 64;

/** A pod's output: its generated lines, and among them what its journal has of things that really happened. */
export class JournaledStream implements LabStream {
  readonly labels: LabelSet;
  readonly labelText: string;
  readonly hash: bigint;
  readonly #generated: GeneratedStream;
  readonly #journal: PodJournal;
  readonly #settle: () => void;
  readonly #chunks = new Map<string, EntryChunk>();

  /** `settle` is called before it is read, so that what has happened by now is in the journal. */
  constructor(generated: GeneratedStream, journal: PodJournal, settle: () => void) {
    this.#settle = settle;
    this.labels = generated.labels;
    this.labelText = generated.labelText;
    this.hash = generated.hash;
    this.#generated = generated;
    this.#journal = journal;
  }

  horizonNs(): bigint {
    return this.#generated.horizonNs();
  }

  chunks(startNs: bigint, endNs: bigint): readonly ChunkRef[] {
    this.#settle();
    const refs = this.#generated.chunks(startNs, endNs);
    const noted = this.#journal.blocks(startNs, endNs);
    if (noted.size === 0) return refs;
    const blocks = new Map(refs.map((ref) => [Number(ref.startNs / BLOCK_NS), ref]));
    const merged = [...noted].map(([block, entries]) => this.#merged(block, entries, blocks.get(block)));
    const others = [...blocks].flatMap(([block, ref]) => (noted.has(block) ? [] : [ref]));
    return [...others, ...merged].toSorted((a, b) => (a.startNs < b.startNs ? -1 : 1));
  }

  #merged(block: number, noted: readonly JournalEntry[], ref: ChunkRef | undefined): ChunkRef {
    const startNs = BigInt(block) * BLOCK_NS;
    const own = noted.reduce((sum, { line }) => sum + line.length, 0);
    const lastNs = noted.at(-1)?.timestampNs ?? startNs;
    return {
      startNs,
      throughNs: ref !== undefined && ref.throughNs > lastNs ? ref.throughNs : lastNs,
      entries: (ref?.entries ?? 0) + noted.length,
      sizeBytes: Math.ceil(((ref?.sizeBytes ?? 0) + own) / 1024) * 1024,
      checksum: ref?.checksum ?? block,
      flushed: ref?.flushed ?? false,
      open: () => this.#open(`${block}:${this.#journal.version}:${ref !== undefined}`, noted, ref?.open() ?? null),
    };
  }

  #open(key: string, noted: readonly JournalEntry[], generated: EntryChunk | null): EntryChunk {
    const known = this.#chunks.get(key);
    if (known !== undefined) return known;
    const builder = new ChunkBuilder();
    let next = 0;
    const writeBefore = (limitNs: bigint | null) => {
      for (; next < noted.length; next += 1) {
        const entry = noted[next];
        if (entry === undefined || (limitNs !== null && entry.timestampNs >= limitNs)) return;
        builder.append(entry.timestampNs, entry.line, { detected_level: entry.level });
      }
    };
    for (let index = 0; index < (generated?.count ?? 0); index += 1) {
      const entry = generated?.entryAt(index);
      if (entry === undefined) continue;
      writeBefore(entry.timestampNs);
      builder.append(entry.timestampNs, entry.line, entry.metadata);
    }
    writeBefore(null);
    const chunk = builder.build();
    this.#chunks.set(key, chunk);
    const [oldest] = this.#chunks.keys();
    if (this.#chunks.size > KEPT_CHUNKS && oldest !== undefined) this.#chunks.delete(oldest);
    return chunk;
  }
}
