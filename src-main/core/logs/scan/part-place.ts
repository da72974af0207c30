import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { RowStore } from "../result-set/row-store.ts";
import type { PackedRowsPlace } from "./scan-protocol.ts";

/** A part of a store as a worker thread can read it. */
export interface LentPart {
  readonly place: PackedRowsPlace;
  /** The part's number of the first row lent. */
  readonly firstRow: number;
  readonly transfer: readonly ArrayBuffer[];
  release(): void;
}

/**
 * Lends a part to a worker thread, its rows from `fromRow` on at least: a slab is shared and kept until it is released, a
 * spilled segment named by its file, and what is small or still growing is copied.
 */
export function lendPart(store: RowStore, part: number, fromRow: number): LentPart {
  const segment = store.segment(part);
  if (store.closed) throw new AppError("request.cancelled", {});
  if (segment === null) {
    const { buffer, sizes } = store.openEnd.packedFrom(fromRow);
    return { place: { kind: "memory", buffer, sizes }, firstRow: fromRow, transfer: [buffer], release: () => {} };
  }
  const { storage, summary } = segment;
  if (storage.kind === "closed") throw new AppError("request.cancelled", {});
  if (storage.kind === "file") {
    const place = { kind: "file", path: storage.file.path, position: storage.position, sizes: summary } as const;
    return { place, firstRow: 0, transfer: [], release: () => {} };
  }
  if (storage.kind === "slab") {
    const { slab } = storage;
    slab.retain();
    const place = { kind: "memory", buffer: slab.buffer, sizes: summary } as const;
    return { place, firstRow: 0, transfer: [], release: () => slab.release() };
  }
  const buffer = storage.buffer.slice(0);
  return { place: { kind: "memory", buffer, sizes: summary }, firstRow: 0, transfer: [buffer], release: () => {} };
}
