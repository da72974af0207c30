import { describe, expect, it } from "vitest";
import { createPageParser } from "../../../src-main/core/logs/adapters/loki/page-parser.ts";
import { openSource, plainRows, readAll, neverAborted } from "../../builders/loki-sources.ts";
import { MiniLoki } from "../../builders/mini-loki.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { workerSource } from "../../builders/worker-source.ts";

const locate = workerSource;

function answer(lines: number): Uint8Array {
  const values = Array.from({ length: lines }, (_, index) => [
    `${1_795_255_200_000_000_000n + BigInt(index)}`,
    `line ${index} ${"x".repeat(80)}`,
  ]);
  return Buffer.from(
    JSON.stringify({
      status: "success",
      data: { resultType: "streams", result: [{ stream: { a: "1" }, values }], stats: {} },
    }),
  );
}

describe("parsing in worker threads", () => {
  it("gives the same rows as at once, for many answers at a time", async () => {
    await using parser = createPageParser({ locate, threads: 2, logger: new RecordingLogger() });
    const outcomes = await Promise.all(
      [5_000, 3, 2_000, 5_000, 4_000].map((lines) => parser.parse(answer(lines), "forward")),
    );
    const counts = outcomes.map((outcome) => (outcome.kind === "page" ? plainRows(outcome.page.batch).length : -1));
    expect(counts).toEqual([5_000, 3, 2_000, 5_000, 4_000]);
    const [first] = outcomes;
    if (first?.kind !== "page") throw new Error("no page");
    expect(plainRows(first.page.batch).at(-1)?.line).toBe(`line 4999 ${"x".repeat(80)}`);
  });

  it("tells of bytes that are no answer, and goes on", async () => {
    await using parser = createPageParser({ locate, threads: 1, logger: new RecordingLogger() });
    const half = answer(5_000).slice(0, 300_000);
    expect(await parser.parse(half, "forward")).toEqual({ kind: "bad", problem: "not JSON, or cut short" });
    expect((await parser.parse(answer(5_000), "forward")).kind).toBe("page");
  });

  it("rejects what is pending when it is disposed, and everything after", async () => {
    const parser = createPageParser({ locate, threads: 1, logger: new RecordingLogger() });
    const pending = expect(parser.parse(answer(5_000), "forward")).rejects.toMatchObject({ code: "request.cancelled" });
    await parser[Symbol.asyncDispose]();
    await pending;
    await expect(parser.parse(answer(1), "forward")).rejects.toMatchObject({ code: "request.cancelled" });
  });

  it("carries a whole read", async () => {
    const base = 1_795_255_200_000_000_000n;
    const entries = Array.from({ length: 9_000 }, (_, index) => ({
      labels: { a: "1" },
      ts: base + BigInt(index),
      line: `${index} ${"y".repeat(50)}`,
    }));
    await using loki = await MiniLoki.start({ entries });
    await using parser = createPageParser({ locate, threads: 2, logger: new RecordingLogger() });
    await using opened = openSource(loki.url, { parser });
    const query = {
      expr: '{a="1"}',
      range: { startNs: base, endNs: base + 10_000n },
      direction: "backward" as const,
      limit: null,
    };
    const { rows } = await readAll(opened.source.read(query, neverAborted));
    expect(rows.map(({ ts }) => ts)).toEqual(entries.map(({ ts }) => ts).toReversed());
  });
});
