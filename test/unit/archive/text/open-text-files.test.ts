import { appendFileSync, copyFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatNanoUtc } from "../../../../src-shared/model/nano-time.ts";
import { decodeTextBlock } from "../../../../src-main/core/archive/text/decode-text-block.ts";
import { openTextFiles } from "../../../../src-main/core/archive/text/open-text-files.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, openedText, openParts, questionsOf, writeLines } from "../../../builders/text-archives.ts";

const utc = { zone: "UTC", year: 2026 };

describe("entries of many lines", () => {
  it("lines without a time join the entry before, without carriage returns and empty lines at its end", async () => {
    using work = temporaryDirectory();
    const file = writeLines(
      work.file("a.log"),
      [
        "banner",
        "second",
        "2026-11-20 10:00:00 failed",
        "\tat x.Y",
        "",
        "Caused by: z",
        "",
        "2026-11-20 10:00:01 next",
      ],
      "\r\n",
    );
    const contents = await openedText([file], work.path, utc);
    expect(entriesOf(contents.blocks).map(({ ns, line }) => [formatNanoUtc(ns).slice(11, 19), line])).toEqual([
      ["10:00:00", "banner\nsecond"],
      ["10:00:00", "2026-11-20 10:00:00 failed\n\tat x.Y\n\nCaused by: z"],
      ["10:00:01", "2026-11-20 10:00:01 next"],
    ]);
  });

  it("a last line without a newline is kept", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("a.log"), "2026-11-20 10:00:00 a\n2026-11-20 10:00:01 b");
    const contents = await openedText([work.file("a.log")], work.path, utc);
    expect(entriesOf(contents.blocks).map(({ line }) => line)).toEqual([
      "2026-11-20 10:00:00 a",
      "2026-11-20 10:00:01 b",
    ]);
  });

  it("a line of 100 MB over many blocks is one entry", async () => {
    using work = temporaryDirectory();
    const long = Buffer.alloc(100 * 2 ** 20, "x");
    writeFileSync(work.file("a.log"), "2026-11-20 10:00:00 a\n2026-11-20 10:00:01 ");
    appendFileSync(work.file("a.log"), long);
    appendFileSync(work.file("a.log"), "\n2026-11-20 10:00:02 c\n");
    const contents = await openedText([work.file("a.log")], work.path, utc);
    const lengths = contents.blocks.flatMap(({ place }) => {
      if (place.kind !== "text") throw new Error("no text block");
      const { lineStarts, lineEnds } = decodeTextBlock(place);
      return Array.from(lineStarts, (start, row) => (lineEnds[row] ?? 0) - start);
    });
    expect(lengths).toEqual([21, 20 + long.length, 21]);
    expect(contents.problems).toEqual([]);
  });
});

