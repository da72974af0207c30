import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPodLogSource } from "../../../src-main/core/logs/adapters/pods/pod-log-source.ts";
import type { LogSource, TailEvent } from "../../../src-main/core/logs/log-source.ts";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import type { Direction } from "../../../src-shared/model/log-query.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, status } from "../../builders/kubernetes-api.ts";
import { plainRows, readAll } from "../../builders/loki-sources.ts";
import { PodLogsApi, type LogLine } from "../../builders/pod-logs-api.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const BASE = BigInt(Date.now() - 600_000) * 1_000_000n;
const RANGE = { startNs: BASE, endNs: BASE + 600_000_000_000n };

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;
let api: KubernetesApi;
let bench: ClusterBench;
let logs: PodLogsApi;
let source: LogSource;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1"]);
});
afterAll(() => folder[Symbol.dispose]());

beforeEach(async () => {
  api = await KubernetesApi.start(server);
  bench = new ClusterBench();
  logs = new PodLogsApi(api, "loki");
  const client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  source = createPodLogSource({
    client: () => Promise.resolve(client),
    namespace: "loki",
    site: siteIdSchema.parse("test"),
    clock: quickClock,
    logger: bench.logger,
  });
});
afterEach(async () => {
  await source[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function line(offsetMs: number, text: string): LogLine {
  return { ts: BASE + BigInt(offsetMs) * 1_000_000n, text };
}

function read(expr: string, direction: Direction = "forward", limit: number | null = null) {
  return readAll(source.read({ expr, range: RANGE, direction, limit }, never));
}

/** Follows until told to stop; what came is in `lines` and `markers`. */
class Following {
  readonly lines: string[] = [];
  readonly markers: Extract<TailEvent, { kind: "marker" }>["marker"][] = [];
  readonly states: string[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(expr: string, sinceNs: bigint | null) {
    this.#done = this.#run(expr, sinceNs).catch((error: unknown) => error);
  }

  async #run(expr: string, sinceNs: bigint | null): Promise<void> {
    for await (const event of source.tail({ expr, sinceNs }, this.#stop.signal)) {
      if (event.kind === "batch") this.lines.push(...plainRows(event.batch).map((row) => row.line));
      else if (event.kind === "marker") this.markers.push(event.marker);
      else this.states.push(event.state);
    }
  }

  async stop(): Promise<unknown> {
    this.#stop.abort();
    return this.#done;
  }
}

const PATIENT = { timeout: 15_000 };

/** Looks again at pods and tries again at once, without changing what the time is. */
const quickClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };

describe("reading the logs of pods", () => {
  it("filters by labels, line filters and parsers, and tells what was parsed", async () => {
    logs.add("querier-0", "querier", [line(1, "level=info msg=a took=5ms"), line(2, "level=error msg=b took=900ms")]);
    logs.add("ingester-0", "ingester", [line(3, "level=error msg=c took=700ms")]);
    const { rows } = await read('{component="querier"} | logfmt | took > 100ms');
    expect(rows.map((row) => row.line)).toEqual(["level=error msg=b took=900ms"]);
    expect(rows[0]?.extra.p).toMatchObject({ msg: "b", took: "900ms" });
    expect((await read('{pod=~".+"} |= "error"', "backward")).rows.map((row) => row.line.slice(12, 17))).toEqual([
      "msg=c",
      "msg=b",
    ]);
    expect((await read('{namespace="other"}')).rows).toEqual([]);
  });

  it("merges pods by time, also where a container's lines are a little out of order", async () => {
    logs.add("a", "x", [line(10, "a10"), line(30, "a30"), line(20, "a20"), line(40, "a40")]);
    logs.add("b", "x", [line(15, "b15"), line(25, "b25"), line(5_000, "b5000")]);
    const expected = ["a10", "b15", "a20", "b25", "a30", "a40", "b5000"];
    expect((await read('{pod=~"a|b"}')).rows.map((row) => row.line)).toEqual(expected);
    expect((await read('{pod=~"a|b"}', "backward")).rows.map((row) => row.line)).toEqual(expected.toReversed());
  });

  it("shows the log of the run before a restart as a stream of its own", async () => {
    logs.add("a", "x", [line(1, "dying words")]);
    logs.restart("a");
    logs.append("a", line(2, "born again"));
    const { rows } = await read('{pod="a"}');
    expect(rows.map((row) => [row.labels["previous"] ?? "", row.line])).toEqual([
      ["true", "dying words"],
      ["", "born again"],
    ]);
    expect((await read('{pod="a", previous="true"}')).rows).toHaveLength(1);
    expect(await source.labelValues("previous", RANGE, null, never)).toEqual(["true"]);
  });

  it("is incomplete, with the evidence, when one node has no kubelet that answers", async () => {
    logs.add("a", "x", [line(1, "from a")]);
    logs.add("b", "x", [line(2, "from b")]);
    logs.unreachable.add("b");
    for (const direction of ["forward", "backward"] as const) {
      const { rows, end } = await read('{pod=~".+"}', direction);
      expect(rows.map((row) => row.line)).toEqual(["from a"]);
      expect(end.completeness).toEqual({
        verdict: "incomplete",
        reasons: [
          { kind: "partial-failure", part: "b/main", code: "cluster.failed" },
          { kind: "server-warning", text: "b/main: no preferred addresses found; known addresses: []" },
        ],
      });
    }
  });

  it("does not take the kubelet's own words for a log line", async () => {
    logs.add("a", "x", [line(1, "real")]);
    logs.afterwords = "unable to retrieve container logs for containerd://4f";
    const { rows, end } = await read('{pod="a"}');
    expect(rows.map((row) => row.line)).toEqual(["real"]);
    expect(end.completeness.reasons).toEqual([
      { kind: "server-warning", text: "a/main: unable to retrieve container logs for containerd://4f" },
    ]);
  });

  it("never calls a result complete, since a kubelet forgets old logs without a word", async () => {
    logs.add("a", "x", [line(1, "x")]);
    expect((await read('{pod="a"}')).end.completeness).toEqual({ verdict: "unknown", reasons: [] });
  });

  it("asks the kubelet only for what is in the range", async () => {
    logs.add("a", "x", [line(1, "x")]);
    await readAll(
      source.read(
        { expr: '{pod="a"}', range: { ...RANGE, startNs: BASE + 1_500_000_000n }, direction: "forward", limit: null },
        never,
      ),
    );
    const since = new URL(logs.requests[0] ?? "", "http://x").searchParams.get("sinceTime") ?? "";
    expect(Date.parse(since)).toBe(Math.floor(Number((BASE + 1_500_000_000n) / 1_000_000_000n)) * 1_000);
  });

  it("refuses wrong queries at their place, and metric queries", async () => {
    await expect(read('{pod="a"} |= x')).rejects.toMatchObject({ code: "loki.query-invalid", params: { line: 1 } });
    await expect(read('rate({pod="a"}[5m])')).rejects.toMatchObject({ code: "logs.unsupported" });
  });

  it("rejects when the pods may not be listed", async () => {
    api.json("GET", /pods\?/, 403, status(403, "Forbidden", "pods is forbidden"));
    await expect(read('{pod="a"}')).rejects.toMatchObject({
      code: "cluster.forbidden",
      params: { verb: "list", resource: "pods", namespace: "loki" },
    });
  });
});

describe("following the logs of pods", () => {
  it("begins with what comes now when no history is asked for", async () => {
    logs.add("a", "x", [line(1, "old")]);
    const following = new Following('{pod="a"}', null);
    await expect.poll(() => logs.following).toBe(1);
    logs.append("a", line(2, "new, by a clock that is ten minutes behind"));
    await expect.poll(() => following.lines).toEqual(["new, by a clock that is ten minutes behind"]);
    expect(await following.stop()).toMatchObject({ code: "request.cancelled" });
  });

  it("loses and doubles nothing when the connection breaks", async () => {
    logs.add("a", "x", [line(1, "one"), line(2, "two"), line(2, "two again")]);
    const following = new Following('{pod="a"}', BASE);
    await expect.poll(() => logs.following).toBe(1);
    logs.append("a", line(3, "three"));
    await expect.poll(() => following.lines.length).toBe(4);
    logs.cut("a");
    logs.append("a", line(3, "three too"));
    logs.append("a", line(4, "four"));
    await expect
      .poll(() => following.lines, PATIENT)
      .toEqual(["one", "two", "two again", "three", "three too", "four"]);
    expect(following.markers.map((marker) => marker.kind)).toEqual(["closed", "reconnected"]);
    expect(following.states).toEqual(["following", "reconnecting", "following"]);
    await following.stop();
  });

  it("marks a restart, and brings the last words of the run before", async () => {
    logs.add("a", "x", [line(1, "one")]);
    const following = new Following('{pod="a"}', BASE);
    await expect.poll(() => logs.following).toBe(1);
    logs.cut("a");
    logs.append("a", line(2, "dying words"));
    logs.restart("a");
    logs.append("a", line(3, "born again"));
    await expect.poll(() => following.lines, PATIENT).toEqual(["one", "dying words", "born again"]);
    await expect.poll(() => following.markers).toContainEqual({ kind: "closed", reason: "a/main: restarted (1)" });
    await following.stop();
  });

  it("says that there is a gap when the run before cannot be read any more", async () => {
    logs.add("a", "x", [line(1, "one")]);
    const following = new Following('{pod="a"}', BASE);
    await expect.poll(() => logs.following).toBe(1);
    logs.restart("a", false);
    logs.append("a", line(3, "born again"));
    await expect.poll(() => following.lines, PATIENT).toEqual(["one", "born again"]);
    await expect.poll(() => following.markers.map((marker) => marker.kind)).toEqual(["gap", "closed"]);
    await following.stop();
  });

  it("takes in new pods from their first line, and lets deleted ones go", async () => {
    logs.add("a", "x");
    const following = new Following('{component="x"}', BASE);
    await expect.poll(() => logs.following).toBe(1);
    logs.add("b", "x", [line(5, "b began before we saw it")]);
    logs.delete("a");
    await expect.poll(() => following.lines, PATIENT).toEqual(["b began before we saw it"]);
    await expect.poll(() => following.markers).toContainEqual({ kind: "closed", reason: "a/main: deleted" });
    await following.stop();
  });

  it("goes on with the other pods when one cannot be followed, and names it", async () => {
    logs.add("a", "x");
    logs.add("b", "x");
    logs.unreachable.add("b");
    const following = new Following('{component="x"}', BASE);
    await expect.poll(() => logs.following).toBe(1);
    logs.append("a", line(1, "from a"));
    await expect.poll(() => following.lines).toEqual(["from a"]);
    await expect
      .poll(() => following.markers)
      .toContainEqual({
        kind: "closed",
        reason: "b/main: cluster.failed: no preferred addresses found; known addresses: []",
      });
    expect(following.states).toEqual(["following"]);
    await following.stop();
  });
});
