import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import { escapeGoJson } from "../format/go-json.ts";
import { ChunkBuilder } from "../store/chunk-builder.ts";
import type { EntryChunk } from "../store/entry-chunk.ts";
import { type ChunkRef, type LabStream, streamIdentity } from "../store/stream.ts";
import type { ChunkCache } from "./chunk-cache.ts";
import { incidentAt } from "./incidents.ts";
import { mix, SeededRandom, textSeed } from "./seeded-random.ts";
import type { TrafficSource, WrittenLine } from "./traffic-source.ts";

/** How long a generated chunk is. */
export const BLOCK_MS = 5 * 60_000;
const SLOT_MS = 10_000;
const SLOTS = BLOCK_MS / SLOT_MS;
/** Entries younger than this are in the ingesters' memory only, as with Loki's default `chunk_idle_period`. */
const FLUSH_AFTER_MS = 30 * 60_000;
const BYTES_GUESS = 320;
const TRACE_MS = 400;

type LineVisitor = (timestampNs: bigint, written: WrittenLine) => void;

export interface GeneratedStreamOptions {
  readonly source: TrafficSource;
  readonly tenant: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly cache: ChunkCache;
  /** Nothing exists before it. */
  earliestMs(): number;
}

/**
 * A stream whose entries are a pure function of seed and time. They are written when somebody reads them, five minutes at a
 * time, so that a day of history costs nothing at start; what the clock has not reached yet is not visible.
 */
export class GeneratedStream implements LabStream {
  readonly labels: LabelSet;
  readonly labelText: string;
  readonly hash: bigint;
  private readonly options: GeneratedStreamOptions;
  private readonly streamSeed: number;
  private readonly tenantSeed: number;

  constructor(options: GeneratedStreamOptions) {
    const identity = streamIdentity(options.source.labels);
    this.labels = identity.labels;
    this.labelText = identity.labelText;
    this.hash = identity.hash;
    this.options = options;
    this.tenantSeed = mix(options.seed, textSeed(options.tenant));
    this.streamSeed = mix(this.tenantSeed, textSeed(identity.labelText));
  }

  /** Entries after this do not exist yet. */
  horizonNs(): bigint {
    return BigInt(Math.floor(this.options.clock.nowMs())) * NS_PER_MS;
  }

  chunks(startNs: bigint, endNs: bigint): readonly ChunkRef[] {
    const nowMs = this.options.clock.nowMs();
    const first = Math.floor(Math.max(Number(startNs / NS_PER_MS), this.options.earliestMs()) / BLOCK_MS);
    const last = Math.floor(Math.min(Number(endNs / NS_PER_MS), nowMs) / BLOCK_MS);
    const refs: ChunkRef[] = [];
    for (let block = first; block <= last; block += 1) {
      const entries = (block + 1) * BLOCK_MS <= nowMs ? this.entriesIn(block) : this.entriesSoFar(block);
      if (entries > 0) refs.push(this.refOf(block, entries, nowMs));
    }
    return refs;
  }

  private refOf(block: number, entries: number, nowMs: number): ChunkRef {
    const endMs = Math.min((block + 1) * BLOCK_MS, nowMs);
    return {
      startNs: BigInt(block * BLOCK_MS) * NS_PER_MS,
      throughNs: BigInt(Math.floor(endMs)) * NS_PER_MS,
      entries,
      // What the index says is rounded to KiB, as Loki's is.
      sizeBytes: Math.ceil((entries * BYTES_GUESS) / 1024) * 1024,
      checksum: mix(this.streamSeed, block),
      flushed: endMs < nowMs - FLUSH_AFTER_MS,
      open: () => this.open(block),
    };
  }

  private open(block: number): EntryChunk {
    return this.options.cache.get(`${this.streamSeed}:${this.labelText}:${block}`, () => this.generate(block));
  }

