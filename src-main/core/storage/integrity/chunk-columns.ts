import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";

/** What the keys of chunks say, with sizes and flags, in columns; 41 bytes a chunk. */
export class ChunkColumns {
  readonly room: number;
  readonly tenants: Uint32Array;
  readonly highs: Uint32Array;
  readonly lows: Uint32Array;
  readonly checksums: Uint32Array;
  readonly fromMs: Float64Array;
  readonly throughMs: Float64Array;
  readonly sizes: Float64Array;
  readonly flags: Uint8Array;

  constructor(room: number) {
    this.room = room;
    this.tenants = new Uint32Array(room);
    this.highs = new Uint32Array(room);
    this.lows = new Uint32Array(room);
    this.checksums = new Uint32Array(room);
    this.fromMs = new Float64Array(room);
    this.throughMs = new Float64Array(room);
    this.sizes = new Float64Array(room);
    this.flags = new Uint8Array(room);
  }

  grown(): ChunkColumns {
    const larger = new ChunkColumns(this.room * 2);
    larger.tenants.set(this.tenants);
    larger.highs.set(this.highs);
    larger.lows.set(this.lows);
    larger.checksums.set(this.checksums);
    larger.fromMs.set(this.fromMs);
    larger.throughMs.set(this.throughMs);
    larger.sizes.set(this.sizes);
    larger.flags.set(this.flags);
    return larger;
  }

  write(number: number, tenant: number, { fingerprint, fromMs, throughMs, checksum }: ChunkKey): void {
    this.tenants[number] = tenant;
    this.highs[number] = Number(fingerprint >> 32n);
    this.lows[number] = Number(fingerprint & 0xffff_ffffn);
    this.checksums[number] = checksum;
    this.fromMs[number] = fromMs;
    this.throughMs[number] = throughMs;
  }

  holds(number: number, tenant: number, high: number, low: number, { fromMs, throughMs, checksum }: ChunkKey): boolean {
    return (
      this.checksums[number] === checksum &&
      this.lows[number] === low &&
      this.highs[number] === high &&
      this.tenants[number] === tenant &&
      this.fromMs[number] === fromMs &&
      this.throughMs[number] === throughMs
    );
  }

  chunk(number: number, tenantNames: readonly string[]): ChunkKey {
    return {
      tenant: tenantNames[this.tenants[number] ?? 0] ?? "",
      fingerprint: (BigInt(this.highs[number] ?? 0) << 32n) | BigInt(this.lows[number] ?? 0),
      fromMs: this.fromMs[number] ?? 0,
      throughMs: this.throughMs[number] ?? 0,
      checksum: this.checksums[number] ?? 0,
    };
  }
}
