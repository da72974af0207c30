import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectEncoding } from "../../../../src-main/core/archive/unpack/detect-encoding.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, openedText } from "../../../builders/text-archives.ts";

const lines = Array.from({ length: 5 }, (_, at) => `2026-11-20T10:00:0${at}Z 登录失败 naïve 😀 ${at}`);
const text = `${lines.join("\n")}\n`;
const mark = Buffer.from("\ufeff");

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16();
}

/** GBK as an encoder writes it: each character looked up in the decoder. */
function gbk(line: string): Buffer {
  const decoder = new TextDecoder("gbk");
  const table = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if ([...character].length === 1 && character !== "\ufffd" && !table.has(character))
        table.set(character, [lead, trail]);
    }
  }
  return Buffer.from([...line].flatMap((character) => table.get(character) ?? [character.charCodeAt(0)]));
}

describe("files", () => {
  it.each([
    ["utf-16le with a mark", Buffer.from(`\ufeff${text}`, "utf16le"), "text: iso, utf-16le"],
    ["utf-16be with a mark", swapped(Buffer.from(`\ufeff${text}`, "utf16le")), "text: iso, utf-16be"],
    ["utf-16le without", Buffer.from(text, "utf16le"), "text: iso, utf-16le"],
    ["utf-16be without", swapped(Buffer.from(text, "utf16le")), "text: iso, utf-16be"],
    ["utf-8 with a mark", Buffer.concat([mark, Buffer.from(text)]), "text: iso"],
    ["utf-8", Buffer.from(text), "text: iso"],
  ])("%s is read", async (_name, bytes, format) => {
    using work = temporaryDirectory();
    writeFileSync(work.file("a.log"), bytes);
    const contents = await openedText([work.file("a.log")], work.path);
    expect(contents.formats).toEqual([format]);
    expect(contents.problems).toEqual([]);
    expect(entriesOf(contents.blocks).map(({ line }) => line)).toEqual(lines);
  });

  it("GBK is told by its bytes", async () => {
    using work = temporaryDirectory();
    const chinese = lines.map((line) => line.replace("naïve 😀", "密码错误"));
    writeFileSync(work.file("a.log"), gbk(`${chinese.join("\r\n")}\r\n`));
    const contents = await openedText([work.file("a.log")], work.path);
    expect(contents.formats).toEqual(["text: iso, gbk"]);
    expect(entriesOf(contents.blocks).map(({ line }) => line)).toEqual(chinese);
  });

  it("UTF-8 with some wrong bytes stays as it is, byte for byte", async () => {
    using work = temporaryDirectory();
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from("2026-11-20T10:00:09Z caf\xe9 \xff\n", "latin1")]);
    writeFileSync(work.file("a.log"), bytes);
    const contents = await openedText([work.file("a.log")], work.path);
    expect(contents.formats).toEqual(["text: iso"]);
    expect(entriesOf(contents.blocks).at(-1)?.line).toBe("2026-11-20T10:00:09Z caf\ufffd \ufffd");
    expect(contents.blocks[0]?.bytes).toBe(bytes.length - lines.length - 1);
  });

  it("an encoding that was said is taken", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("a.log"), Buffer.from("2026-11-20T10:00:00Z \xc4\xe3\n", "latin1"));
    const contents = await openedText([work.file("a.log")], work.path, { encoding: "gbk" });
    expect(entriesOf(contents.blocks).map(({ line }) => line)).toEqual(["2026-11-20T10:00:00Z 你"]);
  });
});

describe("detection", () => {
  it.each([
    ["latin-1 text", Buffer.from("l'\xe9t\xe9 est fini, na\xefve caf\xe9 d\xe9j\xe0 vu\n", "latin1"), "utf-8"],
    ["text with a run of zeros", Buffer.concat([Buffer.from(text), Buffer.alloc(5_000), Buffer.from(text)]), "utf-8"],
    ["colours of a terminal", Buffer.from("\u001b[31merror\u001b[0m\n"), "utf-8"],
    ["zeros", Buffer.alloc(1_000), "binary"],
    [
      "an executable's head",
      Buffer.from("7f454c4602010100000000000000000003003e0001000000a0b0000000000000", "hex"),
      "binary",
    ],
    [
      "a TAR's head",
      Buffer.concat([Buffer.from("a.log"), Buffer.alloc(95), Buffer.from("0000644\0".repeat(50))]),
      "binary",
    ],
  ])("%s", (_name, bytes, encoding) => {
    expect(detectEncoding([bytes]).encoding).toBe(encoding);
  });
});