describe("times", () => {
  it("out of order, in the year 0 and 9999, on days that are none: each line is kept and told", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), [
      "2026-11-20T10:00:01Z a",
      "0000-00-00 00:00:00 b",
      "9999-12-31T23:59:59Z c",
      "2026-02-30T10:00:00Z d",
      "2026-11-20T10:00:00Z e",
    ]);
    const contents = await openedText([file], work.path, utc);
    expect(entriesOf(contents.blocks).map(({ ns, line }) => [formatNanoUtc(ns).slice(11, 19), line.slice(-1)])).toEqual(
      [
        ["10:00:01", "a"],
        ["10:00:01", "b"],
        ["10:00:01", "c"],
        ["10:00:01", "d"],
        ["10:00:00", "e"],
      ],
    );
    expect(contents.blocks[0]?.sorted).toBe(false);
    expect(contents.problems.map(({ error }) => [error.code, error.params["lines"]])).toEqual([
      ["archive.lines-unreadable", 1],
      ["archive.times-unrepresentable", 2],
    ]);
  });

  it("years are counted along past New Year, back too where lines are out of order", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), [
      "Nov 20 10:00:00 h a",
      "Dec 31 23:59:59 h b",
      "Jan  1 00:00:00 h c",
      "Dec 31 23:59:58 h d",
      "Jan  2 00:00:00 h e",
    ]);
    const contents = await openedText([file], work.path, { zone: "UTC", year: 2024 });
    expect(entriesOf(contents.blocks).map(({ ns }) => formatNanoUtc(ns).slice(0, 10))).toEqual([
      "2024-11-20",
      "2024-12-31",
      "2025-01-01",
      "2024-12-31",
      "2025-01-02",
    ]);
  });

  it("what a file does not say is asked once, with the line that shows it", async () => {
    using work = temporaryDirectory();
    const outcome = await openTextFiles(
      [
        writeLines(work.file("a.log"), ["Nov 20 10:00:00 h a", "Nov 20 10:00:00 h b"]),
        writeLines(work.file("b.log"), ["Nov 21 10:00:00 h a", "Nov 21 10:00:00 h b"]),
        writeLines(work.file("c.log"), ["no time", "at all"]),
      ],
      {},
      openParts(work.path),
    );
    expect(questionsOf(outcome)).toEqual({
      zone: "Nov 20 10:00:00 h a",
      year: "Nov 20 10:00:00 h a",
      timeless: "no time",
    });
  });

  it("lines without any time follow the instant that was said, nanosecond by nanosecond", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), ["one", "", "three"]);
    const contents = await openedText([file], work.path, { timelessFromNs: "1795168800000000000" });
    expect(entriesOf(contents.blocks).map(({ ns, line }) => [ns - 1_795_168_800_000_000_000n, line])).toEqual([
      [0n, "one"],
      [1n, ""],
      [2n, "three"],
    ]);
  });

  it.each([
    [["03/04/2026 10:00:00 a", "13/04/2026 10:00:00 b"], "dd/mm/yyyy"],
    [["03/04/2026 10:00:00 a", "03/14/2026 10:00:00 b"], "mm/dd/yyyy"],
    [["12/11/2026 10:00:00 a", "01/12/2026 10:00:00 b"], "dd/mm/yyyy"],
  ])("day and month are told apart by the file's own lines: %j", async (lines, rule) => {
    using work = temporaryDirectory();
    const contents = await openedText([writeLines(work.file("a.log"), lines)], work.path, utc);
    expect(contents.formats).toEqual([`text: ${rule}`]);
  });

  it.each([
    ["near days of one order", ["10/11/26 10:00:00 a", "10/12/26 10:00:00 b", "10/13/26 10:00:00 c"], "mm/dd/yy"],
    ["near days, none above 12", ["10/03/26 10:00:00 a", "10/04/26 10:00:00 b", "10/05/26 10:00:00 c"], "mm/dd/yy"],
    ["one day only: the year first", ["10/11/12 10:00:00 a", "10/11/12 10:00:01 b"], "yy/mm/dd"],
    ["a day that is no month", ["17/06/31 10:00:00 a", "17/07/01 10:00:01 b"], "yy/mm/dd"],
  ])("years of two digits: %s", async (_why, lines, rule) => {
    using work = temporaryDirectory();
    const contents = await openedText([writeLines(work.file("a.log"), lines)], work.path, utc);
    expect(contents.formats).toEqual([`text: ${rule}`]);
  });

  it("two kinds of times in one file are both read", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("nginx.log"), [
      '10.0.0.1 - - [20/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200',
      '10.0.0.1 - - [20/Nov/2026:10:00:02 +0000] "GET / HTTP/1.1" 502',
      "2026/11/20 10:00:02 [error] 7#7: upstream timed out",
      "2026/11/20 10:00:03 [error] 7#7: upstream timed out",
      '10.0.0.1 - - [20/Nov/2026:10:00:04 +0000] "GET / HTTP/1.1" 200',
    ]);
    const contents = await openedText([file], work.path, utc);
    expect(contents.formats).toEqual(["text: day-month-year@brackets + iso"]);
    expect(entriesOf(contents.blocks).map(({ ns }) => formatNanoUtc(ns).slice(17, 19))).toEqual([
      "00",
      "02",
      "02",
      "03",
      "04",
    ]);
  });

  it("where no line tells day from month, it is asked, and the answer is taken", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), ["03/04/2026 10:00:00 a", "04/04/2026 10:00:00 b"]);
    expect(questionsOf(await openTextFiles([file], utc, openParts(work.path)))).toEqual({
      dayOrder: "03/04/2026 10:00:00 a",
    });
    const days = async (dayOrder: "day-first" | "month-first") =>
      entriesOf((await openedText([file], work.path, { ...utc, dayOrder })).blocks).map(({ ns }) =>
        formatNanoUtc(ns).slice(0, 10),
      );
    expect(await days("day-first")).toEqual(["2026-04-03", "2026-04-04"]);
    expect(await days("month-first")).toEqual(["2026-03-04", "2026-04-04"]);
  });

  it("one line that looks like a time in a long text is no format", async () => {
    using work = temporaryDirectory();
    const lines = Array.from({ length: 60_000 }, (_, at) =>
      at === 7 ? "2026-11-20 10:00:00 once" : `plain text line ${at}`,
    );
    const outcome = await openTextFiles([writeLines(work.file("a.log"), lines)], {}, openParts(work.path));
    expect(questionsOf(outcome)).toEqual({ timeless: "plain text line 0" });
  });
});