  private entriesIn(block: number): number {
    let sum = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) sum += this.entriesInSlot(block * SLOTS + slot);
    return sum;
  }

  private entriesSoFar(block: number): number {
    return this.open(block).lowerBound(this.horizonNs() + 1n);
  }

  /** How many lines in ten seconds: the rate, by the hour of the day, more of them in an incident. */
  private entriesInSlot(slot: number): number {
    const atMs = slot * SLOT_MS;
    if (atMs < this.options.earliestMs()) return 0;
    const hour = (atMs / 3_600_000) % 24;
    const day = 0.75 + 0.25 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
    const incident = incidentAt(this.tenantSeed, atMs);
    const burst = incident === null ? 1 : 1 + incident.strength * 2;
    const expected = this.options.source.linesPerSecond * (SLOT_MS / 1_000) * day * burst;
    return Math.floor(expected + mix(this.streamSeed, slot, 1) / 4_294_967_296);
  }

  private generate(block: number): EntryChunk {
    const builder = new ChunkBuilder();
    this.visitBlock(block, (timestampNs, written) =>
      builder.appendPiece(timestampNs, written.line, tracePiece(written), traceSize(written)),
    );
    return builder.build();
  }

  /** Every line of a block of five minutes in its order, as it was written; nothing of it is kept. */
  visitBlock(block: number, visit: LineVisitor): void {
    for (let slot = block * SLOTS; slot < (block + 1) * SLOTS; slot += 1) this.visitSlot(slot, visit);
  }

  private visitSlot(slot: number, visit: LineVisitor): void {
    const count = this.entriesInSlot(slot);
    const random = new SeededRandom(mix(this.streamSeed, slot, 2));
    const incident = incidentAt(this.tenantSeed, slot * SLOT_MS);
    let previousNs = 0n;
    for (let index = 0; index < count; index += 1) {
      const offsetUs = Math.floor(((index + random.next()) / count) * SLOT_MS * 1_000);
      const atMs = slot * SLOT_MS + offsetUs / 1_000;
      const drawnNs = BigInt(slot * SLOT_MS * 1_000 + offsetUs) * 1_000n + BigInt(random.int(0, 999));
      const timestampNs = drawnNs > previousNs ? drawnNs : previousNs;
      previousNs = timestampNs;
      const traceSeed = mix(this.tenantSeed, Math.floor(atMs / TRACE_MS), random.int(0, 1));
      const traceId = new SeededRandom(traceSeed).hex(32);
      visit(timestampNs, this.options.source.write({ random, atMs, incident, traceId }));
    }
  }
}

/** `metadataPiece` for the four names that traffic has, in their order; it is called for every line. */
function tracePiece({ level, metadata }: WrittenLine): string {
  if (metadata === undefined) return `,{"structuredMetadata":{"detected_level":"${level}"}}],`;
  const span = metadata.spanId === undefined ? "" : `,"span_id":"${metadata.spanId}"`;
  const trace = metadata.traceId === undefined ? "" : `,"trace_id":"${metadata.traceId}"`;
  const user = metadata.user === undefined ? "" : `,"user":"${escapeGoJson(metadata.user)}"`;
  return `,{"structuredMetadata":{"detected_level":"${level}"${span}${trace}${user}}}],`;
}

/** The structured metadata of a line: what `tracePiece` writes. */
export function traceMetadata({ level, metadata }: WrittenLine): LabelSet {
  return {
    detected_level: level,
    ...(metadata?.spanId === undefined ? {} : { span_id: metadata.spanId }),
    ...(metadata?.traceId === undefined ? {} : { trace_id: metadata.traceId }),
    ...(metadata?.user === undefined ? {} : { user: metadata.user }),
  };
}

function traceSize({ level, metadata }: WrittenLine): number {
  const span = metadata?.spanId === undefined ? 0 : "span_id".length + metadata.spanId.length;
  const trace = metadata?.traceId === undefined ? 0 : "trace_id".length + metadata.traceId.length;
  const user = metadata?.user === undefined ? 0 : "user".length + Buffer.byteLength(metadata.user);
  return "detected_level".length + level.length + span + trace + user;
}
