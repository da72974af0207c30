import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerJournal } from "../../../src-main/core/tenants/cardinality/answer-journal.ts";
import { readSeriesFile, writeSeriesFile } from "../../../src-main/core/tenants/cardinality/series-file.ts";
import { SeriesScanner } from "../../../src-main/core/tenants/cardinality/series-scanner.ts";
import { SeriesTableBuilder } from "../../../src-main/core/tenants/cardinality/series-table-builder.ts";
import type { SeriesTable } from "../../../src-main/core/tenants/cardinality/series-table.ts";
import { distinct, seriesAnswer, SMALL, tableOf } from "../../builders/series-answers.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const anyLabels = fc.dictionary(fc.string({ minLength: 1, unit: "binary" }), fc.string({ unit: "binary" }), {
  maxKeys: 6,
});
const code = (wanted: string) => expect.objectContaining({ code: wanted });

function scanned(answer: Uint8Array): Record<string, string>[] {
  const scanner = new SeriesScanner(answer);
  const all: Record<string, string>[] = [];
  for (let count = scanner.next(); count !== null; count = scanner.next()) {
    const labels: Record<string, string> = Object.create(null);
    const text = (slot: number) =>
      Buffer.from(scanner.source(slot).subarray(scanner.starts[slot], scanner.ends[slot])).toString("utf8");
    for (let at = 0; at < count; at += 1) labels[text(2 * at)] = text(2 * at + 1);
    all.push(labels);
  }
  return all;
}

function rowsOf(table: SeriesTable): string[] {
  const { cells, starts } = table.columns;
  const nameOf = (pair: number) =>
    table.labels.find(({ firstPair, values }) => pair >= firstPair && pair < firstPair + values)?.name ?? "";
  return Array.from({ length: table.size }, (_, number) =>
    JSON.stringify(
      Array.from(cells.subarray(starts[number], starts[number + 1]), (pair) => [nameOf(pair), table.value(pair)]),
    ),
  );
}

describe("answers of /series", () => {
  it("are read as JSON reads them, escapes and all", () => {
    fc.assert(
      fc.property(fc.array(anyLabels, { maxLength: 8 }), fc.boolean(), (all, spaced) => {
        // Loki writes `<`, `>` and `&` as escapes.
        const text = JSON.stringify({ status: "success", data: all }, null, spaced ? 2 : 0).replaceAll("<", "\\u003c");
        // What is no UTF-16 is none in UTF-8 either.
        const wanted = JSON.parse(Buffer.from(text).toString("utf8")) as { data: unknown };
        expect(scanned(Buffer.from(text)).map((labels) => ({ ...labels }))).toEqual(
          (wanted.data as Record<string, string>[]).map((labels) => ({ ...labels })),
        );
      }),
    );
  });

  it("without data are empty, and half of one is no answer", () => {
    expect(scanned(Buffer.from('{"status":"success"}'))).toEqual([]);
    expect(scanned(Buffer.from('{"status":"success","data":null}'))).toEqual([]);
    const whole = seriesAnswer([{ app: "a", pod: 'b"\\' }, { app: "c" }]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => scanned(whole.subarray(0, length))).toThrow(code("loki.bad-response"));
    }
  });

  it("with something else than labels are refused", () => {
    for (const text of [
      "",
      "[]",
      '{"data":[1]}',
      '{"data":[{"a":1}]}',
      '{"data":[{"a":"b"}',
      "<html>",
      '{"data":[{"a"}]}',
    ]) {
      expect(() => scanned(Buffer.from(text))).toThrow(code("loki.bad-response"));
    }
  });
});

