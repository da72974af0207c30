import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadAccount } from "../../../src-main/core/archive/scan/read-account.ts";
import { readRows } from "../../../src-main/core/archive/scan/read-rows.ts";
import { planBlocks } from "../../../src-main/core/archive/scan/scan-plan.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import type { Direction } from "../../../src-shared/model/log-query.ts";
import {
  archivedBlocks,
  expectedRows,
  logExpr,
  queryTexts,
  type SeenRow,
  seenRows,
} from "../../builders/archived-rows.ts";
import { memoryArchive, type MemoryArchive, MEMORY_TENANT, type MemoryBlock } from "../../builders/memory-archives.ts";

interface Case {
  readonly direction: Direction;
  readonly dropsDuplicates: boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number | null;
}

const cases: fc.Arbitrary<Case> = fc.record({
  direction: fc.constantFrom<Direction>("forward", "backward"),
  dropsDuplicates: fc.boolean(),
  startNs: fc.bigInt(-1n, 6n),
  endNs: fc.bigInt(4n, 14n),
  limit: fc.option(fc.nat(12), { nil: null }),
});

async function read(
  { contents, pool }: MemoryArchive,
  text: string,
  options: Case,
  maxHeldBytes?: number,
): Promise<readonly SeenRow[]> {
  const expr = logExpr(text);
  const { direction, startNs, endNs, limit } = options;
  const takes = compileSelector(expr.selector.matchers);
  const rows: SeenRow[] = [];
  const batches = readRows(
    {
      blocks: planBlocks({ contents, tenant: MEMORY_TENANT, startNs, endNs, takes, direction }),
      expr,
      startNs,
      endNs,
      direction,
      streamOrder: "with-direction",
      limit,
      nowNs: 0n,
      scanner: pool,
      account: new ReadAccount(),
      ...(maxHeldBytes === undefined ? {} : { maxHeldBytes }),
    },
    new AbortController().signal,
  );
  for await (const batch of batches) if (batch !== null) rows.push(...seenRows(batch));
  return rows;
}

describe("Rows of an archive", () => {
  it("come merged by time, as if all blocks were sorted in one place, whatever filters say", async () => {
    await fc.assert(
      fc.asyncProperty(archivedBlocks, queryTexts, cases, async (blocks, text, options) => {
        const archive = memoryArchive(blocks, options);
        expect(await read(archive, text, options)).toEqual(expectedRows(blocks, text, options));
      }),
      { numRuns: 600 },
    );
  });

  it("are the same where memory is short and blocks are read again", async () => {
    await fc.assert(
      fc.asyncProperty(archivedBlocks, cases, async (blocks, options) => {
        const archive = memoryArchive(blocks, options);
        expect(await read(archive, '{app=~".+"}', options, 1)).toEqual(expectedRows(blocks, '{app=~".+"}', options));
      }),
      { numRuns: 200 },
    );
  });

  it("pass through without a copy where blocks lie apart", async () => {
    const rows = Array.from({ length: 4_000 }, (_, at) => ({
      ts: BigInt(at),
      labels: { app: "a" },
      line: `line ${at}`,
    }));
    const blocks: MemoryBlock[] = [{ rows: rows.slice(0, 2_000) }, { rows: rows.slice(2_000) }];
    const seen = await read(memoryArchive(blocks), '{app="a"}', {
      direction: "backward",
      dropsDuplicates: false,
      startNs: 0n,
      endNs: 10_000n,
      limit: null,
    });
    expect(seen.map(({ ts }) => Number(ts))).toEqual(Array.from({ length: 4_000 }, (_, at) => 3_999 - at));
  });

  it("of one time in their thousands stay once each", async () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => ({
      ts: 7n,
      labels: { app: "a" },
      line: `line ${at % 1_000}`,
    }));
    const blocks: MemoryBlock[] = [{ rows }, { rows: rows.slice(500) }];
    const seen = await read(memoryArchive(blocks, { dropsDuplicates: true }), '{app="a"}', {
      direction: "backward",
      dropsDuplicates: true,
      startNs: 0n,
      endNs: 10n,
      limit: null,
    });
    expect(seen.map(({ bytes }) => bytes)).toEqual(Array.from({ length: 1_000 }, (_, at) => `line ${999 - at}`));
  });
});
