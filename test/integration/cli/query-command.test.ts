import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { CommandLine } from "../../builders/command-line.ts";

const BASE_NS = BigInt(Date.now() - 600_000) * 1_000_000n;
const TENANT = "bank";
const streamsAnswer = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("streams"),
    result: z.array(
      z.object({ stream: z.record(z.string(), z.string()), values: z.array(z.tuple([z.string(), z.string()])) }),
    ),
    stats: z.object({ summary: z.object({ totalLinesProcessed: z.number() }).loose() }).loose(),
  }),
});

let lab: Lab;
let url: string;
const command = new CommandLine();

/** 1,200 lines in three streams, ten of them at each instant, so that every page ends among equals. */
async function pushLines(): Promise<void> {
  const streams = ["a", "b", "c"].map((app, stream) => ({
    stream: { app, level: stream === 2 ? "error" : "info" },
    values: Array.from({ length: 400 }, (_, index) => [
      String(BASE_NS + BigInt(Math.floor(index / 10))),
      `line ${index} of ${app}`,
      ...(index % 7 === 0 ? [{ trace_id: `t${index}` }] : []),
    ]),
  }));
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-scope-orgid": TENANT },
    body: JSON.stringify({ streams }),
  });
  expect(response.status).toBe(204);
}

/** New lines until told to stop: when the tail is up is not for the test to know. */
async function pushUntil(signal: AbortSignal): Promise<void> {
  for (let index = 0; !signal.aborted; index++) {
    const values = [[String(BigInt(Date.now()) * 1_000_000n), `arrived ${index}`]];
    await fetch(`${url}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-scope-orgid": TENANT },
      body: JSON.stringify({ streams: [{ stream: { app: "late" }, values }] }),
    });
  }
}

function query(...parameters: readonly string[]): readonly string[] {
  return [
    "query",
    "--source",
    url,
    "--tenant",
    TENANT,
    "--from",
    String(BASE_NS),
    "--to",
    String(BASE_NS + 1_000_000_000n),
    ...parameters,
  ];
}

beforeAll(async () => {
  lab = await createLab({
    clock: systemClock,
    historyHours: 0,
    limits: { [TENANT]: { max_entries_limit_per_query: 100 } },
  });
  url = lab.lokiUrl;
  await pushLines();
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  command[Symbol.dispose]();
});

describe("kubemate query", () => {
  it.each(["forward", "backward"])(
    "pages past the server's limit, %s, and prints Loki's own shape",
    async (direction) => {
      const { exitCode, stdout, stderr } = await command.run(
        ...query("--limit", "5000", "--direction", direction, "--output", "loki-json", '{app=~".+"}'),
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const { data } = streamsAnswer.parse(JSON.parse(stdout));
      const lines = data.result.flatMap(({ stream, values }) =>
        values.map(([ts, line]) => `${ts} ${stream["app"]} ${line}`),
      );
      expect(lines).toHaveLength(1_200);
      expect(new Set(lines).size).toBe(1_200);
      for (const { values } of data.result) {
        const times = values.map(([ts]) => BigInt(ts));
        const sorted = times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect(times).toEqual(direction === "forward" ? sorted : sorted.toReversed());
      }
    },
  );

  it("stops at the limit that was asked for", async () => {
    const { stdout } = await command.run(...query("--limit", "250", "--output", "ndjson", '{app=~".+"}'));
    expect(stdout.trimEnd().split("\n")).toHaveLength(250);
  });

  it("keeps stream labels and structured metadata apart, an entry a line", async () => {
    const { stdout } = await command.run(
      ...query("--limit", "1", "--direction", "forward", "--output", "ndjson", '{app="a"} |= "line 0 "'),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      ts: String(BASE_NS),
      labels: { app: "a", level: "info" },
      metadata: { trace_id: "t0" },
      line: "line 0 of a",
    });
  });

  it("prints a metric query in Loki's shape, and a sample a line", async () => {
    const metric = ["--step", "1", 'sum by (app) (count_over_time({app=~"a|b"}[10s]))'];
    const loki = await command.run(...query("--output", "loki-json", ...metric));
    expect(JSON.parse(loki.stdout)).toMatchObject({ status: "success", data: { resultType: "matrix" } });
    const at = await command.run(
      "query",
      "--source",
      url,
      "--tenant",
      TENANT,
      "--at",
      String(BASE_NS + 1_000n),
      "--output",
      "ndjson",
      ...metric.slice(2),
    );
    expect(
      at.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { labels: { app: "a" }, value: "400" },
      { labels: { app: "b" }, value: "400" },
    ]);
  });

  it.each([
    ["a query with an error, at its place", '{app="a"', 2, /line 1, col \d+/],
    ["a tenant id that cannot be", '{app="a"}', 2, /no tenant id/],
    ["a range that runs backwards", '{app="a"}', 2, /before it starts|reversed|ends before/],
    ["a Loki that is not there", '{app="a"}', 5, /127\.0\.0\.1:9/],
  ])("says what is wrong with %s", async (what, logql, exitCode, sentence) => {
    const parameters = [...query("--output", "ndjson", logql)];
    if (what.startsWith("a tenant")) parameters[4] = "a/b";
    if (what.startsWith("a range")) parameters[6] = String(BASE_NS + 2_000_000_000n);
    if (what.startsWith("a Loki")) parameters[2] = "http://127.0.0.1:9";
    const result = await command.run(...parameters);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(sentence);
    expect(result.exitCode).toBe(exitCode);
  });

  it("leaves who looked at whose logs in the audit log", async () => {
    await command.run(...query("--limit", "1", '{app="a"}'));
    const { stdout } = await command.run("audit", "list", "--limit", "1", "--output", "ndjson");
    expect(JSON.parse(stdout)).toMatchObject({
      action: "logs.query",
      outcome: "succeeded",
      subject: { tenant: TENANT, query: '{app="a"}' },
    });
    expect((await command.run("audit", "verify")).exitCode).toBe(0);
  });

  it("refuses an auditor the customers' logs, and notes the refusal", async () => {
    const result = await command.run("--set", "safety.role=auditor", ...query('{app="a"}'));
    expect(result).toMatchObject({ exitCode: 3, stdout: "" });
    const { stdout } = await command.run("audit", "list", "--limit", "1", "--output", "ndjson");
    expect(JSON.parse(stdout)).toMatchObject({ action: "logs.query", outcome: "refused", error: "permission.denied" });
  });
});

describe("kubemate tail", () => {
  it("prints what arrives, until Ctrl-C", async () => {
    const pushing = new AbortController();
    const following = command.runUntil(
      ["tail", "--source", url, "--tenant", TENANT, "--output", "ndjson", '{app="late"}'],
      (text) => text.includes("arrived"),
    );
    const keepPushing = pushUntil(pushing.signal);
    const { exitCode, stdout } = await following;
    pushing.abort();
    await keepPushing;
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({
      labels: { app: "late" },
      line: expect.stringContaining("arrived"),
    });
  });
});
