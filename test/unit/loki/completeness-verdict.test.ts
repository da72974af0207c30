import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { IndexStats } from "../../../src-shared/model/log-query.ts";
import { answerStats, type AnswerStats } from "../../../src-main/core/logs/adapters/loki/answer-stats.ts";
import {
  completenessVerdict,
  suspectAnswer,
  type AnswerEvidence,
  type IndexConfirmation,
  type ReadEvidence,
} from "../../../src-main/core/logs/adapters/loki/completeness-verdict.ts";

const FOLDER = new URL("../../fixtures/loki-completeness/", import.meta.url);

const damagesSchema = z.object({
  damages: z.array(
    z.object({
      kind: z.string(),
      query: z.object({ start_ns: z.string(), end_ns: z.string() }).nullish(),
      loki: z.union([
        z.string(),
        z.object({
          body: z.string(),
          entries_returned: z.number(),
          entries_from_undamaged_bucket: z.number(),
          metric_query: z.object({ body: z.string() }),
          index_stats: z.object({ body: z.string() }),
        }),
      ]),
    }),
  ),
});

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
}

/** The counts of a recorded body, of which only the beginning is left. */
function cutStats(body: string): AnswerStats | null {
  const at = body.indexOf('"stats":');
  if (at < 0) return null;
  const count = (name: string): number => Number(new RegExp(`"${name}":(\\d+)`).exec(body.slice(at))?.[1] ?? "0");
  const lines = count("totalLinesProcessed");
  return answerStats({
    summary: { totalLinesProcessed: lines, totalBytesProcessed: count("totalBytesProcessed") },
    querier: {
      store: {
        totalChunksRef: count("totalChunksRef"),
        totalChunksDownloaded: count("totalChunksDownloaded"),
        chunk: { decompressedLines: lines, decompressedBytes: count("totalBytesProcessed") },
      },
    },
  });
}

function evidence(
  range: { startNs: bigint; endNs: bigint },
  answer: Partial<AnswerEvidence>,
  promised: IndexStats | null,
  confirmation: Partial<IndexConfirmation> | null = null,
): ReadEvidence {
  const whole: AnswerEvidence = { ...range, rows: 0, full: false, stats: null, warnings: [], ...answer };
  return {
    range,
    rows: whole.rows,
    limit: null,
    answers: [whole],
    promised,
    needsPromise: true,
    confirmation:
      confirmation === null || promised === null
        ? null
        : { range, within: promised, chunksAt: [], wide: null, ...confirmation },
    noticed: [],
    lookbackStartNs: null,
  };
}

function stats(fields: Partial<AnswerStats>): AnswerStats {
  const nothing = answerStats({ summary: {} });
  if (nothing === null) throw new Error("no stats");
  return { ...nothing, ...fields };
}

const DAMAGES = damagesSchema.parse(fixture("bucket-damaged.json")).damages.flatMap((damage) => {
  const { kind, query, loki } = damage;
  return typeof loki === "string" || query === null || query === undefined ? [] : [{ kind, query, loki }];
});

