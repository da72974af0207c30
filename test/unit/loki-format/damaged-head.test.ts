import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOuter } from "../../../src-main/core/common/loki-format/chunk-outer.ts";
import { bytesInMemory } from "../../../src-main/core/common/loki-format/object-bytes.ts";
import { recordedChunks, recordedObjects } from "../../builders/loki-bucket.ts";

const objects = recordedObjects("objects.ndjson.gz");
const chunks = recordedChunks().slice(0, 40);

function kindsOf(bytes: Uint8Array): readonly string[] {
  return readOuter(bytesInMemory(bytes)).findings.map(({ kind }) => kind);
}

describe("a chunk's head", () => {
  it("with any bit flipped is told as damaged, and its data is still found", () => {
    fc.assert(
      fc.property(fc.nat(chunks.length - 1), fc.nat(9_999), fc.nat(7), (place, share, bit) => {
        const chunk = chunks[place];
        const bytes = Buffer.from(objects.get(chunk?.key ?? "") ?? []);
        const metadataBytes = chunk?.metadata_length ?? 0;
        const at = Math.floor((share / 10_000) * (metadataBytes + 4));
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const { part, findings } = readOuter(bytesInMemory(bytes));
        expect(findings.map(({ kind }) => kind)).toEqual([at < metadataBytes ? "metadata-unreadable" : "data-length"]);
        expect(part).toMatchObject({ dataStart: metadataBytes + 4, dataBytes: chunk?.data_length });
      }),
      { numRuns: 500 },
    );
  });

  it("that is cut off anywhere is told as truncated, and as nothing else", () => {
    const bytes = objects.get(chunks[0]?.key ?? "") ?? Buffer.alloc(0);
    for (let length = 1; length < bytes.length; length += 1) {
      expect([length, kindsOf(bytes.subarray(0, length))]).toEqual([length, ["truncated"]]);
    }
  });

  it("of other bytes is none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 400 }), (bytes) => {
        expect(kindsOf(bytes)).toEqual(["not-a-chunk"]);
      }),
    );
  });
});
