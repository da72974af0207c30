import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadCorpus } from "../../../build/conformance/corpus.ts";
import { requestOf } from "../../../build/conformance/run.ts";
import { answerArchiveQuery } from "../../../src-main/core/archive/scan/answer-archive-query.ts";
import { answerQuery } from "../../../src-shared/logql/answer-query.ts";
import type { LogStream } from "../../../src-shared/logql/log-entry.ts";
import { labelsKey } from "../../../src-shared/logql/metric/series.ts";
import { streamHash } from "../../../src-shared/logql/pipeline/stream-hash.ts";
import {
  type ArchivedRow,
  inBlocks,
  memoryArchive,
  type MemoryArchive,
  type MemoryBlock,
} from "../../builders/memory-archives.ts";

const folder = fileURLToPath(new URL("../../fixtures/logql", import.meta.url));
const corpus = loadCorpus(folder);
const NOW_NS = 1_795_180_000_000_000_000n;

type TenantRow = ArchivedRow & { readonly tenant: string };

function loadRows(): readonly TenantRow[] {
  return readdirSync(`${folder}/dataset`)
    .toSorted()
    .flatMap((file) => readFileSync(`${folder}/dataset/${file}`, "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => {
      const { ts, ...row } = JSON.parse(line) as Omit<TenantRow, "ts"> & { readonly ts: string };
      return { ...row, ts: BigInt(ts) };
    });
}

function byTime(left: ArchivedRow, right: ArchivedRow): number {
  return left.ts < right.ts ? -1 : left.ts > right.ts ? 1 : 0;
}

function tenantsOf(rows: readonly TenantRow[]): readonly string[] {
  return [...new Set(rows.map(({ tenant }) => tenant))];
}

/** As an export writes it: in the order of time, one block behind the other. */
function exported(rows: readonly TenantRow[]): MemoryArchive {
  const blocks = tenantsOf(rows).flatMap((tenant) =>
    inBlocks(rows.filter((row) => row.tenant === tenant).toSorted(byTime), 2_000).map((block) => ({
      ...block,
      tenant,
    })),
  );
  return memoryArchive(blocks, { dropsDuplicates: true });
}

/** As a bucket has it: chunks by stream, and a second replica whose chunks are cut elsewhere. */
function chunked(rows: readonly TenantRow[]): MemoryArchive {
  const streams = Map.groupBy(rows, ({ tenant, labels }) => `${tenant} ${labelsKey(labels)}`);
  const blocks = [...streams.values()].flatMap((own): MemoryBlock[] => {
    const tenant = own[0]?.tenant ?? "";
    const sorted = own.toSorted(byTime);
    const replica = [{ rows: sorted.slice(0, 77) }, ...inBlocks(sorted.slice(77), 300)];
    return [...inBlocks(sorted, 500), ...replica]
      .filter((block) => block.rows.length > 0)
      .map((block) => ({ ...block, tenant, secretive: block.rows.length % 2 === 0 }));
  });
  return memoryArchive(blocks, { dropsDuplicates: true });
}

/** In the order in which an archive, too, takes streams of one time. */
function streamsOf(tenant: string): readonly LogStream[] {
  const streams = corpus.streamsByTenant.get(tenant) ?? [];
  return streams.toSorted((left, right) => (streamHash(left.labels) < streamHash(right.labels) ? -1 : 1));
}

const rows = loadRows();

/** The slower ways answer a part of the corpus, spread over all its groups. */
function everyFourth<Item>(items: readonly Item[]): readonly Item[] {
  return items.filter((_, at) => at % 4 === 0);
}

describe.each([
  ["in the order of time", exported, corpus.queries],
  ["in chunks of two replicas", chunked, everyFourth(corpus.queries)],
] as const)("The corpus through an archive %s", (_, layOut, queries) => {
  const { contents, pool } = layOut(rows);

  it("answers every query as the evaluator does over the entries in memory", { timeout: 180_000 }, async () => {
    const different: string[] = [];
    for (const query of queries) {
      const request = { ...requestOf(query, "documented"), nowNs: () => NOW_NS };
      const expected = answerQuery(request, streamsOf(query.tenant));
      // oxlint-disable-next-line no-await-in-loop -- one answer after the other
      const actual = await answerArchiveQuery(
        { contents, tenant: query.tenant, pool },
        request,
        new AbortController().signal,
      );
      if (JSON.stringify(actual) !== JSON.stringify(expected)) different.push(`${query.id} ${query.query}`);
    }
    expect(different).toEqual([]);
    expect(queries.length).toBeGreaterThan(250);
  });
});

describe("The corpus through an archive, as Loki 3.7.6 answers", () => {
  it("answers every query as the evaluator does with Loki's bugs", { timeout: 300_000 }, async () => {
    const { contents, pool } = exported(rows);
    const different: string[] = [];
    for (const query of everyFourth(corpus.queries)) {
      const request = { ...requestOf(query, "loki"), nowNs: () => NOW_NS };
      const expected = answerQuery(request, streamsOf(query.tenant));
      // oxlint-disable-next-line no-await-in-loop -- one answer after the other
      const actual = await answerArchiveQuery(
        { contents, tenant: query.tenant, pool },
        request,
        new AbortController().signal,
      );
      if (JSON.stringify(actual) !== JSON.stringify(expected)) different.push(`${query.id} ${query.query}`);
    }
    expect(different).toEqual([]);
  });
});