describe("the verdict on answers of real Lokis over damaged buckets", () => {
  const hurt = DAMAGES.filter(({ loki }) => loki.entries_returned < loki.entries_from_undamaged_bucket);
  const read = hurt.filter(({ loki }) => JSON.parse(loki.index_stats.body).chunks > 0);
  const whole = DAMAGES.filter(({ loki }) => loki.entries_returned === loki.entries_from_undamaged_bucket);

  it("has cases of every sort to judge", () => {
    expect(read.length).toBeGreaterThanOrEqual(7);
    expect(hurt.length).toBeGreaterThan(read.length);
    expect(whole.length).toBeGreaterThanOrEqual(2);
  });

  it.each(read)("says that lines are missing, with the evidence: $kind", ({ query, loki }) => {
    const range = { startNs: BigInt(query.start_ns), endNs: BigInt(query.end_ns) };
    const promised = JSON.parse(loki.index_stats.body) as IndexStats;
    const answer = { rows: loki.entries_returned, stats: cutStats(loki.body) };
    // The chunk lies inside the range that was recorded: nothing at its edges, everything in its middle.
    const judged = evidence(range, answer, promised, { chunksAt: [0, promised.chunks, 0] });
    expect(suspectAnswer(judged)).not.toBeNull();
    const { verdict, reasons } = completenessVerdict(judged);
    expect(verdict).toBe("incomplete");
    expect(reasons).toEqual([
      expect.objectContaining({ kind: "lines-missing", unit: "chunks", promised: 1, read: 0, startNs: query.start_ns }),
    ]);
    // A far wider range that promises no more proves it too; without either it is a doubt.
    expect(completenessVerdict(evidence(range, answer, promised, { wide: promised })).verdict).toBe("incomplete");
    expect(completenessVerdict(evidence(range, answer, promised)).verdict).toBe("unknown");
  });

  it.each(hurt)("never calls it complete, nor its metric query: $kind", ({ query, loki }) => {
    const range = { startNs: BigInt(query.start_ns), endNs: BigInt(query.end_ns) };
    const promised = JSON.parse(loki.index_stats.body) as IndexStats;
    for (const body of [loki.body, loki.metric_query.body]) {
      const judged = evidence(range, { stats: cutStats(body) }, promised);
      expect(completenessVerdict(judged).verdict).not.toBe("complete");
      expect(completenessVerdict({ ...judged, needsPromise: false }).verdict).not.toBe("complete");
    }
  });

  it.each(whole)("finds nothing missing where nothing is: $kind", ({ query, loki }) => {
    const range = { startNs: BigInt(query.start_ns), endNs: BigInt(query.end_ns) };
    const promised = JSON.parse(loki.index_stats.body) as IndexStats;
    const answer = { rows: loki.entries_returned, stats: cutStats(loki.metric_query.body) };
    const judged = evidence(range, answer, promised, { chunksAt: [2, 2, 2], wide: { ...promised, chunks: 9_999 } });
    const { verdict, reasons } = completenessVerdict(judged);
    expect(reasons).toEqual([]);
    expect(verdict).not.toBe("incomplete");
  });
});

describe("the verdict on answers of healthy Lokis", () => {
  it("does not cry wolf over chunks that a delete request removed while an old index still names them", () => {
    const recording = z
      .object({
        query: z.object({ start_ns: z.string(), end_ns: z.string() }),
        response: z.object({ response: z.object({ body: z.string() }) }),
        entries: z.number(),
      })
      .parse(fixture("dangling-refs-query.json"));
    const body = JSON.parse(recording.response.response.body) as { data: { stats: unknown } };
    const range = { startNs: BigInt(recording.query.start_ns), endNs: BigInt(recording.query.end_ns) };
    const judged = evidence(range, { rows: recording.entries, stats: answerStats(body.data.stats) }, null);
    expect(completenessVerdict({ ...judged, needsPromise: false })).toEqual({ verdict: "unknown", reasons: [] });
  });

  it("accepts every recorded answer that was not cut by its limit", () => {
    const recordings = z
      .array(z.object({ request: z.object({ url: z.string() }), response: z.object({ body: z.string() }) }))
      .parse(fixture("healthy-queries.json"));
    const answers = recordings
      .filter(({ request }) => /\/query(?:_range)?\?/.test(request.url))
      .flatMap(({ response }) => (response.body.startsWith("{") ? [JSON.parse(response.body)] : []));
    expect(answers.length).toBeGreaterThanOrEqual(2);
    for (const { data } of answers as { data: { stats: unknown; result: unknown[]; resultType: string } }[]) {
      const full = data.resultType === "streams";
      const judged = evidence({ startNs: 0n, endNs: 1n }, { rows: 5, full, stats: answerStats(data.stats) }, null);
      expect(completenessVerdict({ ...judged, needsPromise: false }).verdict).toBe("complete");
    }
  });

  it("keeps quiet about a range in a pause of a stream, where a chunk is fetched and no block is opened", () => {
    const range = { startNs: 1_000_000_000_000n, endNs: 1_600_000_000_000n };
    const answer = { stats: stats({ storeRefs: 1, storeFetches: 1 }) };
    const promised = { streams: 1, chunks: 1, bytes: 5_000, entries: 40 };
    // The one chunk is there at the beginning, in the middle and at the end, and has more outside the range.
    const judged = evidence(range, answer, promised, { chunksAt: [1, 1, 1], wide: { ...promised, entries: 400 } });
    expect(completenessVerdict(judged)).toEqual({ verdict: "unknown", reasons: [] });
  });

  it("calls a range complete whose chunks were all fetched and gave what the index promised", () => {
    const range = { startNs: 0n, endNs: 3_600_000_000_000n };
    const promised = { streams: 4, chunks: 12, bytes: 900_000, entries: 12_150 };
    const answer = { rows: 4_050, stats: stats({ storeRefs: 4, storeFetches: 4, storeLines: 4_050, storeBytes: 9 }) };
    expect(completenessVerdict(evidence(range, answer, promised))).toEqual({ verdict: "complete", reasons: [] });
  });

  it("calls an empty answer with nothing promised unknown: a lost index looks the same", () => {
    const nothing = { streams: 0, chunks: 0, bytes: 0, entries: 0 };
    const judged = evidence({ startNs: 0n, endNs: 1n }, { stats: stats({}) }, nothing);
    expect(completenessVerdict(judged)).toEqual({ verdict: "unknown", reasons: [] });
  });
});

