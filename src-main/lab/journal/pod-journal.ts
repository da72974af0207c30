import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import { goRfc3339Nano } from "../format/go-text.ts";
import { mix } from "../traffic/seeded-random.ts";
import { BLOCK_MS } from "../traffic/generated-stream.ts";

export interface JournalEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly level: string;
}

const MAX_ENTRIES = 4_000;
const MAX_BYTES = 8 * 1024 * 1024;
const BLOCK_NS = BigInt(BLOCK_MS) * NS_PER_MS;

/** What a pod has logged of things that really happened in the lab; the oldest lines go when there are many. */
export class PodJournal {
  #entries: JournalEntry[] = [];
  #bytes = 0;
  #version = 0;

  /** Changes with every line. */
  get version(): number {
    return this.#version;
  }

  /** A line of Loki's own logger: level and time stand before what is told. */
  write(atMs: number, level: string, text: string): void {
    const timestampNs = this.#timeOf(atMs);
    this.#add({ timestampNs, line: `level=${level} ts=${goRfc3339Nano(timestampNs)} ${text}`, level });
  }

  /** Blocks of five minutes with lines of a range. */
  blocks(startNs: bigint, endNs: bigint): ReadonlyMap<number, readonly JournalEntry[]> {
    const blocks = new Map<number, JournalEntry[]>();
    const [first, last] = [Number(startNs / BLOCK_NS), Number(endNs / BLOCK_NS)];
    for (const entry of this.#entries) {
      const block = Number(entry.timestampNs / BLOCK_NS);
      if (block < first || block > last) continue;
      const known = blocks.get(block);
      if (known === undefined) blocks.set(block, [entry]);
      else known.push(entry);
    }
    return blocks;
  }

  /** Lines of one moment follow each other by a microsecond. */
  #timeOf(atMs: number): bigint {
    const wanted = BigInt(Math.floor(atMs)) * NS_PER_MS;
    const last = this.#entries.at(-1)?.timestampNs ?? 0n;
    const within = last >= wanted && last < wanted + NS_PER_MS - 1_000n;
    // Clocks of real processes do not stop at whole milliseconds.
    return within ? last + 1_000n : wanted + BigInt(mix(this.#version, atMs) % 900_000);
  }

  #add(entry: JournalEntry): void {
    this.#version += 1;
    // What happened while nobody looked is told late: it goes to its place.
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1]?.timestampNs ?? 0n) > entry.timestampNs) at -= 1;
    this.#entries.splice(at, 0, entry);
    this.#bytes += entry.line.length;
    let dropped = 0;
    while (this.#entries.length - dropped > MAX_ENTRIES || this.#bytes > MAX_BYTES) {
      this.#bytes -= this.#entries[dropped]?.line.length ?? 0;
      dropped += 1;
    }
    if (dropped > 0) this.#entries = this.#entries.slice(dropped);
  }
}

/** The journals of all pods, by name. */
export class PodJournals {
  readonly #journals = new Map<string, PodJournal>();

  of(pod: string): PodJournal {
    const known = this.#journals.get(pod);
    if (known !== undefined) return known;
    const created = new PodJournal();
    this.#journals.set(pod, created);
    return created;
  }
}
