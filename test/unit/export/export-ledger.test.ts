import { describe, expect, it } from "vitest";
import type { ExportCheckpoint, FinishedPart } from "../../../src-main/core/export/export-checkpoint.ts";
import { ExportLedger } from "../../../src-main/core/export/export-ledger.ts";
import { COMPLETE } from "../../../src-shared/model/completeness.ts";

const EMPTY: ExportCheckpoint = {
  version: 1,
  plan: {
    site: "s",
    tenant: "t",
    query: "{}",
    startNs: "0",
    endNs: "1",
    redact: [],
    place: "p",
    labelColumns: {},
    parts: [],
  },
  finished: [],
  endedAt: null,
};

const part = (number: number): FinishedPart => ({
  part: number,
  files: [],
  linesRead: 1,
  linesWritten: 1,
  lineBytes: 1,
  redacted: {},
  completeness: COMPLETE,
  uploaded: false,
});

/** A memory whose commits end when the test says so. */
function slowMemory() {
  const commits: { readonly parts: number[]; readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  return {
    commits,
    memory: {
      load: async () => null,
      commit: ({ finished }: ExportCheckpoint) =>
        new Promise<void>((resolve, reject) => {
          commits.push({ parts: finished.map(({ part: number }) => number), done: resolve, fail: reject });
        }),
    },
  };
}

describe("the ledger of an export", () => {
  it("writes once for all that finish while a commit is under way, and tells nobody before it is on disk", async () => {
    const { commits, memory } = slowMemory();
    const ledger = new ExportLedger(memory, EMPTY);
    const told: number[] = [];
    const first = ledger.finish(part(3)).then(() => told.push(3));
    await expect.poll(() => commits.length, { timeout: 20_000 }).toBe(1);
    const others = [2, 0, 1].map((number) => ledger.finish(part(number)).then(() => told.push(number)));
    expect(told).toEqual([]);
    commits[0]?.done();
    await first;
    expect(told).toEqual([3]);
    await expect.poll(() => commits.length, { timeout: 20_000 }).toBe(2);
    expect(commits.map(({ parts }) => parts)).toEqual([[3], [0, 1, 2, 3]]);
    commits[1]?.done();
    await Promise.all(others);
    expect(told.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(commits).toHaveLength(2);
  });

  it("tells a failed commit to those it was for, and tries again with the next", async () => {
    const { commits, memory } = slowMemory();
    const ledger = new ExportLedger(memory, EMPTY);
    const first = ledger.finish(part(0));
    await expect.poll(() => commits.length, { timeout: 20_000 }).toBe(1);
    const second = ledger.finish(part(1));
    commits[0]?.fail(new Error("full"));
    await expect(first).rejects.toThrow("full");
    await expect.poll(() => commits.length, { timeout: 20_000 }).toBe(2);
    commits[1]?.done();
    await second;
    expect(commits[1]?.parts).toEqual([0, 1]);
  });
});
