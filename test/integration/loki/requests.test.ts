import { describe, expect, it } from "vitest";
import { fetchIndexShards } from "../../../src-main/core/logs/adapters/loki/index-shards.ts";
import { RequestGate } from "../../../src-main/core/logs/adapters/loki/request-gate.ts";
import { retryAfterMs } from "../../../src-main/core/logs/adapters/loki/retry-policy.ts";
import { durationMs } from "../../../src-main/core/logs/adapters/loki/tenant-limits.ts";
import type { Clock } from "../../../src-main/core/common/clock.ts";
import { hastyClock, neverAborted, openSource, readAll } from "../../builders/loki-sources.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";
import { MiniLoki, miniStats, text } from "../../builders/mini-loki.ts";
import type { MiniEntry } from "../../builders/mini-loki-query.ts";

const BASE = 1_795_255_200_000_000_000n;
const RANGE = { startNs: BASE, endNs: BASE + 3_600_000_000_000n };
const ENTRIES: MiniEntry[] = Array.from({ length: 30 }, (_, index) => ({
  labels: { app: "x" },
  ts: BASE + BigInt(index) * 1_000n,
  line: `line ${index}`,
}));

function query(limit: number | null = null) {
  return { expr: '{app="x"}', range: RANGE, direction: "backward" as const, limit };
}

/** A clock that notes how long it was asked to wait. */
function notingClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  return { waits, clock: { ...hastyClock, sleep: (ms, signal) => (waits.push(ms), hastyClock.sleep(ms, signal)) } };
}

describe("requests to Loki", () => {
  it("waits as long as the server says after a 429, and then reads on without loss", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES, maxEntries: 7 });
    let refusals = 0;
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range" || loki.requests.length % 3 !== 0) return false;
      refusals++;
      response.setHeader("retry-after", "2");
      text(response, 429, "too many outstanding requests");
      return true;
    };
    const { clock, waits } = notingClock();
    await using opened = openSource(loki.url, { clock, random: () => 0 });
    const { rows, end } = await readAll(opened.source.read(query(), neverAborted));
    expect(rows).toHaveLength(30);
    expect(refusals).toBeGreaterThan(0);
    expect(waits).toEqual(Array.from({ length: refusals }, () => 2_000));
    expect(end.stats.retries).toBe(refusals);
    expect(opened.source.client.parallelRequests).toBeLessThan(4);
  });

  it("backs off from failures with growing, random waits, and gives up in the end", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES });
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range") return false;
      text(response, 503, "no healthy upstream");
      return true;
    };
    const { clock, waits } = notingClock();
    await using opened = openSource(loki.url, { clock, random: () => 1 });
    await expect(readAll(opened.source.read(query(), neverAborted))).rejects.toMatchObject({
      code: "loki.failed",
      params: { status: 503, text: "no healthy upstream" },
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it.each([
    [400, "parse error at line 1, col 3: syntax error", "loki.query-invalid"],
    [429, "querying is disabled, please contact your Loki operator", "loki.query-refused"],
    [401, "no org id", "loki.no-tenant"],
  ])("never asks again after %s %s", async (status, body, code) => {
    await using loki = await MiniLoki.start();
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range") return false;
      text(response, status, body);
      return true;
    };
    await using opened = openSource(loki.url);
    await expect(readAll(opened.source.read(query(), neverAborted))).rejects.toMatchObject({ code });
    expect(loki.requests.filter(({ path }) => path === "/loki/api/v1/query_range")).toHaveLength(1);
  });

  it("learns the page size from the refusal where limits are not published, and from the limits where they are", async () => {
    for (const publishesLimits of [false, true]) {
      await using loki = await MiniLoki.start({ entries: ENTRIES, maxEntries: 10, publishesLimits });
      await using opened = openSource(loki.url);
      const { rows } = await readAll(opened.source.read(query(25), neverAborted));
      expect(rows).toHaveLength(25);
      const limits = loki.requests.flatMap(({ path, params }) =>
        path.endsWith("/query_range") ? [params.get("limit")] : [],
      );
      expect(limits.includes("25")).toBe(!publishesLimits);
      expect(limits.at(-1)).toMatch(/^\d$|^10$/);
    }
  });

  it("asks for a shorter range where Loki takes no longer one", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES });
    loki.intercept = ({ path, params }, response) => {
      const length = BigInt(params.get("end") ?? "0") - BigInt(params.get("start") ?? "0");
      if (path !== "/loki/api/v1/query_range" || length <= 1_800_000_000_000n) return false;
      text(response, 400, "the query time range exceeds the limit (query length: 1h0m0s, limit: 30m)");
      return true;
    };
    await using opened = openSource(loki.url);
    expect((await readAll(opened.source.read(query(), neverAborted))).rows).toHaveLength(30);
  });

  it("reads the other parts when one part of a long range fails, and names it", async () => {
    const day = 86_400_000_000_000n;
    const startNs = (BASE / day) * day;
    const entries = [0n, 1n, 2n, 3n].map((index) => ({
      labels: { app: "x" },
      ts: startNs + index * day + 5n,
      line: `day ${index}`,
    }));
    await using loki = await MiniLoki.start({ entries });
    loki.intercept = ({ path, params }, response) => {
      if (path === "/loki/api/v1/index/stats") text(response, 404, "not found");
      else if (path === "/loki/api/v1/query_range" && BigInt(params.get("start") ?? "0") + 1n === startNs + 2n * day) {
        text(response, 500, "store gateway gone");
      } else return false;
      return true;
    };
    await using opened = openSource(loki.url, { random: () => 0 });
    const whole = { ...query(), range: { startNs, endNs: startNs + 4n * day }, direction: "forward" as const };
    const { rows, end } = await readAll(opened.source.read(whole, neverAborted));
    expect(rows.map(({ line }) => line)).toEqual(["day 0", "day 1", "day 3"]);
    expect(end.completeness).toEqual({
      verdict: "incomplete",
      reasons: [
        { kind: "split-failed", startNs: `${startNs + 2n * day}`, endNs: `${startNs + 3n * day}`, code: "loki.failed" },
      ],
    });
  });

  it("says that lines are missing when chunks gave nothing that the index promised", async () => {
    await using loki = await MiniLoki.start();
    loki.intercept = ({ path, params }, response) => {
      const answer = (value: unknown): true => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(value));
        return true;
      };
      if (path === "/loki/api/v1/query_range") {
        const stats = miniStats(2, 0, 0);
        return answer({ status: "success", data: { resultType: "streams", result: [], stats } });
      }
      if (path !== "/loki/api/v1/index/stats") return false;
      const middle = BASE + 1_800_000_000_000n;
      const holds = BigInt(params.get("start") ?? "0") <= middle && BigInt(params.get("end") ?? "0") > middle;
      return answer({ streams: 1, chunks: holds ? 6 : 0, bytes: 9, entries: holds ? 1_200 : 0 });
    };
    await using opened = openSource(loki.url);
    for (const limit of [null, 100]) {
      const { end } = await readAll(opened.source.read(query(limit), neverAborted));
      expect(end.completeness).toMatchObject({
        verdict: "incomplete",
        reasons: [{ kind: "lines-missing", unit: "chunks", promised: 2, read: 0, startNs: `${BASE}` }],
      });
    }
  });

  it("calls a range complete that was read to its end and is accounted for", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES, maxEntries: 7 });
    await using opened = openSource(loki.url);
    const { end } = await readAll(opened.source.read(query(), neverAborted));
    expect(end.completeness).toEqual({ verdict: "complete", reasons: [] });
    expect(end.stats.requests).toBeGreaterThan(4);
  });
});

