import { ByteCursor } from "../../common/loki-format/byte-cursor.ts";
import type { Scrape, ScrapeRound } from "../detection/scrape.ts";
import { readChange } from "./value-change.ts";

interface KnownInstance {
  readonly instance: string;
  readonly component: string;
  readonly wanted: boolean;
  readonly values: Map<number, number>;
}

/** One instance in one decoded round; `values` by key number is the decoder's own and changes with the next round. */
export interface DecodedScrape {
  readonly instance: string;
  readonly component: string;
  readonly answered: boolean;
  readonly ready: boolean | null;
  readonly tookSeconds: number;
  readonly values: ReadonlyMap<number, number>;
}

/** Reads the rounds of one segment in their order; see `RoundEncoder` for the form. */
export class RoundDecoder {
  readonly keys: string[] = [];
  readonly #instances: KnownInstance[] = [];
  readonly #wanted: (instance: string) => boolean;

  /** What is not `wanted` is passed over, which makes reading one of hundreds cheap. */
  constructor(wanted: (instance: string) => boolean) {
    this.#wanted = wanted;
  }

  /** @throws RangeError for a payload that no encoder wrote; the decoder is of no use then */
  decode(payload: Uint8Array): { readonly atMs: number; readonly scrapes: readonly DecodedScrape[] } {
    const from = new ByteCursor(payload);
    const atMs = from.uvarint();
    for (let left = from.uvarint(); left > 0 && !from.failed; left--) this.keys.push(text(from));
    for (let left = from.uvarint(); left > 0 && !from.failed; left--) {
      const instance = text(from);
      const component = text(from);
      this.#instances.push({ instance, component, wanted: this.#wanted(instance), values: new Map() });
    }
    const scrapes: DecodedScrape[] = [];
    while (from.left > 0) {
      const known = this.#instances[from.uvarint()];
      const length = from.uvarint();
      if (known === undefined || length > from.left) {
        from.fail();
        break;
      }
      const end = from.at + length;
      if (known.wanted) scrapes.push(readBody(new ByteCursor(payload, from.at, end), known));
      from.at = end;
    }
    if (from.failed) throw new RangeError("a round that does not decode");
    return { atMs, scrapes };
  }

  /** As it was scraped; of the ring nothing is kept. */
  round(payload: Uint8Array): ScrapeRound {
    const { atMs, scrapes } = this.decode(payload);
    return { atMs, scrapes: scrapes.map((decoded) => this.#scrape(decoded, atMs)), ring: null };
  }

  #scrape({ instance, component, answered, ready, tookSeconds, values }: DecodedScrape, atMs: number): Scrape {
    let series: Record<string, number> | null = null;
    if (answered) {
      series = Object.create(null) as Record<string, number>;
      for (const [key, value] of values) series[this.keys[key] ?? ""] = value;
    }
    return { instance, component, atMs, tookSeconds, series, ready };
  }
}

function readBody(body: ByteCursor, { instance, component, values }: KnownInstance): DecodedScrape {
  const flags = body.uvarint();
  const tookSeconds = body.uvarint() / 1_000;
  let key = 0;
  while (body.left > 0) key = readChange(body, key, values);
  if (body.failed) throw new RangeError("a change that does not decode");
  const ready = (flags & 2) === 0 ? null : (flags & 4) !== 0;
  return { instance, component, answered: (flags & 1) !== 0, ready, tookSeconds, values };
}

function text(from: ByteCursor): string {
  const bytes = from.take(from.uvarint());
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
