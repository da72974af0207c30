import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import type { ArchiveContents } from "../../../../src-main/core/archive/archive-contents.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { openTextFiles } from "../../../../src-main/core/archive/text/open-text-files.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, openedText, openParts } from "../../../builders/text-archives.ts";

const lines = Array.from(
  { length: 20_000 },
  (_, at) => `2026-11-20T10:00:00.${String(at).padStart(6, "0")}Z ${randomBytes(24).toString("hex")}`,
);
const text = `${lines.join("\n")}\n`;
const half = text.indexOf("\n", text.length / 2) + 1;

const PACKINGS = [
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const;

/** What was told besides the one line that a cut may leave without its whole time. */
function besidesTheCutLine({ problems }: Pick<ArchiveContents, "problems">): readonly ArchiveProblem["error"][] {
  const errors = problems.map(({ error }) => error);
  const cut = errors.filter(({ code }) => code === "archive.lines-unreadable");
  expect(cut.length).toBeLessThanOrEqual(1);
  for (const { params } of cut) expect(params).toMatchObject({ lines: 1 });
  return errors.filter((error) => !cut.includes(error));
}

describe.each(PACKINGS)("%s", (_name, pack) => {
  async function open(bytes: Uint8Array) {
    using work = temporaryDirectory();
    writeFileSync(work.file("app.bin"), bytes);
    const contents = await openedText([work.file("app.bin")], work.path);
    return { contents, read: entriesOf(contents.blocks) };
  }

  it("is known by its first bytes, whatever its name", async () => {
    const { contents, read } = await open(pack(Buffer.from(text)));
    expect(read.map(({ line }) => line)).toEqual(lines);
    expect(contents.problems).toEqual([]);
    expect(read[0]?.labels).toEqual({ filename: "app.bin" });
  });

  it("several members one after another are one file", async () => {
    const parts = [pack(Buffer.from(text.slice(0, half))), pack(Buffer.from("")), pack(Buffer.from(text.slice(half)))];
    for (let times = 0; times < 5; times++) {
      // oxlint-disable-next-line no-await-in-loop -- a decoder that is given too much fails only now and then
      const { contents, read } = await open(Buffer.concat([...parts, ...parts]));
      expect(read).toHaveLength(2 * lines.length);
      expect(contents.problems).toEqual([]);
    }
  });

  it("padding of zeros behind it is nothing, other bytes are told", async () => {
    const packed = pack(Buffer.from(text));
    const padded = await open(Buffer.concat([packed, Buffer.alloc(600)]));
    expect([padded.read.length, padded.contents.problems]).toEqual([lines.length, []]);
    const trailed = await open(Buffer.concat([packed, Buffer.from("trailing")]));
    expect(trailed.read).toHaveLength(lines.length);
    expect(trailed.contents.problems.map(({ error }) => error.params)).toEqual([
      { part: "app.bin", problem: "8 bytes follow the packed data" },
    ]);
  });

  it("cut off, what is before the cut is read and the byte is told", async () => {
    const packed = pack(Buffer.from(text));
    const { contents, read } = await open(packed.subarray(0, packed.length - 20_000));
    expect(read.length).toBeGreaterThan(lines.length / 2);
    expect(read.slice(0, -1).map(({ line }) => line)).toEqual(lines.slice(0, read.length - 1));
    expect(besidesTheCutLine(contents).map(({ code, params }) => [code, params])).toEqual([
      ["archive.truncated", { part: "app.bin", atByte: packed.length - 20_000 }],
    ]);
    expect(contents.completeness).toEqual({
      verdict: "incomplete",
      reasons: [{ kind: "partial-failure", part: "app.bin", code: "archive.truncated" }],
    });
  });

  it("cut anywhere, nothing is made up and the cut is told", async () => {
    const small = `${lines.slice(0, 50).join("\n")}\n`;
    const packed = pack(Buffer.from(small));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 12, max: packed.length - 1 }), async (cut) => {
        using work = temporaryDirectory();
        writeFileSync(work.file("app"), packed.subarray(0, cut));
        mkdirSync(work.file("again"));
        const parts = openParts(work.path);
        const outcome = await openTextFiles([work.file("app")], { timelessFromNs: "0", zone: "UTC" }, parts).catch(
          (error: unknown) => error,
        );
        // So little may be left that there is no line.
        if (isAppError(outcome)) {
          expect(outcome.code).toBe("archive.truncated");
          return;
        }
        const contents = await openedText([work.file("app")], work.file("again"), { timelessFromNs: "0", zone: "UTC" });
        expect(besidesTheCutLine(contents).map(({ code }) => code)).toEqual(["archive.truncated"]);
        const read = entriesOf(contents.blocks).map(({ line }) => line);
        expect(small.startsWith(read.join("\n"))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("a bomb is stopped at the limit", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("bomb"), pack(Buffer.alloc(50 * 2 ** 20, "a\n")));
    expect(statSync(work.file("bomb")).size).toBeLessThan(100_000);
    const opening = openTextFiles([work.file("bomb")], {}, openParts(work.path, { unpackMaxBytes: 2 ** 20 }));
    await expect(opening).rejects.toMatchObject({
      code: "archive.unpack-too-large",
      params: { part: "bomb", limitBytes: 2 ** 20 },
    });
    expect(readdirSync(work.path).map((name) => statSync(work.file(name)).size <= 2 ** 20)).not.toContain(false);
  });
});

it("gzip with damaged data gives what is before the damage, and says so", async () => {
  using work = temporaryDirectory();
  const packed = gzipSync(Buffer.from(text));
  const at = packed.length >> 1;
  packed[at] = (packed[at] ?? 0) ^ 0xff;
  writeFileSync(work.file("app.gz"), packed);
  const contents = await openedText([work.file("app.gz")], work.path, { zone: "UTC" });
  const read = entriesOf(contents.blocks).map(({ line }) => line);
  expect(read.slice(0, 8_000)).toEqual(lines.slice(0, 8_000));
  expect(besidesTheCutLine(contents).map(({ code }) => code)).toEqual(["archive.damaged"]);
});

describe("zip", () => {
  async function zipOf(entries: Readonly<Record<string, Buffer>>): Promise<Buffer> {
    const zip = new ZipFile();
    for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name);
    zip.end();
    return buffer(zip.outputStream);
  }

  it("each file is read, packed ones too", async () => {
    using work = temporaryDirectory();
    const zip = await zipOf({
      "logs/a.log": Buffer.from("2026-11-20T10:00:00Z a\n"),
      "logs/b.log.gz": gzipSync("2026-11-20T10:00:01Z b\n"),
    });
    writeFileSync(work.file("logs.zip"), zip);
    const contents = await openedText([work.file("logs.zip")], work.path);
    expect(entriesOf(contents.blocks).map(({ labels, line }) => [labels["filename"], line])).toEqual([
      ["a.log", "2026-11-20T10:00:00Z a"],
      ["b.log.gz", "2026-11-20T10:00:01Z b"],
    ]);
  });

  it("a bomb is stopped at the limit of all files together", async () => {
    using work = temporaryDirectory();
    writeFileSync(
      work.file("a.zip"),
      await zipOf({ a: Buffer.alloc(2 ** 20, "a\n"), b: Buffer.alloc(2 ** 20, "a\n") }),
    );
    const opening = openTextFiles([work.file("a.zip")], {}, openParts(work.path, { unpackMaxBytes: 1.5 * 2 ** 20 }));
    await expect(opening).rejects.toThrow(/archive.unpack-too-large/);
  });

  it("names that lead out of the folder, and a ZIP cut off, are archive.damaged", async () => {
    using work = temporaryDirectory();
    const zip = await zipOf({ "aa/evil.log": Buffer.from("2026-11-20T10:00:00Z a\n") });
    const evil = Buffer.from(zip.toString("latin1").replaceAll("aa/evil.log", "../evil.log"), "latin1");
    writeFileSync(work.file("evil.zip"), evil);
    await expect(openTextFiles([work.file("evil.zip")], {}, openParts(work.path))).rejects.toThrow(/archive.damaged/);
    writeFileSync(work.file("cut.zip"), zip.subarray(0, zip.length - 30));
    await expect(openTextFiles([work.file("cut.zip")], {}, openParts(work.path))).rejects.toThrow(/archive.damaged/);
  });
});
