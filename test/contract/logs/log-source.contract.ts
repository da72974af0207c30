import { describe, expect, it } from "vitest";
import type { LogSource } from "../../../src-main/core/logs/log-source.ts";
import { batchBuffers, type LogBatch } from "../../../src-shared/model/log-batch.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import type { Direction, LogQuery } from "../../../src-shared/model/log-query.ts";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import { plainRows, readAll } from "../../builders/loki-sources.ts";

/** One entry that the source under test holds. */
export interface ContractEntry {
  readonly ts: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

/** A source with known content, made anew for each test. */
export interface ContractSubject extends AsyncDisposable {
  readonly source: LogSource;
  /** A query that selects all of `entries`, and the range that holds them. */
  readonly everything: string;
  readonly range: TimeRange;
  readonly entries: readonly ContractEntry[];
  /** Makes one more entry arrive while a tail follows `everything`; the time is later than all others. */
  append(line: string): Promise<ContractEntry>;
}

/**
 * What Explore relies on, whichever source it is. Adapters run it with content of their own: at least 30 entries, several
 * streams, and some that share a time.
 */
export function describeLogSource(name: string, open: () => Promise<ContractSubject>): void {
  describe(`${name}, as a source of logs`, () => {
    it("reads every entry of the range exactly once, in the order that was asked for", async () => {
      await using subject = await open();
      for (const direction of ["forward", "backward"] as const) {
        const { rows, end } = await readAll(subject.source.read(query(subject, direction, null), signal()));
        expect(rows.map(identity).toSorted()).toEqual(subject.entries.map(identity).toSorted());
        expectOrder(
          rows.map(({ ts }) => ts),
          direction,
        );
        expect(end.completeness.reasons).toEqual([]);
      }
    });

    it("stops at its limit, and says so", async () => {
      await using subject = await open();
      for (const direction of ["forward", "backward"] as const) {
        const { rows, end } = await readAll(subject.source.read(query(subject, direction, 7), signal()));
        const times = subject.entries.map(({ ts }) => ts).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const expected = direction === "forward" ? times.slice(0, 7) : times.toReversed().slice(0, 7);
        expect(rows.map(({ ts }) => ts)).toEqual(expected);
        expect(end.completeness).toMatchObject({ verdict: "incomplete" });
        expect(end.completeness.reasons).toContainEqual({ kind: "limit-reached", limit: 7 });
      }
    });

    it("takes ranges as half open", async () => {
      await using subject = await open();
      const times = subject.entries.map(({ ts }) => ts).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const startNs = times[0] ?? 0n;
      const endNs = times.at(-1) ?? 0n;
      const part = { ...query(subject, "forward", null), range: { startNs, endNs } };
      const { rows } = await readAll(subject.source.read(part, signal()));
      expect(rows.map(identity).toSorted()).toEqual(
        subject.entries
          .filter(({ ts }) => ts >= startNs && ts < endNs)
          .map(identity)
          .toSorted(),
      );
    });

    it("yields well-formed batches that their reader owns", async () => {
      await using subject = await open();
      for await (const event of subject.source.read(query(subject, "backward", null), signal())) {
        if (event.kind !== "batch") continue;
        expectWellFormed(event.batch);
        const buffers = batchBuffers(event.batch) as ArrayBuffer[];
        // A buffer that another batch still needs, or that is shared, could not be given away.
        expect(() => structuredClone(null, { transfer: buffers })).not.toThrow();
      }
      const again = await readAll(subject.source.read(query(subject, "backward", null), signal()));
      expect(again.rows).toHaveLength(subject.entries.length);
    });

    it("rejects a reversed range, and everything once it is cancelled", async () => {
      await using subject = await open();
      const { startNs, endNs } = subject.range;
      const reversed = { ...query(subject, "forward", null), range: { startNs: endNs, endNs: startNs } };
      await expect(readAll(subject.source.read(reversed, signal()))).rejects.toMatchObject({
        code: "logs.range-reversed",
      });
      const cancelled = AbortSignal.abort();
      const rejected = { code: "request.cancelled" };
      await expect(readAll(subject.source.read(query(subject, "forward", null), cancelled))).rejects.toMatchObject(
        rejected,
      );
      await expect(subject.source.labels(subject.range, null, cancelled)).rejects.toMatchObject(rejected);
      await expect(
        subject.source.tail({ expr: subject.everything, sinceNs: null }, cancelled)[Symbol.asyncIterator]().next(),
      ).rejects.toMatchObject(rejected);
    });

    it("names the labels of its streams and their values", async () => {
      await using subject = await open();
      const names = new Set(subject.entries.flatMap(({ labels }) => Object.keys(labels)));
      expect(await subject.source.labels(subject.range, null, signal())).toEqual(expect.arrayContaining([...names]));
      const series = await subject.source.series([subject.everything], subject.range, signal());
      const streams = new Set(subject.entries.map(({ labels }) => formatLabelSet(labels)));
      expect(new Set(series.map(formatLabelSet))).toEqual(streams);
    });

    it("follows: history from an instant first, then what arrives, each once, until it is cancelled", async () => {
      await using subject = await open();
      if (!subject.source.capabilities().tail) return;
      const stop = new AbortController();
      const seen: string[] = [];
      let appended: ContractEntry | null = null;
      const follow = async (): Promise<void> => {
        for await (const event of subject.source.tail(
          { expr: subject.everything, sinceNs: subject.range.startNs },
          stop.signal,
        )) {
          if (event.kind === "batch") seen.push(...plainRows(event.batch).map(identity));
          if (event.kind === "state" && event.state === "following") appended ??= await subject.append("the last line");
          if (appended !== null && seen.includes(identity(appended))) stop.abort();
        }
      };
      await expect(follow()).rejects.toMatchObject({ code: "request.cancelled" });
      const expected = [...subject.entries, appended].flatMap((entry) => (entry === null ? [] : [identity(entry)]));
      expect(seen.toSorted()).toEqual(expected.toSorted());
    });
  });
}

function query(subject: ContractSubject, direction: Direction, limit: number | null): LogQuery {
  return { expr: subject.everything, range: subject.range, direction, limit };
}

function signal(): AbortSignal {
  return new AbortController().signal;
}

function identity(row: ContractEntry): string {
  return `${row.ts} ${formatLabelSet(row.labels)} ${row.line}`;
}

function expectOrder(times: readonly bigint[], direction: Direction): void {
  const sorted = times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  expect(times).toEqual(direction === "forward" ? sorted : sorted.toReversed());
}

function expectWellFormed(batch: LogBatch): void {
  expect(batch.timestampsNs).toHaveLength(batch.rowCount);
  expect(batch.streamRefs).toHaveLength(batch.rowCount);
  expect(batch.levels).toHaveLength(batch.rowCount);
  for (const offsets of [batch.lineOffsets, batch.extraOffsets]) {
    expect(offsets).toHaveLength(batch.rowCount + 1);
    expect(offsets[0]).toBe(0);
    expect([...offsets]).toEqual([...offsets].toSorted((a, b) => a - b));
  }
  expect(batch.lineBytes.byteLength).toBe(batch.lineOffsets[batch.rowCount]);
  expect(batch.extraBytes.byteLength).toBe(batch.extraOffsets[batch.rowCount]);
  for (const ref of batch.streamRefs) expect(batch.streams[ref]).toBeDefined();
  for (const level of batch.levels) expect(level).toBeLessThan(LOG_LEVELS.length);
}
