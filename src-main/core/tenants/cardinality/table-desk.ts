import { performance } from "node:perf_hooks";
import { AnswerJournal } from "./answer-journal.ts";
import { FieldProfiler } from "./field-profile.ts";
import { readSeriesFile, writeSeriesFile } from "./series-file.ts";
import { SeriesTableBuilder, type TableBounds } from "./series-table-builder.ts";
import type { SeriesTable } from "./series-table.ts";
import { summarise } from "./table-summary.ts";
import type { TableAnswers, TableRequest, TableState } from "./table-protocol.ts";
import { predictStreams } from "./what-if.ts";

interface Building {
  readonly builder: SeriesTableBuilder;
  readonly fields: FieldProfiler;
  readonly journal: AnswerJournal;
}

/** What a `series-table` thread does, one request after the other. One table is held at a time. */
export class TableDesk {
  #building: Building | null = null;
  #loaded: { readonly file: string; readonly table: SeriesTable } | null = null;

  answer(request: TableRequest): TableAnswers[keyof TableAnswers] {
    switch (request.kind) {
      case "begin":
        return this.#begin(request);
      case "answer":
        return this.#answer(request.bytes);
      case "lines":
        return this.#lines(request.lineOffsets, request.lineBytes);
      case "finish":
        return this.#finish(request.file);
      case "what-if": {
        const startMs = performance.now();
        const table = this.#table(request.file);
        const prediction = predictStreams(table, request.changes);
        return { ...prediction, series: table.size, tookMs: performance.now() - startMs };
      }
      case "forget":
        this.#forget();
        return null;
    }
  }

  #begin({ seed, journal: file, journalBytes, bounds }: TableRequest & { readonly kind: "begin" }): TableState {
    this.#forget();
    const journal = new AnswerJournal(file);
    let builder = newBuilder(seed, bounds);
    let taken = 0;
    const whole = journal.replay(journalBytes, (answer) => {
      taken += builder.addAnswer(answer);
    });
    if (!whole) {
      builder = newBuilder(seed, bounds);
      taken = 0;
    }
    this.#building = { builder, fields: new FieldProfiler(), journal };
    return stateOf(this.#building, taken);
  }

  /** An answer that is no whole one is not kept: what was taken of it is taken again with the next try. */
  #answer(bytes: Uint8Array): TableAnswers["answer"] {
    const building = this.#begun();
    const taken = building.builder.addAnswer(bytes);
    building.journal.append(bytes);
    return stateOf(building, taken);
  }

  #lines(lineOffsets: Uint32Array, lineBytes: Uint8Array): TableAnswers["lines"] {
    const { fields } = this.#begun();
    fields.add(lineOffsets, lineBytes);
    return { lines: fields.lines };
  }

  #finish(file: string): TableAnswers["finish"] {
    const { builder, fields, journal } = this.#begun();
    const table = builder.build();
    const summary = summarise(table, fields);
    writeSeriesFile(file, table);
    journal[Symbol.dispose]();
    journal.remove();
    this.#building = null;
    return summary;
  }

  #begun(): Building {
    if (this.#building === null) throw new Error("no table was begun");
    return this.#building;
  }

  #table(file: string): SeriesTable {
    if (this.#loaded?.file === file) return this.#loaded.table;
    // The one before goes first, so that never two of them are in memory.
    this.#loaded = null;
    this.#loaded = { file, table: readSeriesFile(file) };
    return this.#loaded.table;
  }

  #forget(): void {
    this.#building?.journal[Symbol.dispose]();
    this.#building = null;
    this.#loaded = null;
  }
}

function newBuilder(seed: number, bounds: TableBounds | undefined): SeriesTableBuilder {
  return bounds === undefined ? new SeriesTableBuilder(seed) : new SeriesTableBuilder(seed, bounds);
}

function stateOf({ builder, journal }: Building, taken: number): TableState {
  const { size: series, labelCount: labels, share } = builder;
  return { series, labels, share, journalBytes: journal.bytes, taken, mostWith: builder.mostWith() };
}
