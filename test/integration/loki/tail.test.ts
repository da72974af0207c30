import { describe, expect, it } from "vitest";
import type { TailEvent } from "../../../src-main/core/logs/log-source.ts";
import { hastyClock, neverAborted, openSource, plainRows } from "../../builders/loki-sources.ts";
import { settle } from "../../builders/manual-clock.ts";
import { MiniLoki, text } from "../../builders/mini-loki.ts";
import type { MiniEntry } from "../../builders/mini-loki-query.ts";

const NS = 1_000_000n;

function now(): bigint {
  return BigInt(Date.now()) * NS;
}

let ordinal = 0;

function entry(line: string, ts = now() + BigInt(ordinal++), metadata?: Record<string, string>): MiniEntry {
  return { labels: { app: "x" }, ts, line, ...(metadata === undefined ? {} : { metadata }) };
}

/** Reads a tail in the background and lets a test wait for what it gave. */
class Follower implements AsyncDisposable {
  readonly events: TailEvent[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  /** What it failed with; cancelling is no failure. */
  failure: unknown = null;

  constructor(loki: MiniLoki, expr = '{app="x"}', sinceNs: bigint | null = null) {
    const opened = openSource(loki.url, { random: () => 0.5, clock: hastyClock });
    const run = async (): Promise<void> => {
      try {
        for await (const event of opened.source.tail({ expr, sinceNs }, this.#stop.signal)) this.events.push(event);
      } catch (error) {
        if (!this.#stop.signal.aborted) this.failure = error;
      } finally {
        await opened[Symbol.asyncDispose]();
      }
    };
    this.#done = run();
  }

  get lines(): string[] {
    return this.events.flatMap((event) =>
      event.kind === "batch" ? plainRows(event.batch).map(({ line }) => line) : [],
    );
  }

  get markers(): string[] {
    return this.events.flatMap((event) => (event.kind === "marker" ? [event.marker.kind] : []));
  }

  marker(kind: string) {
    const found = this.events.find((event) => event.kind === "marker" && event.marker.kind === kind);
    return found?.kind === "marker" ? found.marker : undefined;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.failure !== null) throw this.failure;
      await settle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

describe("following a tail", () => {
  it("begins with history when asked, and gives what history and live have in common once", async () => {
    await using loki = await MiniLoki.start({
      entries: Array.from({ length: 20 }, (_, index) => entry(`old ${index}`)),
    });
    await using follower = new Follower(loki, '{app="x"}', now() - 60_000n * NS);
    const tail = await loki.tail(0);
    tail.send(loki.entries.slice(15));
    loki.push(entry("new"));
    await follower.until(() => follower.lines.includes("new"));
    expect(follower.lines.toSorted()).toEqual(
      [...Array.from({ length: 20 }, (_, index) => `old ${index}`), "new"].toSorted(),
    );
    expect(follower.events.some((event) => event.kind === "state" && event.state === "following")).toBe(true);
    expect(follower.markers).toEqual([]);
  });

  it("keeps structured metadata, and entries that differ in nothing else", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    const tail = await loki.tail(0);
    const ts = now();
    tail.send([entry("same", ts, { trace: "1" }), entry("same", ts, { trace: "2" })]);
    await follower.until(() => follower.lines.length === 2);
    const rows = follower.events.flatMap((event) => (event.kind === "batch" ? plainRows(event.batch) : []));
    expect(rows.map(({ extra }) => extra.m)).toEqual([{ trace: "1" }, { trace: "2" }]);
  });

  it.each([
    ["cut without a closing frame", "cut", "1006"],
    ["cut in the middle of a frame", "cutInFrame", "1006"],
  ] as const)("comes back after being %s, fills the hole from queries and says so", async (_what, how, reason) => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    const first = await loki.tail(0);
    loki.push(entry("before"));
    await follower.until(() => follower.lines.includes("before"));
    first[how]();
    // Stored while nobody listens: the old tail is gone, the new one is not there yet.
    loki.entries.push(entry("missed 1"), entry("missed 2"));
    await loki.tail(1);
    await follower.until(() => follower.markers.includes("reconnected"));
    loki.push(entry("after"));
    await follower.until(() => follower.lines.includes("after"));
    expect(follower.lines).toEqual(["before", "missed 1", "missed 2", "after"]);
    expect(follower.marker("closed")).toEqual({ kind: "closed", reason });
    expect(follower.marker("backfilled")).toMatchObject({ entries: 2, cause: reason });
    expect(follower.markers).toContain("reconnected");
  });

  it("tells the reason that Loki gives for closing", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    (await loki.tail(0)).close(1011, "all ingesters closed the connection");
    await loki.tail(1);
    await follower.until(() => follower.markers.includes("reconnected"));
    expect(follower.marker("closed")).toEqual({ kind: "closed", reason: "all ingesters closed the connection" });
  });

  it("renews a tail that has reached its longest duration without a word", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    const first = await loki.tail(0);
    await follower.until(() => follower.events.length > 0);
    first.close(1011, "reached tail max duration limit");
    loki.entries.push(entry("between"));
    await loki.tail(1);
    loki.push(entry("after"));
    await follower.until(() => follower.lines.includes("after"));
    expect(follower.lines.toSorted()).toEqual(["after", "between"]);
    expect(follower.markers).toEqual([]);
  });

  it("marks a gap that the back-fill could not close", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    const first = await loki.tail(0);
    await follower.until(() => follower.events.length > 0);
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range") return false;
      text(response, 503, "no querier");
      return true;
    };
    first.cut();
    await follower.until(() => follower.markers.includes("gap"));
    expect(follower.marker("gap")).toMatchObject({ cause: "loki.failed" });
    (await loki.tail(1)).send([entry("live again")]);
    await follower.until(() => follower.lines.includes("live again"));
  });