describe("the verdict by its rules", () => {
  const range = { startNs: 0n, endNs: 3_600_000_000_000n };

  it("proves a shortfall when one of several chunks gave nothing", () => {
    // Five chunks, each named once by the index: every entry is promised exactly.
    const promised = { streams: 5, chunks: 5, bytes: 50_000, entries: 1_500 };
    const answer = { rows: 1_200, stats: stats({ storeRefs: 5, storeFetches: 5, storeLines: 1_200, storeBytes: 9 }) };
    const judged = evidence(range, answer, promised, { chunksAt: [0, 5, 0] });
    expect(completenessVerdict(judged).reasons).toEqual([
      expect.objectContaining({ kind: "lines-missing", unit: "entries", promised: 1_500, read: 1_200 }),
    ]);
    // Where chunks reach over the edges the promise is an estimate, and the shortfall a doubt.
    const estimated = evidence(range, answer, promised, { chunksAt: [5, 5, 5] });
    expect(completenessVerdict(estimated)).toEqual({ verdict: "unknown", reasons: [] });
  });

  it("never proves more than copies in the index allow", () => {
    // Two chunks counted five times: one of them may be counted four times, and hold little.
    const promised = { streams: 2, chunks: 5, bytes: 50_000, entries: 1_000 };
    const least = 250;
    const answer = (lines: number) => ({
      stats: stats({ storeRefs: 2, storeFetches: 2, storeLines: lines, storeBytes: 9 }),
    });
    const confirmation = { chunksAt: [0, 5, 0] };
    expect(completenessVerdict(evidence(range, answer(least), promised, confirmation)).verdict).toBe("unknown");
    expect(completenessVerdict(evidence(range, answer(least - 1), promised, confirmation)).verdict).toBe("incomplete");
  });

  it("carries limits, warnings, lost parts and a clamped lookback", () => {
    const answer = { rows: 10, stats: stats({ storeRefs: 1, storeFetches: 1, storeLines: 10, storeBytes: 9 }) };
    const promised = { streams: 1, chunks: 1, bytes: 1, entries: 10 };
    const base = evidence(range, answer, promised);
    expect(completenessVerdict({ ...base, limit: 10 }).reasons).toEqual([{ kind: "limit-reached", limit: 10 }]);
    expect(completenessVerdict({ ...base, lookbackStartNs: 5n }).reasons).toEqual([
      { kind: "lookback-clamped", startNs: "5" },
    ]);
    const warned = { ...base, answers: [{ ...base.answers[0], warnings: ["maximum number of series (500) reached"] }] };
    expect(completenessVerdict(warned as ReadEvidence).verdict).toBe("incomplete");
    const hinted = { ...base, answers: [{ ...base.answers[0], warnings: ["executed by the new engine"] }] };
    expect(completenessVerdict(hinted as ReadEvidence)).toEqual({
      verdict: "unknown",
      reasons: [{ kind: "server-warning", text: "executed by the new engine" }],
    });
  });
});
