import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { RestorePlan } from "../../../../../src-shared/model/storage/restore.ts";
import { formatChunkKey, type ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { ChunkBook } from "../../integrity/chunk-book.ts";

type LostStream = RestorePlan["lost"][number];

const MINUTE_MS = 60_000;
const MINUTES_OF_DAY = 1_440;
/** Bounds of a wrong index may be centuries apart. */
const MOST_MINUTES = 366 * MINUTES_OF_DAY;
/** What a plan shows, and what it remembers the labels of. */
const SHOWN_STREAMS = 500;
/** An index may name ten million chunks that are not there; a book of them takes 60 bytes each. */
const MOST_LOST = 12_000_000;

/** Chunks that nobody has whole: each counted once, however many index files name it. */
export class LostLedger {
  readonly #chunks = new ChunkBook();
  readonly #streams = new Map<string, { -readonly [Name in keyof LostStream]: LostStream[Name] }>();
  readonly #minutes = new Map<number, Uint8Array>();

  get chunks(): number {
    return this.#chunks.size;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** @throws AppError `storage.too-many-chunks` */
  add(chunk: ChunkKey, labels: LabelSet | null): void {
    if (this.#chunks.has(chunk)) return;
    this.#chunks.add(formatChunkKey(chunk), chunk, 0);
    if (this.#chunks.size > MOST_LOST) {
      throw new AppError("storage.too-many-chunks", { chunks: this.#chunks.size, most: MOST_LOST });
    }
    this.#addStream(chunk, labels);
    this.#addMinutes(chunk);
  }

  /** Minutes that have lost lines of at least one stream. */
  minutes(): number {
    let count = 0;
    for (const day of this.#minutes.values()) for (const minute of day) count += minute;
    return count;
  }

  /** The first streams by tenant, then by time. */
  shown(): readonly LostStream[] {
    return [...this.#streams.values()]
      .toSorted((a, b) => (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : a.fromMs - b.fromMs))
      .slice(0, SHOWN_STREAMS);
  }

  #addStream({ tenant, fingerprint, fromMs, throughMs }: ChunkKey, labels: LabelSet | null): void {
    const hex = fingerprint.toString(16);
    const id = `${hex} ${tenant}`;
    const known = this.#streams.get(id);
    if (known === undefined) {
      const kept = labels === null || this.#streams.size >= SHOWN_STREAMS * 20 ? null : { ...labels };
      this.#streams.set(id, { tenant, fingerprint: hex, labels: kept, fromMs, throughMs, chunks: 1 });
      return;
    }
    known.labels ??= labels === null ? null : { ...labels };
    known.fromMs = Math.min(known.fromMs, fromMs);
    known.throughMs = Math.max(known.throughMs, throughMs);
    known.chunks += 1;
  }

  #addMinutes({ fromMs, throughMs }: ChunkKey): void {
    const first = Math.floor(fromMs / MINUTE_MS);
    const last = Math.min(Math.floor(throughMs / MINUTE_MS), first + MOST_MINUTES);
    for (let minute = first; minute <= last;) {
      const day = Math.floor(minute / MINUTES_OF_DAY);
      const start = minute - day * MINUTES_OF_DAY;
      const end = Math.min(MINUTES_OF_DAY, start + (last - minute) + 1);
      const minutes = this.#minutes.get(day) ?? new Uint8Array(MINUTES_OF_DAY);
      this.#minutes.set(day, minutes.fill(1, start, end));
      minute += end - start;
    }
  }
}