  it("marks what Loki says it dropped, with the streams", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    const tail = await loki.tail(0);
    tail.send(
      [entry("kept")],
      Array.from({ length: 3 }, () => entry("lost")),
    );
    await follower.until(() => follower.lines.includes("kept"));
    expect(follower.marker("dropped")).toEqual({ kind: "dropped", entries: 3, streams: [{ app: "x" }] });
  });

  it("follows by queries where tail is not served, and says so once", async () => {
    await using loki = await MiniLoki.start();
    loki.refuseTail = { status: 404, text: "unknown request path: /loki/api/v1/tail" };
    await using follower = new Follower(loki);
    await follower.until(() => follower.events.some((event) => event.kind === "state" && event.state === "following"));
    for (let round = 0; round < 5; round++) {
      loki.entries.push(entry(`polled ${round}`));
      await follower.until(() => follower.lines.includes(`polled ${round}`));
    }
    expect(follower.lines).toEqual([0, 1, 2, 3, 4].map((round) => `polled ${round}`));
    expect(follower.markers).toEqual(["closed"]);
  });

  it.each([
    [400, "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING", "loki.query-invalid"],
    [401, "no org id\n", "loki.no-tenant"],
    [403, "", "loki.unauthorized"],
  ])("ends with the error of a refusal before the upgrade (%s)", async (status, body, code) => {
    await using loki = await MiniLoki.start();
    loki.refuseTail = { status, text: body };
    await using opened = openSource(loki.url);
    const events = opened.source.tail({ expr: '{app="x"}', sinceNs: null }, neverAborted);
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code });
  });

  it("ends with the error of a query that can only be refused after the upgrade", async () => {
    await using loki = await MiniLoki.start();
    await using follower = new Follower(loki);
    (await loki.tail(0)).close(1011, "only log selector is supported");
    await expect(follower.until(() => false)).rejects.toMatchObject({
      code: "loki.query-invalid",
      params: { text: "only log selector is supported" },
    });
  });

  it("tries again while Loki refuses for reasons that pass", async () => {
    await using loki = await MiniLoki.start();
    loki.refuseTail = { status: 503, text: "no healthy upstream" };
    await using follower = new Follower(loki);
    await follower.until(() => loki.requests.filter(({ path }) => path.endsWith("/tail")).length >= 3);
    loki.refuseTail = null;
    await follower.until(() => follower.events.some((event) => event.kind === "state" && event.state === "following"));
    expect(follower.events[0]).toEqual({ kind: "state", state: "reconnecting" });
  });

  it("lets a slow reader be felt by the server, and gives everything that was sent", async () => {
    await using loki = await MiniLoki.start();
    await using opened = openSource(loki.url);
    const stop = new AbortController();
    const events = opened.source.tail({ expr: '{app="x"}', sinceNs: null }, stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ kind: "state", state: "following" });
    const tail = await loki.tail(0);
    const long = "x".repeat(200_000);
    const base = now();
    for (let index = 0; index < 200; index++) tail.send([entry(`${index} ${long}`, base + BigInt(index))]);
    const lines: string[] = [];
    while (lines.length < 200) {
      const { value } = await events.next();
      if (value?.kind === "batch") lines.push(...plainRows(value.batch).map(({ line }) => line));
    }
    expect(lines.map((line) => Number(line.split(" ")[0]))).toEqual(Array.from({ length: 200 }, (_, index) => index));
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ code: "request.cancelled" });
    while (tail.open) await settle();
  });

  it("cuts a connection that shows no sign of life and comes back", async () => {
    await using loki = await MiniLoki.start();
    await using opened = openSource(loki.url, { requestTimeoutMs: 200 });
    const stop = new AbortController();
    const seen: TailEvent[] = [];
    const run = async (): Promise<void> => {
      for await (const event of opened.source.tail({ expr: '{app="x"}', sinceNs: null }, stop.signal)) seen.push(event);
    };
    const ended = expect(run()).rejects.toMatchObject({ code: "request.cancelled" });
    const first = await loki.tail(0);
    first.freeze();
    await loki.tail(1);
    while (!seen.some((event) => event.kind === "marker" && event.marker.kind === "closed")) await settle();
    stop.abort();
    await ended;
  });
});
