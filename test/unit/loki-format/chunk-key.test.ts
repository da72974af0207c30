import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatChunkKey, parseChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { exactMilliseconds } from "../../../src-main/core/common/loki-format/chunk-metadata.ts";

const KEY = {
  tenant: "acme",
  fingerprint: 0x10a13186a325855cn,
  fromMs: 0x1a2037dac2d,
  throughMs: 0x1a2037f2afe,
  checksum: 0xea414bac,
};

describe("keys of chunks", () => {
  it("read as Loki writes them, in every form that it has had", () => {
    for (const text of [
      "acme/10a13186a325855c/1a2037dac2d:1a2037f2afe:ea414bac",
      "acme/10a13186a325855c:1a2037dac2d:1a2037f2afe:ea414bac",
      "acme/10a13186a325855c/1a2037dac2d-1a2037f2afe-ea414bac",
      "acme/10a13186a325855c/1a2037dac2d%3A1a2037f2afe%3Aea414bac",
      "acme/10a13186a325855c/MWEyMDM3ZGFjMmQ6MWEyMDM3ZjJhZmU6ZWE0MTRiYWM=",
      "acme/MTBhMTMxODZhMzI1ODU1YzoxYTIwMzdkYWMyZDoxYTIwMzdmMmFmZTplYTQxNGJhYw==",
    ]) {
      const parsed = parseChunkKey(text);
      expect({ text, key: parsed?.key }).toEqual({ text, key: KEY });
      expect(parsed === null ? "" : formatChunkKey(parsed.key, parsed.form)).toBe(text);
    }
  });

  it("survive the way out and back, whatever the numbers", () => {
    const form = fc.record({
      delimiter: fc.constantFrom(":", "-", "_", "%3A"),
      flat: fc.boolean(),
      base64: fc.boolean(),
    });
    const key = fc.record({
      tenant: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
      fingerprint: fc.bigInt(0n, 2n ** 64n - 1n),
      fromMs: fc.nat({ max: 2 ** 43 }),
      throughMs: fc.nat({ max: 2 ** 43 }),
      checksum: fc.nat({ max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(key, form, (written, how) => {
        expect(parseChunkKey(formatChunkKey(written, how))?.key).toEqual(written);
      }),
    );
  });

  it("are told from everything else", () => {
    for (const text of [
      "",
      "acme",
      "/10a1/1:2:3",
      "acme/README.txt",
      "acme/10a1/1:2",
      "acme/10a1/1:2:3:4",
      "acme/10A1/1:2:3",
      "acme/10a1/1:2:123456789",
      "acme/123456789abcdef01/1:2:3",
      "index/index_20777/acme/1795355222658276808-compactor-1795168800000-1795170299000-8e64afbc.tsdb.gz",
      "loki_cluster_seed.json",
    ]) {
      expect({ text, parsed: parseChunkKey(text) }).toEqual({ text, parsed: null });
    }
  });
});

describe("bounds of chunks", () => {
  it("are milliseconds to the last one, however the seconds are written", () => {
    expect(
      ["1795354897.453", "1795354897.45", "1795354897", "1.795354897453e+09", "1.795354897e9", "0"].map(
        exactMilliseconds,
      ),
    ).toEqual([1_795_354_897_453, 1_795_354_897_450, 1_795_354_897_000, 1_795_354_897_453, 1_795_354_897_000, 0]);
    expect(["", "x", "1.2345", "1e400", "0x1", "--1"].map(exactMilliseconds)).toEqual(Array(6).fill(null));
  });

  it("of any millisecond are that millisecond", () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_102_444_800_000 }), (ms) => {
        const text = `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
        expect(exactMilliseconds(text)).toBe(ms);
      }),
    );
  });
});
