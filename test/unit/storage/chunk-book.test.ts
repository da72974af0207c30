import fc from "fast-check";
import { expect, it } from "vitest";
import { formatChunkKey, type ChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { ChunkBook } from "../../../src-main/core/storage/integrity/chunk-book.ts";

/** Few values each, so that chunks differ in one part alone. */
const chunks = fc.record({
  tenant: fc.constantFrom("acme", "globex"),
  fingerprint: fc.constantFrom(0n, 1n, 1n << 32n, (1n << 64n) - 1n),
  fromMs: fc.constantFrom(0, 1_795_354_897_453),
  throughMs: fc.constantFrom(0, 1_795_354_897_454),
  checksum: fc.constantFrom(0, 7, 0xffff_ffff),
});
const acts = fc.array(fc.tuple(fc.constantFrom("add", "refer", "damage", "forget"), chunks), { maxLength: 120 });

it("a book of chunks is what a map by key would be", () => {
  fc.assert(
    fc.property(acts, (all) => {
      const book = new ChunkBook();
      const model = new Map<string, { readonly chunk: ChunkKey; marked: boolean }>();
      for (const [act, chunk] of all) {
        const key = formatChunkKey(chunk);
        const known = model.get(key);
        expect(book.has(chunk)).toBe(known !== undefined);
        if (act === "add" && known === undefined) {
          book.add(key, chunk, 5);
          model.set(key, { chunk, marked: false });
        } else if (act === "refer") {
          expect(book.markReferenced(chunk)).toBe(known !== undefined);
          if (known !== undefined) known.marked = true;
        } else if (act === "damage") {
          book.markDamaged(chunk);
          if (known !== undefined) known.marked = true;
        } else if (act === "forget") {
          book.forget(chunk);
          model.delete(key);
        }
      }
      expect(book.size).toBe(model.size);
      const unmarked = [...model]
        .filter(([, { marked }]) => !marked)
        .map(([key, { chunk }]) => ({ key, chunk, sizeBytes: 5, sound: false }));
      const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
      expect([...book.orphans()].toSorted(byKey)).toEqual(unmarked.toSorted(byKey));
    }),
  );
});

it("a book keeps its chunks while it grows, and the keys that are written otherwise", () => {
  const book = new ChunkBook();
  const chunkOf = (at: number): ChunkKey => ({
    tenant: `t${at % 3}`,
    fingerprint: BigInt(at % 50),
    fromMs: at,
    throughMs: at + 1,
    checksum: at % 7,
  });
  for (let at = 0; at < 20_000; at += 1) {
    const form = { delimiter: at % 2 === 0 ? ":" : "-", flat: false, base64: false };
    book.add(formatChunkKey(chunkOf(at), form), chunkOf(at), at);
  }
  expect(book.size).toBe(20_000);
  for (let at = 0; at < 20_000; at += 97) {
    const delimiter = at % 2 === 0 ? ":" : "-";
    expect(book.keyOf(chunkOf(at))).toBe(formatChunkKey(chunkOf(at), { delimiter, flat: false, base64: false }));
  }
  expect(book.has(chunkOf(20_000))).toBe(false);
});
