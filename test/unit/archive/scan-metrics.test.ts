import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerArchiveQuery } from "../../../src-main/core/archive/scan/answer-archive-query.ts";
import { answerQuery, type QueryRequest } from "../../../src-shared/logql/answer-query.ts";
import { groupByStream, type LogStream } from "../../../src-shared/logql/log-entry.ts";
import { labelsKey } from "../../../src-shared/logql/metric/series.ts";
import { streamHash } from "../../../src-shared/logql/pipeline/stream-hash.ts";
import { archivedBlocks } from "../../builders/archived-rows.ts";
import { memoryArchive, MEMORY_TENANT, type MemoryBlock } from "../../builders/memory-archives.ts";

/** The streams of all blocks, equal entries once, in the order of their hashes. */
function streamsOf(blocks: readonly MemoryBlock[], dropsDuplicates: boolean): readonly LogStream[] {
  const seen = new Set<string>();
  const entries = blocks
    .flatMap(({ rows }) => rows)
    .filter(({ ts, labels, line, metadata }) => {
      const key = JSON.stringify([`${ts}`, labelsKey(labels), Buffer.from(line).toString("latin1"), metadata ?? null]);
      return !dropsDuplicates || (!seen.has(key) && seen.add(key));
    })
    .map(({ ts, labels, line, metadata }) => ({
      timestampNs: ts,
      labels,
      metadata,
      line: Buffer.from(line).toString("utf8"),
    }));
  return groupByStream(entries).toSorted((left, right) =>
    streamHash(left.labels) < streamHash(right.labels) ? -1 : 1,
  );
}

const S = 1_000_000_000n;

/** The rows' few nanoseconds as seconds, so that steps and windows of whole seconds cut them. */
function inSeconds(blocks: readonly MemoryBlock[]): readonly MemoryBlock[] {
  return blocks.map((block) => ({ ...block, rows: block.rows.map((row) => ({ ...row, ts: row.ts * S })) }));
}

const expressions = fc.constantFrom(
  'count_over_time({app=~".+"}[3s])',
  'sum by (app) (count_over_time({app=~".+"} |= "500" [2s]))',
  'sum(rate({app=~"a|b"} |= "500" or "x" [3s] offset 1s))',
  'sum by (status) (bytes_over_time({app=~".+"} != "x" [2s]))',
  'bytes_rate({app="a"}[4s])',
  'sum without (env) (count_over_time({app=~".+"} |~ "5.0" [3s]))',
  'sum by (status) (count_over_time({app=~".+"} | logfmt | status="500" [3s]))',
  'sum_over_time({app=~".+"} | logfmt | unwrap status | __error__="" [3s])',
  'sum(sum_over_time({app=~".+"} | logfmt | unwrap status [3s]))',
  'avg_over_time({app=~".+"} | json | unwrap status | __error__="" [4s]) by (app)',
  'first_over_time({app="a"} | logfmt | unwrap status | __error__="" [5s])',
  'quantile_over_time(0.5, {app=~".+"} | regexp "status=(?P<n>[0-9]+)" | unwrap n [5s]) by (app)',
  'absent_over_time({app="a"} |= "500" [1s])',
  'count(count_over_time({app=~".+"} | json [3s])) by (app)',
  'sum by (app) (count_over_time({app=~".+"} |= "5" | status="500" | drop __error__ [3s]))',
  'sum_over_time({app=~".+"} | unwrap status | __error__="" [3s])',
  'bytes_over_time({app=~".+"} | k8s_pod="p1" [3s])',
  'sum(count_over_time({app=~".+"} | status > 3 | level != "warn" [2s]))',
  'sum(count_over_time({app=~".+"} | level > 3 [2s]))',
  'sum by (level, app) (rate({app=~".+"} | level="warn" or app="a" [2s]))',
  'topk(2, count_over_time({app=~".+"}[3s])) - 1',
  'sum(count_over_time({app="a"}[2s])) / sum(count_over_time({app=~".+"}[2s] offset 2s))',
);

const requests: fc.Arbitrary<QueryRequest> = fc
  .record({
    query: expressions,
    kind: fc.constantFrom("instant" as const, "range" as const),
    at: fc.bigInt(0n, 14n),
    length: fc.bigInt(1n, 8n),
    step: fc.constantFrom("1", "2", "5"),
  })
  .map(({ query, kind, at, length, step }) =>
    kind === "instant"
      ? { kind, query, timeNs: at * S }
      : { kind, query, startNs: at * S, endNs: (at + length) * S, step },
  );

describe("Metric queries over an archive", () => {
  it("give what the evaluator gives over the entries in memory, whichever blocks hold them", async () => {
    await fc.assert(
      fc.asyncProperty(archivedBlocks, requests, fc.boolean(), async (small, request, dropsDuplicates) => {
        const blocks = inSeconds(small);
        const { contents, pool } = memoryArchive(blocks, { dropsDuplicates });
        const signal = new AbortController().signal;
        const actual = await answerArchiveQuery({ contents, tenant: MEMORY_TENANT, pool }, request, signal);
        expect(actual).toEqual(answerQuery(request, streamsOf(blocks, dropsDuplicates)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("add samples up whose series are too many to be tallied by step", async () => {
    const rows = Array.from({ length: 600 }, (_, at) => ({
      ts: BigInt(at % 60) * S,
      labels: { app: "a" },
      line: `id=${at} v=1`,
    }));
    const blocks = [{ rows: rows.slice(0, 300) }, { rows: rows.slice(300) }];
    const { contents, pool } = memoryArchive(blocks);
    const request: QueryRequest = {
      kind: "range",
      query: 'count_over_time({app="a"} | logfmt [30s])',
      startNs: 0n,
      endNs: 60n * S,
      step: "1",
    };
    const actual = await answerArchiveQuery(
      { contents, tenant: MEMORY_TENANT, pool },
      request,
      new AbortController().signal,
    );
    expect(actual).toEqual(answerQuery(request, streamsOf(blocks, false)));
    expect("data" in actual && actual.data.resultType === "matrix" && actual.data.result.length).toBe(600);
  });
});
