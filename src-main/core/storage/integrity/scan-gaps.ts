import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";

/** What a scan could not do in full. */
export type ScanGap = ScanSummary["gaps"][number];

/** Gaps of one kind are told once: how many, and the first of them. */
export class ScanGaps {
  readonly #gaps = new Map<string, { count: number; readonly first: string }>();

  add(key: string, first: string = "", count: number = 1): void {
    if (count === 0) return;
    const known = this.#gaps.get(key);
    if (known === undefined) this.#gaps.set(key, { count, first: first.slice(0, 300) });
    else known.count += count;
  }

  /** As `storage.gap.<key>` with `count` and, where one is named, `first`. */
  list(): ScanGap[] {
    return [...this.#gaps].map(([key, { count, first }]) => ({ key, params: { count, first } }));
  }
}
