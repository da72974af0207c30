import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { scanBucket } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { recordedChunks, writeObject, type RecordedChunk } from "../../builders/loki-bucket.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
/** Each does sixty damages and scans once. */
const ROUNDS = 3;

async function findings(folder: string, mode: "fast" | "deep"): Promise<readonly string[]> {
  await using store = new FolderObjectStore(folder);
  const report = await scanBucket({ store, mode }, never);
  return report.findings.map(({ kind, key }) => `${kind} ${key}`).toSorted();
}

/** One thing that is done to a folder; what is found then; and how it is taken back. */
interface Damage {
  readonly expected: readonly string[];
  readonly undo: () => void;
}

function kept(folder: string, key: string): () => void {
  const path = join(folder, key);
  const bytes = existsSync(path) ? readFileSync(path) : null;
  return () => {
    if (bytes === null) rmSync(path, { force: true });
    else writeObject(folder, key, bytes);
  };
}

function overwrite(folder: string, key: string, bytes: Uint8Array, kind: string): Damage {
  const undo = kept(folder, key);
  writeObject(folder, key, bytes);
  return { expected: [`${kind} ${key}`], undo };
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << bit);
  return changed;
}

function damage(
  folder: string,
  chunk: RecordedChunk,
  other: RecordedChunk,
  kind: string,
  share: number,
  bit: number,
): Damage {
  const { key } = chunk;
  const bytes = readFileSync(join(folder, key));
  switch (kind) {
    case "zero-byte-chunk":
      return overwrite(folder, key, Buffer.alloc(0), kind);
    case "truncated-chunk":
      return overwrite(folder, key, bytes.subarray(0, 1 + Math.floor(share * (bytes.length - 1))), kind);
    case "bitflip-metadata": {
      // Both lengths are a part of it.
      const at = Math.floor(share * (chunk.metadata_length + 4));
      return overwrite(folder, key, flipped(bytes, at, bit), kind);
    }
    case "bitflip-block": {
      const block = chunk.blocks[Math.floor(share * chunk.blocks.length)] ?? chunk.blocks[0];
      if (block === undefined) throw new Error("a chunk without blocks");
      const start = chunk.metadata_length + 4 + block.position;
      return overwrite(folder, key, flipped(bytes, start + Math.floor(share * block.stored), bit), kind);
    }
    case "wrong-key-checksum":
    case "cross-tenant-chunk":
      return overwrite(folder, key, readFileSync(join(folder, other.key)), kind);
    case "missing-chunk": {
      const undo = kept(folder, key);
      rmSync(join(folder, key));
      return { expected: [`missing-chunk ${key}`], undo };
    }
    case "garbage-object": {
      const made = `${chunk.tenant}/${(BigInt(chunk.size) * 7919n).toString(16)}/${chunk.from_ms.toString(16)}:${chunk.through_ms.toString(16)}:badf00d`;
      return overwrite(
        folder,
        made,
        Buffer.from(Array.from({ length: 500 + bit }, (_, at) => (at * 131 + Math.floor(share * 251)) & 255)),
        kind,
      );
    }
    case "duplicate-chunk": {
      const made = key.replace(
        /:([0-9a-f]+):/,
        (_, through: string) => `:${(Number.parseInt(through, 16) + 1 + bit).toString(16)}:`,
      );
      return overwrite(folder, made, bytes, kind);
    }
    default:
      throw new Error(kind);
  }
}

function indexFiles(folder: string): readonly string[] {
  return readdirSync(join(folder, "index"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsdb.gz"))
    .map((name) => `index/${name.replaceAll("\\", "/")}`)
    .toSorted();
}

const KINDS = [
  "zero-byte-chunk",
  "truncated-chunk",
  "bitflip-metadata",
  "bitflip-block",
  "wrong-key-checksum",
  "cross-tenant-chunk",
  "missing-chunk",
  "garbage-object",
  "duplicate-chunk",
] as const;

describe.each(["fast", "deep"] as const)("a %s scan", (mode) => {
  it("names every documented damage of a chunk by its kind, wherever it was done", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    const chunks = recordedChunks();
    const before = await findings(work.path, mode);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(chunks.length - 1), { minLength: 60, maxLength: 60 }),
        fc.array(
          fc.tuple(
            fc.nat(9_999).map((n) => n / 10_000),
            fc.nat(7),
          ),
          { minLength: 60, maxLength: 60 },
        ),
        async (places, details) => {
          const done: Damage[] = [];
          try {
            for (const [at, place] of places.entries()) {
              const kind = KINDS[at % KINDS.length] ?? "zero-byte-chunk";
              const chunk = chunks[place];
              const [share = 0, bit = 0] = details[at] ?? [];
              if (chunk === undefined) continue;
              const used = new Set(places);
              const others = chunks.filter(
                (each, index) =>
                  !used.has(index) &&
                  (kind === "cross-tenant-chunk"
                    ? each.tenant !== chunk.tenant
                    : each.tenant === chunk.tenant && JSON.stringify(each.labels) !== JSON.stringify(chunk.labels)),
              );
              const other = others[Math.floor(share * others.length)];
              if (other === undefined) continue;
              done.push(damage(work.path, chunk, other, kind, share, bit));
            }
            const found = await findings(work.path, mode);
            const expected = [...before, ...done.flatMap(({ expected: each }) => each)].toSorted();
            expect({
              more: found.filter((x) => !expected.includes(x)),
              less: expected.filter((x) => !found.includes(x)),
            }).toEqual({ more: [], less: [] });
          } finally {
            for (const each of done.toReversed()) each.undo();
          }
        },
      ),
      { numRuns: ROUNDS, endOnFailure: true },
    );
  }, 120_000);

  it("names every documented damage of an index file by its kind", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    const files = indexFiles(work.path);
    const before = await findings(work.path, mode);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(files.length - 1),
        fc.nat(9_900).map((n) => n / 10_000),
        fc.constantFrom("corrupt", "copy", "garbage", "truncated"),
        async (place, share, how) => {
          const key = files[place] ?? "";
          const path = join(work.path, key);
          const bytes = readFileSync(path);
          const undo = kept(work.path, key);
          try {
            if (how === "copy") {
              const copy = key.replace(
                /(\d+)(-compactor|-ingester)/,
                (_, n: string, rest: string) => `${BigInt(n) + 1n}${rest}`,
              );
              copyFileSync(path, join(work.path, copy));
              const found = await findings(work.path, mode);
              rmSync(join(work.path, copy));
              expect(found.filter((x) => !before.includes(x))).toEqual([`duplicate-index-file ${copy}`]);
              return;
            }
            if (how === "garbage") writeFileSync(path, Buffer.alloc(300, 7));
            else if (how === "truncated") writeFileSync(path, bytes.subarray(0, Math.floor(share * bytes.length)));
            else {
              const changed = Buffer.from(bytes);
              const from = 10 + Math.floor(share * (bytes.length - 60));
              for (let at = from; at < from + 40; at += 1) changed[at] = ~(changed[at] ?? 0) & 255;
              writeFileSync(path, changed);
            }
            const found = await findings(work.path, mode);
            const news = found.filter((x) => !before.includes(x));
            expect({ how, key, news }).toEqual({ how, key, news: [`corrupt-gz-index ${key}`] });
          } finally {
            undo();
          }
        },
      ),
      { numRuns: ROUNDS * 2, endOnFailure: true },
    );
  }, 120_000);
});
