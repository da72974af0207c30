import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { jsonLabels, jsonScalarText } from "./json-text.ts";

/** The streams of a block, each with the tenant that its lines name. */
export class StreamTable {
  readonly streams: LabelSet[] = [];
  readonly tenants: (string | null)[] = [];
  readonly #added: LabelSet;
  readonly #refs = new Map<string, number>();
  /** By the bytes as they are written: the same stream is written the same way nearly always. */
  readonly #written = new Map<string, number>();
  #lastStart = 0;
  #lastEnd = 0;
  #lastTenantStart = 0;
  #lastTenantEnd = 0;
  #lastRef = -1;

  /** Stream 0 is the one of lines that name none; `added` goes to those that lines name. */
  constructor(unnamed: LabelSet, added: LabelSet) {
    this.#added = added;
    this.of(unnamed, null);
  }

  /** The number of a stream with exactly these labels. */
  of(labels: LabelSet, tenant: string | null): number {
    const key = JSON.stringify([tenant, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const known = this.#refs.get(key);
    if (known !== undefined) return known;
    const ref = this.streams.length;
    this.streams.push(labels);
    this.tenants.push(tenant);
    this.#refs.set(key, ref);
    return ref;
  }

  /** The number of the stream whose labels are the JSON object in `[start, end)`; -1 where it is none. */
  ofJson(bytes: Buffer, start: number, end: number, tenantStart: number, tenantEnd: number): number {
    if (
      this.#lastRef >= 0 &&
      sameBytes(bytes, start, end, this.#lastStart, this.#lastEnd) &&
      sameBytes(bytes, tenantStart, tenantEnd, this.#lastTenantStart, this.#lastTenantEnd)
    ) {
      return this.#lastRef;
    }
    const tenantText = bytes.toString("latin1", tenantStart, tenantEnd);
    const text = `${tenantText}\n${bytes.toString("latin1", start, end)}`;
    let ref = this.#written.get(text);
    if (ref === undefined) {
      const labels = jsonLabels(bytes, start, end);
      if (labels === null) return -1;
      const tenant = tenantStart === tenantEnd ? null : jsonScalarText(bytes, tenantStart, tenantEnd);
      ref = this.of({ ...this.#added, ...labels }, tenant);
      this.#written.set(text, ref);
    }
    this.#lastStart = start;
    this.#lastEnd = end;
    this.#lastTenantStart = tenantStart;
    this.#lastTenantEnd = tenantEnd;
    this.#lastRef = ref;
    return ref;
  }
}

function sameBytes(bytes: Uint8Array, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[otherStart + i]) return false;
  return true;
}
