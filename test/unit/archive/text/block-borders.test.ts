import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import type { LineReading } from "../../../../src-main/core/archive/archive-block.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, indexedBlocks } from "../../../builders/text-archives.ts";

const KINDS: readonly {
  readonly name: string;
  readonly reading: Partial<LineReading>;
  readonly lines: readonly string[];
}[] = [
  {
    name: "text with times",
    reading: { timeRule: "iso", zone: "UTC" },
    lines: [
      "2026-11-20T10:00:00.123456789Z one",
      "2026-11-20 10:00:01,5 two",
      "2026-11-20T09:00:00Z late",
      "9999-01-01T00:00:00Z never",
      "2026-02-30T00:00:00Z no day",
      "\tat x.Y(Z.java:1)",
      "Caused by: y",
      "",
      "é",
    ],
  },
  {
    name: "text without years",
    reading: { timeRule: "syslog", zone: "UTC", year: 2025 },
    lines: [
      "Nov 20 10:00:00 a",
      "Dec 31 23:59:59 b",
      "Jan  1 00:00:01 c",
      "Feb 29 10:00:00 d",
      "Jul  1 09:00:00 e",
      "  f",
    ],
  },
  {
    name: "timeless text",
    reading: { timelessFromNs: 1_795_168_800_000_000_000n },
    lines: ["a", "", "b c", "2026"],
  },
  {
    name: "CRI",
    reading: { format: "cri" },
    lines: [
      "2026-11-20T10:00:00.1Z stdout F full",
      "2026-11-20T10:00:00.2Z stdout P part ",
      "2026-11-20T10:00:00.3Z stderr F error",
      "2026-11-20T10:00:00.4Z stderr P err part ",
      "2026-11-20T10:00:00.5Z stdout F ",
      "garbage",
    ],
  },
  {
    name: "Docker",
    reading: { format: "docker-json" },
    lines: [
      String.raw`{"log":"full\n","stream":"stdout","time":"2026-11-20T10:00:00.1Z"}`,
      String.raw`{"log":"part \u00e9","stream":"stdout","time":"2026-11-20T10:00:00.2Z"}`,
      String.raw`{"log":"error\r\n","stream":"stderr","attrs":{"tag":"x"},"time":"2026-11-20T10:00:00.3Z"}`,
      String.raw`{"log":"err part","stream":"stderr","time":"2026-11-20T10:00:00.4Z"}`,
      "{broken",
    ],
  },
  {
    name: "entries of a Loki",
    reading: { format: "kubemate-ndjson", labels: { filename: "x" } },
    lines: [
      String.raw`{"labels":{"a":"1"},"ts":"1795168801437725612","line":"x\ty"}`,
      String.raw`{"ts":1795168801437725613,"line":"z","labels":{"a":"2"},"metadata":{"m":"\"1\""},"parsed":{"p":"q"}}`,
      '{"labels":{"a":"1"},"ts":"99999999999999999999","line":"never"}',
      "not json",
      "",
    ],
  },
  {
    name: "kubectl with prefix and times",
    reading: { format: "kubectl-timestamps", labels: { filename: "x" } },
    lines: [
      "[pod/a/b] 2026-11-20T10:00:00.123456789Z one",
      "[pod/a/c] 2026-11-20T10:00:00.123456788Z two",
      "2026-11-20T10:00:01.123456788Z three",
      "four",
    ],
  },
];

describe.each(KINDS)("$name", ({ reading, lines }) => {
  it("a file cut into blocks anywhere holds the same entries", async () => {
    using work = temporaryDirectory();
    const file = work.file("a.log");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.integer({ min: 1, max: 120 }),
        async (chosen, lineEnd, endsOpen, blockBytes) => {
          const text = chosen.join(lineEnd) + (endsOpen ? "" : lineEnd);
          fc.pre(text !== "");
          writeFileSync(file, text);
          const whole = await indexedBlocks(file, reading, 2 ** 20);
          const cut = await indexedBlocks(file, reading, blockBytes);
          expect(entriesOf(cut)).toEqual(entriesOf(whole));
          const sum = (pick: (index: (typeof cut)[number]["index"]) => number) =>
            [cut, whole].map((blocks) => blocks.reduce((total, { index }) => total + pick(index), 0));
          for (const pick of [
            (index: (typeof cut)[number]["index"]) => index.rows,
            (index: (typeof cut)[number]["index"]) => index.lineBytes,
            (index: (typeof cut)[number]["index"]) => index.unreadableLines,
            (index: (typeof cut)[number]["index"]) => index.unrepresentableTimes,
          ]) {
            const [inBlocks, atOnce] = sum(pick);
            expect(inBlocks).toBe(atOnce);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

it("what the index says of a block is what its rows are", async () => {
  using work = temporaryDirectory();
  const file = work.file("a.log");
  const [{ lines, reading } = { lines: [], reading: {} }] = KINDS;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 10, max: 300 }),
      async (chosen, blockBytes) => {
        writeFileSync(file, `${chosen.join("\n")}\n`);
        for (const block of await indexedBlocks(file, reading, blockBytes)) {
          const times = entriesOf([block]).map(({ ns }) => ns);
          const ordered = [...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(block.index).toMatchObject({
            rows: times.length,
            minNs: ordered[0] ?? null,
            maxNs: ordered.at(-1) ?? null,
            sorted: times.every((time, at) => time === ordered[at]),
          });
        }
      },
    ),
    { numRuns: 100 },
  );
});
