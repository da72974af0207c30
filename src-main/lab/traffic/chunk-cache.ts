import type { EntryChunk } from "../store/entry-chunk.ts";

/** Generated chunks, the least recently read dropped beyond a number of bytes; a dropped one is generated again. */
export class ChunkCache {
  private readonly chunks = new Map<string, EntryChunk>();
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  get(key: string, generate: () => EntryChunk): EntryChunk {
    const known = this.chunks.get(key);
    if (known !== undefined) {
      this.chunks.delete(key);
      this.chunks.set(key, known);
      return known;
    }
    const chunk = generate();
    this.chunks.set(key, chunk);
    this.bytes += chunk.sizeBytes;
    for (const [oldest, old] of this.chunks) {
      if (this.bytes <= this.maxBytes || oldest === key) break;
      this.chunks.delete(oldest);
      this.bytes -= old.sizeBytes;
    }
    return chunk;
  }
}
