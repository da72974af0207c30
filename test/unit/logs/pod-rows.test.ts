import { Readable } from "node:stream";
import { array, asyncProperty, assert, bigInt, boolean, integer, property, string, uint8Array } from "fast-check";
import { errors } from "undici";
import { describe, expect, it } from "vitest";
import { NewestRows } from "../../../src-main/core/logs/adapters/pods/newest-rows.ts";
import { podLine, podLogLines, type PodLine } from "../../../src-main/core/logs/adapters/pods/pod-log-lines.ts";
import { mergeRows } from "../../../src-main/core/logs/adapters/pods/pod-merge.ts";
import { asClusterError } from "../../../src-main/core/logs/adapters/pods/pod-stream-reader.ts";
import type { PodRow } from "../../../src-main/core/logs/adapters/pods/pod-rows.ts";
import { ResumePoint } from "../../../src-main/core/logs/adapters/pods/resume-point.ts";
import { formatNanoUtc } from "../../../src-shared/model/nano-time.ts";

function row(timestampNs: bigint, line: string): PodRow {
  return { timestampNs, bytes: Buffer.from(line), stream: {}, parsed: {}, level: 0 };
}

function text({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes).toString("utf8");
}

async function linesOf(pieces: readonly Uint8Array[]): Promise<PodLine[]> {
  const lines: PodLine[] = [];
  for await (const some of podLogLines(Readable.from(pieces.map((piece) => Buffer.from(piece))))) lines.push(...some);
  return lines;
}

