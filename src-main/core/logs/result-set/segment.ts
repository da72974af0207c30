import { packedBytes, PackedRows } from "./packed-rows.ts";
import { SLAB_BYTES, type SegmentBuilder, type SegmentSummary } from "./segment-builder.ts";
import type { SegmentMemory, Spillable } from "./segment-memory.ts";
import type { Slab } from "./slab-pool.ts";
import type { SpillFile } from "./spill-file.ts";

/** Where a segment's packed rows are now. Small and oversized segments are not worth, or do not fit, a slab. */
type Storage =
  | { readonly kind: "slab"; readonly slab: Slab; readonly packed: PackedRows }
  | { readonly kind: "own"; readonly buffer: ArrayBuffer; readonly packed: PackedRows }
  | { readonly kind: "file"; readonly file: SpillFile; readonly position: number }
  | { readonly kind: "closed" };

let segmentsMade = 0;

/** Rows that will not change any more: in memory at first, in the set's spill file once memory is short. */
export class Segment implements Spillable {
  /** Unlike that of any other segment of the process. */
  readonly id: number;
  /** The set's number of its first row. */
  readonly firstRow: number;
  readonly summary: SegmentSummary;
  readonly #memory: SegmentMemory;
  readonly #spillFile: () => Promise<SpillFile>;
  #storage: Storage;

  constructor(firstRow: number, builder: SegmentBuilder, memory: SegmentMemory, spillFile: () => Promise<SpillFile>) {
    segmentsMade += 1;
    this.id = segmentsMade;
    this.firstRow = firstRow;
    this.summary = builder.summary();
    this.#memory = memory;
    this.#spillFile = spillFile;
    const bytes = packedBytes(this.summary);
    if (bytes > SLAB_BYTES / 2 && bytes <= SLAB_BYTES) {
      const slab = memory.slabs.take();
      builder.packInto(new Uint8Array(slab.buffer));
      this.#storage = { kind: "slab", slab, packed: new PackedRows(slab.buffer, 0, this.summary) };
    } else {
      const buffer = new ArrayBuffer(bytes);
      builder.packInto(new Uint8Array(buffer));
      this.#storage = { kind: "own", buffer, packed: new PackedRows(buffer, 0, this.summary) };
    }
    memory.add(this);
  }

  get rowCount(): number {
    return this.summary.rowCount;
  }

  get residentBytes(): number {
    if (this.#storage.kind === "slab") return SLAB_BYTES;
    return this.#storage.kind === "own" ? this.#storage.buffer.byteLength : 0;
  }

  get spilledBytes(): number {
    return this.#storage.kind === "file" ? packedBytes(this.summary) : 0;
  }

  get storage(): Storage {
    return this.#storage;
  }

  /** The rows when they are in memory; valid until the next await. */
  resident(): PackedRows | null {
    const storage = this.#storage;
    if (storage.kind !== "slab" && storage.kind !== "own") return null;
    this.#memory.touch(this);
    return storage.packed;
  }

  async spill(): Promise<void> {
    const before = this.#storage;
    if (before.kind !== "slab" && before.kind !== "own") return;
    const bytes = this.residentBytes;
    if (before.kind === "slab") before.slab.retain();
    try {
      const file = await this.#spillFile();
      const buffer = before.kind === "slab" ? before.slab.buffer : before.buffer;
      const position = await file.append(new Uint8Array(buffer, 0, packedBytes(this.summary)));
      if (this.#storage !== before) return;
      this.#storage = { kind: "file", file, position };
      if (before.kind === "slab") before.slab.release();
      this.#memory.remove(this, bytes);
    } catch (error) {
      // A set that was closed meanwhile took its file along; nobody misses these bytes.
      if (this.#storage === before) throw error;
    } finally {
      if (before.kind === "slab") before.slab.release();
    }
  }

  close(): void {
    const before = this.#storage;
    if (before.kind === "closed") return;
    this.#memory.remove(this, this.residentBytes);
    this.#storage = { kind: "closed" };
    if (before.kind === "slab") before.slab.release();
  }
}