describe("a table", () => {
  it("has each series once, however many answers name it and in whatever order its labels stand", () => {
    fc.assert(
      fc.property(fc.array(anyLabels, { maxLength: 20 }), (all) => {
        const builder = new SeriesTableBuilder(3, SMALL);
        const turned = all.map((labels) => Object.fromEntries(Object.entries(labels).toReversed()));
        builder.addAnswer(seriesAnswer(all));
        builder.addAnswer(seriesAnswer(turned));
        const stored = JSON.parse(Buffer.from(seriesAnswer(all)).toString("utf8")) as {
          data: Record<string, string>[];
        };
        expect(builder.build().size).toBe(distinct(stored.data));
      }),
    );
  });

  it("keeps a fair part when it is full: near its share, and every label of what is kept", () => {
    const all = Array.from({ length: 30_000 }, (_, at) => ({ app: `a${at % 7}`, id: `${at}` }));
    const builder = new SeriesTableBuilder(9, { series: 5_000, cells: 1e6, valueBytes: 1e6 });
    for (let at = 0; at < all.length; at += 1_000) builder.addAnswer(seriesAnswer(all.slice(at, at + 1_000)));
    const table = builder.build();
    expect(table.size).toBeLessThanOrEqual(5_000);
    expect(table.size / table.share / 30_000).toBeCloseTo(1, 1);
    expect(table.labels.map(({ name, values }) => [name, values])).toEqual([
      ["app", 7],
      ["id", table.size],
    ]);
    // Which are kept hangs on their hashes alone, not on when they came.
    const other = new SeriesTableBuilder(9, { series: 5_000, cells: 1e6, valueBytes: 1e6 });
    other.addAnswer(seriesAnswer(all.toReversed()));
    expect(rowsOf(other.build()).sort()).toEqual(rowsOf(table).sort());
  });

  it("tells long values apart by what it does not keep", () => {
    const long = "x".repeat(5_000);
    expect(tableOf([{ a: `${long}1` }, { a: `${long}2` }, { a: `${long}1` }]).size).toBe(2);
  });
});

describe("a table's file", () => {
  it("gives back what was written", () => {
    using folder = temporaryDirectory();
    fc.assert(
      fc.property(fc.array(anyLabels, { maxLength: 20 }), (all) => {
        const table = tableOf(all);
        const file = folder.file("t.series");
        writeSeriesFile(file, table);
        const read = readSeriesFile(file);
        expect(rowsOf(read)).toEqual(rowsOf(table));
        expect(read.share).toBe(table.share);
      }),
      { numRuns: 30 },
    );
  });

  it("that is damaged anywhere is an error that says so, never other figures", () => {
    using folder = temporaryDirectory();
    const file = folder.file("t.series");
    writeSeriesFile(file, tableOf(Array.from({ length: 200 }, (_, at) => ({ app: `a${at % 3}`, id: `${at}` }))));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x41;
      writeFileSync(file, bytes);
      expect(() => readSeriesFile(file)).toThrow(code("cardinality.report-damaged"));
    }
    for (const length of [0, 5, 30, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect(() => readSeriesFile(file)).toThrow(code("cardinality.report-damaged"));
    }
    expect(() => readSeriesFile(folder.file("none"))).toThrow(code("files.unreadable"));
  });
});

describe("the journal of answers", () => {
  it("gives back what was committed, cuts off the rest, and says when it is damaged", () => {
    using folder = temporaryDirectory();
    const file = folder.file("j");
    const answers = [seriesAnswer([{ a: "1" }]), seriesAnswer([{ a: "2" }]), seriesAnswer([{ a: "3" }])];
    const lengths = [0];
    {
      using journal = new AnswerJournal(file);
      for (const answer of answers) {
        journal.append(answer);
        lengths.push(journal.bytes);
      }
    }
    const taken: string[] = [];
    {
      using journal = new AnswerJournal(file);
      expect(journal.replay(lengths[2] ?? 0, (answer) => taken.push(Buffer.from(answer).toString()))).toBe(true);
      expect(taken).toEqual(answers.slice(0, 2).map((answer) => Buffer.from(answer).toString()));
      expect(readFileSync(file).length).toBe(lengths[2]);
    }
    truncateSync(file, (lengths[2] ?? 0) - 3);
    using journal = new AnswerJournal(file);
    expect(journal.replay(lengths[2] ?? 0, () => {})).toBe(false);
    expect(journal.bytes).toBe(0);
  });
});
