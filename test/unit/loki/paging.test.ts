import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import type { Direction } from "../../../src-shared/model/log-query.ts";
import { neverAborted, openSource, readAll, type PlainRow } from "../../builders/loki-sources.ts";
import { MiniLoki, text } from "../../builders/mini-loki.ts";
import type { MiniEntry } from "../../builders/mini-loki-query.ts";

const BASE = 1_795_255_200_000_000_000n;
/** Three nanoseconds before a day begins in UTC, where a long range is cut. */
const BEFORE_MIDNIGHT = 1_795_305_600_000_000_000n - 3n;

function identity(row: PlainRow): string {
  return `${row.ts} ${formatLabelSet(row.labels)} ${JSON.stringify(row.line)} ${JSON.stringify(row.extra.m ?? {})}`;
}

function stored(entry: MiniEntry): string {
  return `${entry.ts} ${formatLabelSet(entry.labels)} ${JSON.stringify(entry.line)} ${JSON.stringify(entry.metadata ?? {})}`;
}

/** Entries as Loki keeps them: no two that are equal in all parts. */
const entries = fc.uniqueArray(
  fc.record({
    stream: fc.integer({ min: 0, max: 3 }),
    at: fc.oneof(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 0, max: 7_200_000 }).map((ms) => ms * 1_000_000),
    ),
    line: fc.oneof(
      fc.constantFrom("", "a", "ab", "abc", "abd", "b", "line", "日本", "a\nb", "x[.*]\\d", '"q"'),
      fc.string({ maxLength: 6 }),
    ),
    trace: fc.option(fc.stringMatching(/^[a-f0-9]{1,3}$/), { nil: undefined }),
  }),
  {
    minLength: 0,
    maxLength: 120,
    selector: ({ stream, at, line, trace }) => `${stream} ${at} ${trace ?? ""} ${line}`,
  },
);

const STREAMS = [{ app: "x" }, { app: "x", pod: "1" }, { app: "x", pod: "2" }, { app: "y", pod: "1" }];

function miniEntries(made: typeof entries extends fc.Arbitrary<infer Made> ? Made : never, base = BASE): MiniEntry[] {
  return made.map(({ stream, at, line, trace }) => ({
    labels: STREAMS[stream] ?? {},
    ts: base + BigInt(at),
    line,
    ...(trace === undefined ? {} : { metadata: { trace } }),
  }));
}