describe("what is not rows", () => {
  it("reads labels, values, series, volume and fields as a real Loki wrote them", async () => {
    await using loki = await MiniLoki.start();
    const recorded: Record<string, string> = {
      "/loki/api/v1/labels": "085-labels-main",
      "/loki/api/v1/label/nope/values": "090-label-values-missing-main",
      "/loki/api/v1/series": "091-series-main",
      "/loki/api/v1/index/stats": "095-index-stats-all-main",
      "/loki/api/v1/index/volume_range": "099-index-volume-range-main",
      "/loki/api/v1/detected_fields": "105-detected-fields-metadata-main",
      "/loki/api/v1/query": "071-query-instant-scalar",
      "/loki/api/v1/query_range": "069-query-range-matrix",
    };
    loki.intercept = ({ path }, response) => {
      const recording = lokiRecording(recorded[path] ?? "025-wrong-path");
      response.writeHead(recording.status ?? 200, { "content-type": "application/json" });
      response.end(recording.body ?? "");
      return true;
    };
    await using opened = openSource(loki.url);
    const { source } = opened;
    expect(await source.labels(RANGE, null, neverAborted)).toContain("instance");
    expect(await source.labelValues("nope", RANGE, null, neverAborted)).toEqual([]);
    expect(await source.series(['{app="payments"}', '{app="auth"}'], RANGE, neverAborted)).toContainEqual({
      app: "payments",
      env: "prod",
      pod: "payments-7d9f-c",
    });
    expect(loki.requests.at(-1)?.params.getAll("match[]")).toHaveLength(2);
    expect(await source.stats('{app=~".+"}', RANGE, neverAborted)).toEqual({
      streams: 82,
      chunks: 82,
      bytes: 2_987_008,
      entries: 26_438,
    });
    const volume = await source.volume('{app=~".+"}', RANGE, 900_000_000_000n, "app", neverAborted);
    expect(volume.series[0]).toMatchObject({
      metric: { app: "payments" },
      points: expect.arrayContaining([[1_795_172_400, "187392"]]),
    });
    expect(loki.requests.at(-1)?.params.get("step")).toBe("900");
    expect(await source.detectedFields('{app="gateway"}', RANGE, neverAborted)).toContainEqual({
      label: "size",
      type: "bytes",
      cardinality: 36,
      parsers: [],
    });
    const at = { startNs: BASE, endNs: BASE };
    const scalar = await source.metric({ expr: "1+1", range: at, stepNs: null }, neverAborted);
    // The recorded answer has milliseconds where seconds belong.
    expect(scalar.result).toMatchObject({
      resultType: "scalar",
      series: [{ metric: {}, points: [[6_023_471_210.173, "2"]] }],
    });
    const matrix = await source.metric(
      { expr: 'rate({app="x"}[5m])', range: RANGE, stepNs: 60_000_000_000n },
      neverAborted,
    );
    expect(matrix.result.resultType).toBe("matrix");
    expect(matrix.result.series[0]).toEqual({ metric: { app: "api-test" }, points: [[1_795_357_800, "0.01"]] });
  });

  it("reads the volumes of a querier that stands alone, and says what is switched off", async () => {
    await using loki = await MiniLoki.start();
    loki.intercept = ({ path }, response) => {
      if (path === "/loki/api/v1/index/volume_range") {
        response.writeHead(200, { "content-type": "application/json" });
        response.end('{"volumes":[{"name":"{app=\\"a\\"}","volume":9007199254740993}],"limit":100}');
      } else text(response, 404, "not found");
      return true;
    };
    await using opened = openSource(loki.url);
    const volume = await opened.source.volume('{app="a"}', RANGE, 0n, "app", neverAborted);
    // Beyond 2^53: not a byte is lost.
    expect(volume.series[0]).toMatchObject({
      metric: { app: "a" },
      points: [[expect.any(Number), "9007199254740993"]],
    });
    await expect(opened.source.detectedFields('{app="a"}', RANGE, neverAborted)).rejects.toMatchObject({
      code: "logs.unsupported",
      params: { capability: "detected-fields" },
    });
  });
});

