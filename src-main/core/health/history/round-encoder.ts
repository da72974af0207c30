import type { Scrape, ScrapeRound } from "../detection/scrape.ts";
import { ByteWriter } from "./byte-writer.ts";
import { writeChange, writeGone } from "./value-change.ts";

interface StoredSeries {
  value: number;
  /** Number of the round in which it was last there. */
  seen: number;
}

/**
 * Writes the rounds of one segment, each as what changed since the one before, so that a value which stands still costs
 * nothing. A payload is (numbers are LEB128 unless said otherwise, texts are UTF-8 behind their length)
 *
 *     time in ms · number of new keys · new keys · number of new instances · (name · component)…
 *     then for each instance of the round: its number · bytes that follow ·
 *       flags (1 answered, 2 asked whether ready, 4 ready) · time it took in ms · changes (see `writeChange`)
 *
 * Keys and instances are numbered in the order in which the segment first names them.
 */
export class RoundEncoder {
  readonly #maxSeries: number;
  readonly #keys = new Map<string, number>();
  readonly #instances = new Map<string, { readonly id: number; readonly series: Map<number, StoredSeries> }>();
  readonly #payload = new ByteWriter();
  readonly #bodies = new ByteWriter();
  readonly #body = new ByteWriter();
  #newKeys: string[] = [];
  #round = 0;
  /** Series left out of the last round because their instance had more than are kept. */
  dropped = 0;

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries;
  }

  /** The round's payload; valid until the next call. */
  encode({ atMs, scrapes }: ScrapeRound): Buffer {
    this.#round += 1;
    this.dropped = 0;
    this.#newKeys = [];
    const newInstances: Scrape[] = [];
    this.#bodies.clear();
    for (const scrape of scrapes) {
      const name = `${scrape.instance}\u0000${scrape.component}`;
      let known = this.#instances.get(name);
      if (known === undefined) {
        known = { id: this.#instances.size, series: new Map() };
        this.#instances.set(name, known);
        newInstances.push(scrape);
      }
      this.#body.clear();
      this.#scrape(scrape, known.series);
      this.#bodies.uvarint(known.id);
      this.#bodies.uvarint(this.#body.length);
      this.#bodies.bytes(this.#body.view());
    }
    const payload = this.#payload;
    payload.clear();
    payload.uvarint(Math.max(0, Math.round(atMs)));
    payload.uvarint(this.#newKeys.length);
    for (const key of this.#newKeys) payload.text(key);
    payload.uvarint(newInstances.length);
    for (const { instance, component } of newInstances) {
      payload.text(instance);
      payload.text(component);
    }
    payload.bytes(this.#bodies.view());
    return payload.view();
  }

  #scrape({ series, ready, tookSeconds }: Scrape, stored: Map<number, StoredSeries>): void {
    const body = this.#body;
    body.uvarint((series === null ? 0 : 1) + (ready === null ? 0 : 2) + (ready === true ? 4 : 0));
    body.uvarint(Math.max(0, Math.round(tookSeconds * 1_000)));
    if (series === null) return;
    let keyBefore = 0;
    let present = 0;
    for (const key in series) {
      const value = series[key] ?? Number.NaN;
      if (present >= this.#maxSeries) {
        this.dropped += 1;
        continue;
      }
      present += 1;
      const id = this.#keyId(key);
      const known = stored.get(id);
      if (known !== undefined) known.seen = this.#round;
      if (known !== undefined && Object.is(known.value, value)) continue;
      writeChange(body, id - keyBefore, known?.value ?? 0, value);
      keyBefore = id;
      if (known === undefined) stored.set(id, { value, seen: this.#round });
      else known.value = value;
    }
    if (present === stored.size) return;
    for (const [id, { seen }] of stored) {
      if (seen === this.#round) continue;
      writeGone(body, id - keyBefore);
      keyBefore = id;
      stored.delete(id);
    }
  }

  #keyId(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const id = this.#keys.size;
    this.#keys.set(key, id);
    this.#newKeys.push(key);
    return id;
  }
}
