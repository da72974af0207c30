import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { lokiJsonAnswer, type LokiJsonQuery } from "../../../src-main/core/logs/adapters/loki/loki-json-answer.ts";
import { createInlinePageParser } from "../../../src-main/core/logs/adapters/loki/page-parser.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { neverAborted, transportTo } from "../../builders/loki-sources.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";
import { MiniLoki } from "../../builders/mini-loki.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

async function ask(url: string, query: LokiJsonQuery): Promise<unknown> {
  await using transport = transportTo(url);
  const options = {
    transport,
    tenant: "t" as TenantId,
    site: "",
    title: "",
    clock: systemClock,
    logger: new RecordingLogger(),
    parser: createInlinePageParser(),
    cache: null,
    version: "0",
  };
  const { pieces } = await lokiJsonAnswer(options, query, neverAborted);
  return JSON.parse([...pieces].join(""));
}

/** Answers `query_range` and `query` with a recording, and nothing else. */
async function replay(name: string): Promise<MiniLoki> {
  const recording = lokiRecording(name);
  const loki = await MiniLoki.start();
  loki.intercept = ({ path }, response) => {
    const served = path === "/loki/api/v1/query_range" || path === "/loki/api/v1/query";
    response.writeHead(served ? (recording.status ?? 200) : 404, { "content-type": "application/json" });
    response.end(served ? (recording.body ?? "") : "");
    return true;
  };
  return loki;
}

const RANGE = { startNs: 1_795_355_846_360_971_483n, endNs: 1_795_357_706_360_971_483n };
const LOG = { range: RANGE, direction: "backward" as const, stepNs: null };

describe("answers in Loki's own JSON", () => {
  it.each(["066-query-range-streams", "073-query-range-post", "075-query-range-tags"])(
    "gives a log answer as Loki gave it: %s",
    async (name) => {
      await using loki = await replay(name);
      const given = JSON.parse(lokiRecording(name).body ?? "") as { data: { result: { values: unknown[] }[] } };
      const limit = given.data.result.reduce((sum, { values }) => sum + values.length, 0);
      const answer = await ask(loki.url, { ...LOG, expr: '{app="x"}', limit });
      expect(answer).toEqual({
        ...given,
        data: {
          ...given.data,
          stats: expect.objectContaining({ summary: expect.objectContaining({ totalEntriesReturned: limit }) }),
        },
      });
      const asked = loki.requests.find(({ path }) => path.endsWith("/query_range"));
      expect(asked?.headers["x-loki-response-encoding-flags"]).toBeUndefined();
      expect(Object.fromEntries(asked?.params ?? [])).toEqual({
        query: '{app="x"}',
        start: `${RANGE.startNs}`,
        end: `${RANGE.endNs}`,
        limit: `${limit}`,
        direction: "backward",
      });
    },
  );

  it.each([
    ["069-query-range-matrix", RANGE],
    ["070-query-instant-vector", { startNs: 1n, endNs: 1n }],
    ["071-query-instant-scalar", { startNs: 1n, endNs: 1n }],
  ])("passes a metric answer through, value for value: %s", async (name, range) => {
    await using loki = await replay(name);
    const answer = await ask(loki.url, { ...LOG, range, expr: 'sum(rate({app="x"}[5m]))', limit: 100 });
    expect(answer).toEqual(JSON.parse(lokiRecording(name).body ?? ""));
  });

  it("merges many pages into one answer, streams sorted and entries in query order", async () => {
    const entries = Array.from({ length: 40 }, (_, index) => ({
      labels: { app: index % 2 === 0 ? "b" : "a" },
      ts: RANGE.startNs + BigInt(index),
      line: `<${index}>`,
      metadata: { odd: `${index % 3}` },
    }));
    await using loki = await MiniLoki.start({ entries, maxEntries: 6 });
    for (const direction of ["forward", "backward"] as const) {
      const answer = (await ask(loki.url, { ...LOG, direction, expr: '{app=~".+"}', limit: 1_000 })) as {
        data: { result: { stream: Record<string, string>; values: [string, string][] }[]; encodingFlags?: unknown };
      };
      const { result } = answer.data;
      expect(answer.data.encodingFlags).toBeUndefined();
      expect(result.map(({ stream }) => `${stream["app"]}${stream["odd"]}`)).toEqual([
        "a0",
        "a1",
        "a2",
        "b0",
        "b1",
        "b2",
      ]);
      expect(result.flatMap(({ values }) => values)).toHaveLength(40);
      for (const { values } of result) {
        const times = values.map(([ts]) => BigInt(ts));
        expect(times).toEqual(times.toSorted((a, b) => (a < b === (direction === "forward") ? -1 : 1)));
      }
    }
  });

  it("gives an empty answer as Loki gives it", async () => {
    await using loki = await replay("074-query-range-empty");
    expect(await ask(loki.url, { ...LOG, expr: '{app="nope"}', limit: 10 })).toMatchObject({
      status: "success",
      data: { resultType: "streams", result: [] },
    });
  });
});
