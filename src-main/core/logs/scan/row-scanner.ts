import { closeSync, openSync, readSync } from "node:fs";
import { LRUCache } from "lru-cache";
import { packedBytes, PackedRows } from "../result-set/packed-rows.ts";
import { countLevels } from "./count-levels.ts";
import { FieldCounter } from "./field-counter.ts";
import { emptyBitmap, nextBit, setBit, type RowBitmap } from "./row-bitmap.ts";
import type {
  FieldsAnswer,
  FieldsReportAnswer,
  FieldsReportRequest,
  FieldsRequest,
  LevelsRequest,
  PackedRowsPlace,
  RowPredicate,
  ScanAnswer,
  ScanRequest,
  SelectRequest,
} from "./scan-protocol.ts";
import { ScanScratch } from "./scan-scratch.ts";
import { selectRows, type ReadyPredicate } from "./select-rows.ts";
import { compileTextMatcher } from "./text-matcher.ts";

/** What a worker answers and the buffers that go with it. */
export interface Scanned {
  readonly answer: ScanAnswer;
  readonly transfer: ArrayBuffer[];
}

/** The worker's side of a scan: blocking, over one part's packed rows at a time. */
export class RowScanner {
  readonly #scratch = new ScanScratch();
  readonly #predicates = new LRUCache<string, ReadyPredicate>({ max: 64 });
  readonly #sessions = new LRUCache<string, FieldCounter>({ max: 32 });

  run(request: ScanRequest): Scanned {
    if (request.kind === "select") return this.#select(request);
    if (request.kind === "levels") return this.#countLevels(request);
    if (request.kind === "fields") return { answer: this.#addFields(request), transfer: [] };
    if (request.kind === "fields-report") return { answer: this.#reportFields(request), transfer: [] };
    this.#sessions.delete(request.session);
    return { answer: { kind: "fields-forget" }, transfer: [] };
  }

  #countLevels(request: LevelsRequest): Scanned {
    const counts = countLevels(this.#load(request.place), request.firstRow, request.selected, request);
    return { answer: { kind: "levels", counts }, transfer: [counts.buffer] };
  }

  #select(request: SelectRequest): Scanned {
    const rows = this.#load(request.place);
    const predicates = request.predicates.map((predicate) => this.#ready(predicate));
    const local = selectRows(rows, Math.max(0, request.fromRow - request.firstRow), predicates, request.markers);
    const words = request.firstRow === 0 ? local : shifted(local, rows.rowCount, request.firstRow);
    return { answer: { kind: "select", words, lineBytes: bytesOf(rows, local) }, transfer: [words.buffer] };
  }

  #addFields(request: FieldsRequest): FieldsAnswer {
    let counter = this.#sessions.get(request.session);
    if (request.begin) {
      counter = new FieldCounter();
      this.#sessions.set(request.session, counter);
    }
    if (counter === undefined) return { kind: "fields", known: false };
    counter.add(this.#load(request.place), request);
    return { kind: "fields", known: true };
  }

  #reportFields(request: FieldsReportRequest): FieldsReportAnswer {
    const counter = this.#sessions.get(request.session);
    if (counter === undefined) return { kind: "fields-report", known: false, fields: [], streamRows: [] };
    return {
      kind: "fields-report",
      known: true,
      fields: counter.report(request.top),
      streamRows: counter.streamRows(),
    };
  }

  #ready(predicate: RowPredicate): ReadyPredicate {
    const key = JSON.stringify(predicate, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
    const known = this.#predicates.get(key);
    if (known !== undefined) return known;
    const { match, ...rest } = predicate;
    const ready = { ...rest, matcher: match === undefined ? null : compileTextMatcher(match, this.#scratch) };
    this.#predicates.set(key, ready);
    return ready;
  }

  #load(place: PackedRowsPlace): PackedRows {
    if (place.kind === "memory") return new PackedRows(place.buffer, 0, place.sizes);
    const bytes = this.#scratch.forFile(packedBytes(place.sizes));
    readFully(place.path, place.position, bytes);
    return new PackedRows(bytes.buffer, bytes.byteOffset, place.sizes);
  }
}

function readFully(path: string, position: number, target: Buffer): void {
  const file = openSync(path, "r");
  try {
    let filled = 0;
    while (filled < target.length) {
      const read = readSync(file, target, filled, target.length - filled, position + filled);
      if (read === 0) throw new Error("a spill file is shorter than it was");
      filled += read;
    }
  } finally {
    closeSync(file);
  }
}

function bytesOf(rows: PackedRows, words: RowBitmap): number {
  let bytes = 0;
  for (let row = nextBit(words, 0); row !== -1; row = nextBit(words, row + 1)) {
    bytes += rows.table.lineEnd(row) - rows.table.lineStart(row);
  }
  return bytes;
}

/** Bits of rows counted from `by` on. */
function shifted(words: RowBitmap, rowCount: number, by: number): RowBitmap {
  const moved = emptyBitmap(by + rowCount);
  for (let row = nextBit(words, 0); row !== -1; row = nextBit(words, row + 1)) setBit(moved, by + row);
  return moved;
}