describe("paging past Loki's entry limit", () => {
  it("gives every entry exactly once, in order, whatever ties, page sizes, tie orders and chunk ends there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        entries,
        fc.integer({ min: 2, max: 25 }),
        fc.constantFrom<Direction>("forward", "backward"),
        fc.integer({ min: 1, max: 1_000 }),
        fc.boolean(),
        async (made, maxEntries, direction, seed, splits) => {
          const base = splits ? BEFORE_MIDNIGHT : BASE;
          const list = miniEntries(made, base);
          await using loki = await MiniLoki.start({
            entries: list,
            maxEntries,
            publishesLimits: seed % 2 === 0,
            tieOrder: (entry, request) => Math.sin(request * seed + entry.line.length * 7 + Number(entry.ts % 97n)),
            endsChunk: (entry) => entry.line.length % 3 === 0,
          });
          await using opened = openSource(loki.url, { maxPageEntries: 20, random: () => 0 });
          if (splits) {
            // Without a promise of the index a range is read day by day.
            loki.intercept = ({ path }, response) => {
              if (path !== "/loki/api/v1/index/stats") return false;
              text(response, 404, "not found");
              return true;
            };
          }
          // Days before the first entry: the start of a range as asked for is not moved.
          const range = { startNs: base - 3n * 86_400_000_000_000n, endNs: base + 7_200_000_000_001n };
          const query = { expr: '{app=~"x|y"}', range, direction, limit: null };
          const { rows, end } = await readAll(opened.source.read(query, neverAborted));
          expect(rows.map(identity).toSorted()).toEqual(list.map(stored).toSorted());
          const times = rows.map(({ ts }) => ts);
          expect(times).toEqual(times.toSorted((a, b) => (a === b ? 0 : a < b === (direction === "forward") ? -1 : 1)));
          expect(end.completeness.reasons).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  it("keeps to its limit and gives as many entries as there are below it", async () => {
    await fc.assert(
      fc.asyncProperty(
        entries,
        fc.integer({ min: 2, max: 25 }),
        fc.constantFrom<Direction>("forward", "backward"),
        fc.integer({ min: 1, max: 60 }),
        async (made, maxEntries, direction, limit) => {
          const list = miniEntries(made);
          await using loki = await MiniLoki.start({ entries: list, maxEntries, tieOrder: (_, request) => request });
          await using opened = openSource(loki.url, { maxPageEntries: 20, random: () => 0 });
          const query = {
            expr: '{app=~"x|y"}',
            range: { startNs: BASE - 1n, endNs: BASE + 7_200_000_000_001n },
            direction,
            limit,
          };
          const { rows, end } = await readAll(opened.source.read(query, neverAborted));
          expect(rows.length).toBe(Math.min(limit, list.length));
          const all = list
            .map(({ ts }) => ts)
            .toSorted((a, b) => (a === b ? 0 : a < b === (direction === "forward") ? -1 : 1));
          expect(rows.map(({ ts }) => ts)).toEqual(all.slice(0, limit));
          expect(new Set(rows.map(identity)).size).toBe(rows.length);
          expect(end.completeness.reasons.some(({ kind }) => kind === "limit-reached")).toBe(limit <= list.length);
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);

  it("tells entries apart that share nanosecond, stream and line by their metadata", async () => {
    const list = Array.from({ length: 60 }, (_, index) => ({
      labels: { app: "x" },
      ts: BASE,
      line: "equal",
      metadata: { trace: index.toString(16) },
    }));
    await using loki = await MiniLoki.start({ entries: list, maxEntries: 7 });
    await using opened = openSource(loki.url);
    for (const direction of ["forward", "backward"] as const) {
      const query = { expr: '{app="x"}', range: { startNs: BASE - 5n, endNs: BASE + 5n }, direction, limit: null };
      const { rows, end } = await readAll(opened.source.read(query, neverAborted));
      expect(new Set(rows.map(({ extra }) => extra.m?.["trace"])).size).toBe(60);
      expect(rows).toHaveLength(60);
      expect(end.completeness.reasons).toEqual([]);
    }
  });

  it("neither loses nor doubles entries that line_format made equal", async () => {
    const list = Array.from({ length: 40 }, (_, index) => ({
      labels: { app: "x" },
      ts: BASE + BigInt(index >> 3),
      line: `${index}`,
    }));
    await using loki = await MiniLoki.start({ entries: list, maxEntries: 6 });
    await using opened = openSource(loki.url);
    const query = {
      expr: '{app="x"} | line_format "same"',
      range: { startNs: BASE, endNs: BASE + 100n },
      direction: "backward" as const,
      limit: null,
    };
    const { rows } = await readAll(opened.source.read(query, neverAborted));
    expect(rows).toHaveLength(40);
    expect(new Set(rows.map(({ line }) => line))).toEqual(new Set(["same"]));
  });

  describe("entries that nothing tells apart", () => {
    let loki: MiniLoki;
    beforeAll(async () => {
      const equal = Array.from({ length: 9 }, () => ({ labels: { app: "x" }, ts: BASE + 10n, line: "equal" }));
      const around = [0n, 5n, 15n, 20n].map((at) => ({ labels: { app: "x" }, ts: BASE + at, line: `at ${at}` }));
      loki = await MiniLoki.start({ entries: [...around, ...equal], maxEntries: 4 });
    });
    afterAll(() => loki[Symbol.asyncDispose]());

    it.each(["forward", "backward"] as const)(
      "are passed over, and the reader is told where (%s)",
      async (direction) => {
        await using opened = openSource(loki.url);
        const query = { expr: '{app="x"}', range: { startNs: BASE, endNs: BASE + 100n }, direction, limit: null };
        const { rows, end } = await readAll(opened.source.read(query, neverAborted));
        const others = rows.filter(({ line }) => line !== "equal").map(({ line }) => line);
        expect(others.toSorted()).toEqual(["at 0", "at 15", "at 20", "at 5"]);
        expect(end.completeness.verdict).toBe("incomplete");
        expect(end.completeness.reasons).toContainEqual({
          kind: "page-inseparable",
          atNs: `${BASE + 10n}`,
          stream: { app: "x" },
        });
      },
    );
  });
});