describe("shards of the index", () => {
  it("keeps fingerprints of 64 bits whole", async () => {
    await using loki = await MiniLoki.start();
    loki.intercept = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        '{"shards":[{"bounds":{"min":0,"max":9223372036854775807},"stats":{"streams":1,"chunks":2,"bytes":3,"entries":4}},' +
          '{"bounds":{"min":9223372036854775808,"max":18446744073709551615},"stats":{"streams":0,"chunks":0,"bytes":0,"entries":0}}]}',
      );
      return true;
    };
    await using opened = openSource(loki.url);
    const shards = await fetchIndexShards(opened.source.client, '{app="x"}', RANGE, 1e6, neverAborted);
    expect(shards.map(({ minFingerprint, maxFingerprint }) => [minFingerprint, maxFingerprint])).toEqual([
      [0n, 9_223_372_036_854_775_807n],
      [9_223_372_036_854_775_808n, 18_446_744_073_709_551_615n],
    ]);
  });

  it("says that a query frontend does not serve them", async () => {
    await using loki = await MiniLoki.start();
    const recording = lokiRecording("123-index-shards-api");
    loki.intercept = (_request, response) => {
      text(response, recording.status ?? 0, recording.body ?? "");
      return true;
    };
    await using opened = openSource(loki.url);
    await expect(fetchIndexShards(opened.source.client, '{app="x"}', RANGE, 1e6, neverAborted)).rejects.toMatchObject({
      code: "logs.unsupported",
      params: { capability: "index-shards" },
    });
  });
});

describe("the pieces that pace requests", () => {
  it("halves the gate on a refusal and opens it again slowly", () => {
    const gate = new RequestGate(8);
    gate.limited();
    gate.limited();
    expect(gate.limit).toBe(2);
    for (let answers = 0; answers < 20; answers++) gate.answered();
    expect(gate.limit).toBe(3);
    for (let answers = 0; answers < 1_000; answers++) gate.answered();
    expect(gate.limit).toBe(8);
  });

  it("lets no more in than the gate holds, and lets the waiting go when they are cancelled", async () => {
    const gate = new RequestGate(1);
    const leave = await gate.enter(neverAborted);
    const stop = new AbortController();
    const waiting = expect(gate.enter(stop.signal)).rejects.toMatchObject({ code: "request.cancelled" });
    stop.abort();
    await waiting;
    leave();
    (await gate.enter(neverAborted))();
  });

  it("reads Retry-After as seconds or a date, and durations as Prometheus writes them", () => {
    expect(retryAfterMs("3", 0)).toBe(3_000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:05 GMT", 1_000)).toBe(4_000);
    expect(retryAfterMs("soon", 0)).toBe(0);
    expect(durationMs("30d1h")).toBe(721 * 3_600_000);
    expect(durationMs("1m500ms")).toBe(60_500);
    expect(durationMs("0s")).toBe(0);
    expect(durationMs("never")).toBeNull();
  });
});