describe("files", () => {
  it("a folder is read whole, sorted; files of one name are told apart by their folders", async () => {
    using work = temporaryDirectory();
    mkdirSync(work.file("logs/b"), { recursive: true });
    mkdirSync(work.file("logs/a"), { recursive: true });
    mkdirSync(work.file("out"));
    for (const name of ["b/app.log", "a/app.log", "z.log", ".hidden"]) {
      writeLines(work.file(`logs/${name}`), [`2026-11-20T10:00:00Z ${name}`]);
    }
    const contents = await openedText([work.file("logs")], work.file("out"));
    expect(contents.title).toBe("logs");
    expect(entriesOf(contents.blocks).map(({ labels, line }) => [labels["filename"], line.slice(21)])).toEqual([
      ["a/app.log", "a/app.log"],
      ["b/app.log", "b/app.log"],
      ["z.log", "z.log"],
    ]);
  });

  it("binary files are not for this opener; among logs they are told", async () => {
    using work = temporaryDirectory();
    mkdirSync(work.file("logs"));
    copyFileSync(process.execPath, work.file("logs/program"));
    truncateSync(work.file("logs/program"), 100_000);
    expect(await openTextFiles([work.file("logs")], {}, openParts(work.path))).toBeNull();
    writeLines(work.file("logs/a.log"), ["2026-11-20T10:00:00Z a"]);
    const contents = await openedText([work.file("logs")], work.path);
    expect(contents.problems.map(({ part, error }) => [part, error.code])).toEqual([
      ["program", "archive.not-recognised"],
    ]);
    expect(contents.completeness.verdict).toBe("incomplete");
  });

  it("an empty file is refused alone, and told among others", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("empty.log"), "");
    await expect(openTextFiles([work.file("empty.log")], {}, openParts(work.path))).rejects.toThrow(/archive.empty/);
    const file = writeLines(work.file("a.log"), ["2026-11-20T10:00:00Z a"]);
    const contents = await openedText([work.file("empty.log"), file], work.path);
    expect(contents.problems.map(({ error }) => error.code)).toEqual(["archive.empty"]);
    expect(contents.completeness.verdict).toBe("complete");
  });

  it("what is appended to an open file is left out; one that shrinks or is replaced is archive.changed", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), ["2026-11-20T10:00:00Z a", "2026-11-20T10:00:01Z b"]);
    const { blocks } = await openedText([file], work.path);
    appendFileSync(file, "2026-11-20T10:00:02Z c\n");
    expect(entriesOf(blocks).map(({ line }) => line.at(-1))).toEqual(["a", "b"]);
    truncateSync(file, 30);
    expect(() => entriesOf(blocks)).toThrow(/archive.changed/);
    writeLines(file, ["2026-11-20T10:00:00Z x", "2026-11-20T10:00:01Z y", "2026-11-20T10:00:02Z z"]);
    expect(() => entriesOf(blocks)).toThrow(/archive.changed/);
    rmSync(file);
    expect(() => entriesOf(blocks)).toThrow(/archive.changed/);
  });

  it("an opening that is given up ends with the reason", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), ["2026-11-20T10:00:00Z a"]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(openTextFiles([file], {}, openParts(work.path, { signal }))).rejects.toThrow("enough");
  });

  it("progress runs from 0 to 1 and never back", async () => {
    using work = temporaryDirectory();
    const seen: number[] = [];
    const paths = ["HDFS", "Spark"].map((name) => `test/fixtures/loghub/${name}_2k.log`);
    await openedText(paths, work.path, utc, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
