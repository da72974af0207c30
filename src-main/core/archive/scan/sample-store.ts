import type { SampleLabels } from "../../../../src-shared/logql/metric/sample-extractor.ts";
import type { SampleColumns } from "./scan-protocol.ts";

/** Samples `[from, to)` of a block that are of one stream. */
interface Part {
  readonly columns: SampleColumns;
  readonly labels: readonly SampleLabels[];
  readonly order: number;
  from: number;
  readonly to: number;
}

type Visit = (sample: SampleLabels, value: number, timestampNs: bigint) => void;

/** Samples of many blocks, kept by stream; equal ones of several blocks are given out once. */
export class SampleStore {
  readonly #streams = new Map<bigint, Part[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(columns: SampleColumns, labels: readonly SampleLabels[], order: number): void {
    let from = 0;
    for (const [index, hash] of columns.hashes.entries()) {
      const to = columns.ends[index] ?? from;
      const part: Part = { columns, labels, order, from, to };
      const parts = this.#streams.get(hash);
      if (parts === undefined) this.#streams.set(hash, [part]);
      else parts.push(part);
      from = to;
    }
    this.#count += columns.timestampsNs.length;
  }

  /** Gives out, and forgets, the samples before an instant, or all: by stream, as they were stored. */
  take(untilNs: bigint | null, visit: Visit): void {
    const hashes = [...this.#streams.keys()].sort((left, right) => (left < right ? -1 : 1));
    for (const hash of hashes) {
      const parts = (this.#streams.get(hash) ?? []).sort((left, right) => left.order - right.order);
      if (parts.length > 1 && parts.some(({ columns }) => columns.identities !== null)) {
        this.#takeMerged(parts, untilNs, visit);
      } else for (const part of parts) this.#takePart(part, untilNs, visit);
      const left = parts.filter(({ from, to }) => from < to);
      if (left.length > 0) this.#streams.set(hash, left);
      else this.#streams.delete(hash);
    }
  }

  #takePart(part: Part, untilNs: bigint | null, visit: Visit): void {
    const { timestampsNs } = part.columns;
    while (part.from < part.to) {
      if (untilNs !== null && (timestampsNs[part.from] ?? 0n) >= untilNs) return;
      this.#give(part, visit);
    }
  }

  /** Several blocks' samples, one time after the other, equal ones of a time once. */
  #takeMerged(parts: readonly Part[], untilNs: bigint | null, visit: Visit): void {
    const seen = new Set<bigint>();
    for (;;) {
      let timeNs: bigint | null = null;
      for (const { columns, from, to } of parts) {
        const next = columns.timestampsNs[from] ?? 0n;
        if (from < to && (timeNs === null || next < timeNs)) timeNs = next;
      }
      if (timeNs === null || (untilNs !== null && timeNs >= untilNs)) return;
      seen.clear();
      for (const part of parts) {
        const { timestampsNs, identities } = part.columns;
        while (part.from < part.to && timestampsNs[part.from] === timeNs) {
          const identity = identities?.[part.from] ?? 0n;
          if (identity !== 0n && seen.has(identity)) {
            part.from += 1;
            this.#count -= 1;
            continue;
          }
          if (identity !== 0n) seen.add(identity);
          this.#give(part, visit);
        }
      }
    }
  }

  #give(part: Part, visit: Visit): void {
    const { columns, labels, from } = part;
    part.from = from + 1;
    this.#count -= 1;
    const sample = labels[columns.labelRefs[from] ?? 0];
    if (sample !== undefined) visit(sample, columns.values[from] ?? 0, columns.timestampsNs[from] ?? 0n);
  }
}