describe("the lines of a pod's log", () => {
  it("are the same however the network cuts them", async () => {
    const log = Buffer.from(
      "2026-01-01T00:00:00.000000001Z ä b\n2026-01-01T00:00:01Z \nno time\n2026-01-01T00:00:02.5+01:00 x",
    );
    const whole = await linesOf([log]);
    expect(whole.map((line) => [line.timestampNs, text(line)])).toEqual([
      [1_767_225_600_000_000_001n, "ä b"],
      [1_767_225_601_000_000_000n, ""],
      [null, "no time"],
      [1_767_222_002_500_000_000n, "x"],
    ]);
    await assert(
      asyncProperty(array(integer({ min: 0, max: log.length }), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), log.length];
        const pieces = at.slice(1).map((end, index) => log.subarray(at[index], end));
        expect((await linesOf(pieces)).map(text)).toEqual(whole.map(text));
      }),
    );
  });

  it("never fail, whatever bytes there are, and keep the bytes behind the time", () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        expect(podLine(bytes).bytes.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
    assert(
      property(bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), uint8Array({ maxLength: 50 }), (ns, bytes) => {
        const line = podLine(Buffer.concat([Buffer.from(`${formatNanoUtc(ns)} `), bytes]));
        expect(line.timestampNs).toBe(ns);
        expect(Buffer.from(line.bytes).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});

describe("merging streams", () => {
  it("gives every row once, in order of time, and equal times in the order of the streams", async () => {
    const times = array(array(integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 6 });
    await assert(
      asyncProperty(times, integer({ min: 1, max: 5 }), async (streams, pieceRows) => {
        const sorted = streams.map((stream, at) =>
          stream.toSorted((a, b) => a - b).map((time, index) => row(BigInt(time), `${at}.${index}`)),
        );
        async function* pieces(rows: readonly PodRow[]) {
          for (let from = 0; from < rows.length; from += pieceRows) yield rows.slice(from, from + pieceRows);
        }
        const merged: PodRow[] = [];
        for await (const one of mergeRows(sorted.map(pieces))) merged.push(one);
        const expected = sorted
          .flat()
          .toSorted((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
        expect(merged.map(text)).toEqual(expected.map(text));
      }),
    );
  });

  it("lets go of the streams when its reader stops", async () => {
    let ended = 0;
    async function* endless() {
      try {
        for (let at = 0; ; at += 1) yield [row(BigInt(at), String(at))];
      } finally {
        ended += 1;
      }
    }
    for await (const one of mergeRows([endless(), endless()])) if (one.timestampNs > 3n) break;
    expect(ended).toBe(2);
  });
});

describe("the newest rows", () => {
  it("are exactly the last ones by time, the last written of equal times first", () => {
    assert(
      property(array(integer({ min: 0, max: 30 }), { maxLength: 60 }), integer({ min: 1, max: 40 }), (times, limit) => {
        const newest = new NewestRows(limit, Number.MAX_SAFE_INTEGER);
        const rows = times.map((time, index) => row(BigInt(time), String(index)));
        for (const one of rows) newest.add([one]);
        const expected = rows
          .toReversed()
          .toSorted((a, b) => (a.timestampNs < b.timestampNs ? 1 : a.timestampNs > b.timestampNs ? -1 : 0));
        expect(newest.take().map(text)).toEqual(expected.slice(0, limit).map(text));
        expect(newest.dropped).toBe(Math.max(0, rows.length - limit));
      }),
    );
  });

  it("hold no more bytes than allowed, and at least one row", () => {
    const newest = new NewestRows(Number.POSITIVE_INFINITY, 10_000);
    for (let at = 0; at < 1_000; at += 1) newest.add([row(BigInt(at), "x".repeat(880))]);
    const kept = newest.take();
    expect(kept).toHaveLength(10);
    expect(kept[0]?.timestampNs).toBe(999n);
    expect(newest.dropped).toBe(990);
    const single = new NewestRows(10, 10);
    single.add([row(1n, "longer than ten bytes")]);
    expect(single.take()).toHaveLength(1);
  });
});

describe("resuming a followed log", () => {
  it("lets every line through exactly once, however often the connection breaks", () => {
    const steps = array(integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 });
    assert(
      property(steps, array(boolean(), { minLength: 60, maxLength: 60 }), (gapsMs, breaks) => {
        let timeNs = 1_800_000_000_000_000_000n;
        const log = gapsMs.map((gap, index) => ({ timeNs: (timeNs += BigInt(gap) * 1_000_000n), index }));
        const point = new ResumePoint(log[0]?.timeNs ?? 0n, false);
        const seen: number[] = [];
        let from = 0;
        log.forEach((line, index) => {
          // What was not delivered when the connection broke comes again from the whole second on.
          if (breaks[index] === true) {
            point.reopened();
            const second = (point.resumeNs / 1_000_000_000n) * 1_000_000_000n;
            from = log.findIndex((candidate) => candidate.timeNs >= second);
            for (const again of log.slice(Math.max(0, from), index))
              if (point.accept(again.timeNs)) seen.push(again.index);
          }
          if (point.accept(line.timeNs)) seen.push(line.index);
        });
        expect(seen).toEqual(log.map(({ index }) => index));
      }),
    );
  });

  it("takes what a node with a slow clock writes, when only new lines are wanted", () => {
    const point = new ResumePoint(1_000_000_000_000n, true);
    expect(point.accept(400_000_000_000n)).toBe(true);
    expect(point.accept(401_000_000_000n)).toBe(true);
    point.reopened();
    expect(point.accept(401_000_000_000n)).toBe(false);
    expect(point.accept(402_000_000_000n)).toBe(true);
  });

  it("does not take history for new", () => {
    assert(
      property(string(), bigInt({ min: 0n, max: 999n }), (_name, before) => {
        expect(new ResumePoint(1_000n, false).accept(before)).toBe(false);
      }),
    );
  });
});

describe("a log that breaks off", () => {
  it("was only silent when nothing came for long, and is lost when the connection went", () => {
    const alive = new AbortController().signal;
    expect(asClusterError(new errors.BodyTimeoutError(), alive)).toMatchObject({
      category: "timeout",
      retryable: true,
    });
    expect(asClusterError(new errors.SocketError("other side closed"), alive)).toMatchObject({
      code: "cluster.unreachable",
    });
    expect(asClusterError(new Error("any"), AbortSignal.abort())).toMatchObject({ code: "request.cancelled" });
  });
});
