import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UPLOAD_PIECE_BYTES } from "../../../src-shared/api/archives.api.ts";
import { ArchiveUploads } from "../../../src-main/core/archive/archive-uploads.ts";
import { safeFileName } from "../../../src-main/core/archive/upload-name.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

interface Bench extends Disposable {
  readonly uploads: ArchiveUploads;
  readonly clock: ManualClock;
  readonly directory: string;
}

async function bench(profile: TemporaryDirectory, maxBytes = 2 ** 30): Promise<Bench> {
  const clock = new ManualClock();
  const directory = profile.file("uploads");
  const uploads = new ArchiveUploads({ directory, maxBytes: () => maxBytes, clock, logger: new RecordingLogger() });
  await uploads.forgetOthers([]);
  return { uploads, clock, directory, [Symbol.dispose]: () => uploads[Symbol.dispose]() };
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("uploads", () => {
  it("puts pieces together byte for byte", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    const bytes = Buffer.from(Array.from({ length: UPLOAD_PIECE_BYTES + 999 }, (_, index) => index % 251));
    const upload = await parts.uploads.begin("a.bin", bytes.length, "ada");
    const first = bytes.subarray(0, UPLOAD_PIECE_BYTES).toString("base64");
    expect(await parts.uploads.piece(upload, 0, first, "ada")).toBe(UPLOAD_PIECE_BYTES);
    const rest = bytes.subarray(UPLOAD_PIECE_BYTES).toString("base64");
    expect(await parts.uploads.piece(upload, UPLOAD_PIECE_BYTES, rest, "ada")).toBe(bytes.length);
    expect(readFileSync(parts.uploads.file(upload, "ada")).equals(bytes)).toBe(true);
  });

  it("refuses a piece that is not the next one, and goes on with the one that is", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    const upload = await parts.uploads.begin("a.log", 6, "ada");
    await parts.uploads.piece(upload, 0, base64("abc"), "ada");
    for (const offset of [0, 2, 4]) {
      await expect(parts.uploads.piece(upload, offset, base64("x"), "ada")).rejects.toMatchObject({
        code: "archive.upload-out-of-order",
        params: { expected: 3, got: offset },
      });
    }
    await parts.uploads.piece(upload, 3, base64("def"), "ada");
    expect(readFileSync(parts.uploads.file(upload, "ada"), "utf8")).toBe("abcdef");
  });

  it("writes pieces that were sent without waiting in their order", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    const upload = await parts.uploads.begin("a.log", 30, "ada");
    const sent = Array.from({ length: 10 }, (_, index) =>
      parts.uploads.piece(upload, index * 3, base64(`${index}--`), "ada"),
    );
    await Promise.all(sent);
    expect(readFileSync(parts.uploads.file(upload, "ada"), "utf8")).toBe("0--1--2--3--4--5--6--7--8--9--");
  });

  it("takes no byte more than was announced, and nothing larger than it may be", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile, 100);
    await expect(parts.uploads.begin("a.log", 101, "ada")).rejects.toMatchObject({ code: "archive.upload-too-large" });
    const upload = await parts.uploads.begin("a.log", 4, "ada");
    await parts.uploads.piece(upload, 0, base64("abc"), "ada");
    await expect(parts.uploads.piece(upload, 3, base64("de"), "ada")).rejects.toMatchObject({
      code: "archive.upload-too-large",
    });
    expect(() => parts.uploads.file(upload, "ada")).toThrow("archive.upload-out-of-order");
  });

  it("begins nothing that the disk has no room for, counting what is promised to others", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile, 2 ** 62);
    await expect(parts.uploads.begin("huge.log", 2 ** 60, "ada")).rejects.toMatchObject({ code: "files.disk-full" });
    expect(readdirSync(parts.directory)).toEqual([]);
  });

  it("is known to its owner alone", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    const upload = await parts.uploads.begin("a.log", 3, "ada");
    await expect(parts.uploads.piece(upload, 0, base64("abc"), "eve")).rejects.toMatchObject({
      code: "archive.upload-unknown",
    });
    expect(() => parts.uploads.file(upload, "eve")).toThrow("archive.upload-unknown");
    expect(await parts.uploads.drop(upload, "eve")).toBe(false);
    expect(await parts.uploads.drop(upload, "ada")).toBe(true);
    expect(readdirSync(parts.directory)).toEqual([]);
  });

  it("goes after a day in which no piece came", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    const idle = await parts.uploads.begin("idle.log", 3, "ada");
    const busy = await parts.uploads.begin("busy.log", 6, "ada");
    await parts.clock.advance(20 * 3_600_000);
    await parts.uploads.piece(busy, 0, base64("abc"), "ada");
    await parts.clock.advance(6 * 3_600_000);
    await expect.poll(() => readdirSync(parts.directory)).toEqual([busy]);
    expect(() => parts.uploads.file(idle, "ada")).toThrow("archive.upload-unknown");
  });

  it("removes at the start what belongs to no archive", async () => {
    using profile = temporaryDirectory();
    using parts = await bench(profile);
    for (const name of ["kept", "lost"]) {
      mkdirSync(join(parts.directory, name));
      writeFileSync(join(parts.directory, name, "a.log"), "x");
    }
    await parts.uploads.forgetOthers(["kept"]);
    expect(readdirSync(parts.directory)).toEqual(["kept"]);
  });
});

describe("the name of an uploaded file", () => {
  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\logs\\app.log", "app.log"],
    ["..", "file_"],
    [".bashrc", "bashrc"],
    ["con.log", "file_con.log"],
    ["支付 2026-11-20.log.gz", "支付 2026-11-20.log.gz"],
    ["a\u202egol.exe", "a_gol.exe"],
  ])("%j is kept as %j", (given, kept) => {
    expect(safeFileName(given)).toBe(kept);
  });

  it("is one name of at most 200 bytes that hides nothing, whatever a page sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (name) => {
        const safe = safeFileName(name);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
        expect(safe).toMatch(/^[^./\\\s][^/\\]*$/u);
      }),
    );
  });
});
