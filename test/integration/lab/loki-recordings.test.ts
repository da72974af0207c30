import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import type { Lab } from "../../../src-main/lab/lab.ts";
import type { TenantLimits } from "../../../src-main/lab/loki/tenant-limits.ts";
import { askLoki, pushCorpus, quietLab, shapeOf } from "../../builders/lab-loki.ts";
import { corpusEntries, type LokiExchange, lokiExchanges } from "../../builders/lab-recordings.ts";

const HOUR = 3_600_000_000_000n;
const exchanges = lokiExchanges();

/** What the recorded servers were configured with, as far as their answers show it. */
const API_LIMITS: Record<string, Partial<TenantLimits>> = {
  "tiny-old": { reject_old_samples_max_age: HOUR },
  "tiny-rate": { ingestion_rate_mb: 0.001, ingestion_burst_size_mb: 0.001 },
  "tiny-streams": { max_global_streams_per_user: 4 },
  "tiny-stream-rate": { per_stream_rate_limit: 200, per_stream_rate_limit_burst: 300 },
  "tiny-line": { max_line_size: 64 },
  "tiny-truncate": { max_line_size: 64, max_line_size_truncate: true, max_line_size_truncate_identifier: "[cut]" },
  "tiny-labels": { max_label_names_per_series: 3, max_label_name_length: 10, max_label_value_length: 20 },
  "tiny-metadata": { max_structured_metadata_size: 40, max_structured_metadata_entries_count: 2 },
  "no-metadata": { allow_structured_metadata: false },
  "blocked-push": { block_ingestion_until: "2030-01-01T00:00:00Z" },
  "blocked-push-429": { block_ingestion_until: "2030-01-01T00:00:00Z", block_ingestion_status_code: 429 },
  "tiny-query": {
    max_entries_limit_per_query: 10,
    max_query_length: 2n * HOUR,
    max_query_series: 2,
    max_streams_matchers_per_query: 2,
    max_concurrent_tail_requests: 1,
  },
  "required-labels": { required_labels: ["app"], minimum_labels_number: 2 },
  "blocked-query": {
    blocked_queries: [
      { pattern: '{app="blocked"}', regex: false },
      { pattern: ".*secret.*", regex: true },
    ],
  },
  "no-parallel": { max_query_parallelism: 0 },
  "tiny-lookback": { max_query_lookback: HOUR },
  "no-volume": { volume_enabled: false },
  "tiny-bytes": { max_query_bytes_read: 100 },
};

const NO_DISCOVERY: Partial<TenantLimits> = {
  discover_service_name: [],
  discover_log_levels: false,
  reject_old_samples: false,
  ingestion_rate_mb: 1_000,
  ingestion_burst_size_mb: 1_000,
  per_stream_rate_limit: 2 ** 30,
  per_stream_rate_limit_burst: 2 ** 30,
};

/** Routes that the lab does not have, or has in part; the rest of the recordings is replayed. */
const NOT_SERVED: readonly (readonly [string, (exchange: LokiExchange) => boolean])[] = [
  ["OTLP ingestion", ({ request }) => request.path.startsWith("/otlp/")],
  [
    "rules are listed as none and cannot be written",
    ({ request }) => /^\/(loki\/api\/v1|prometheus\/api\/v1|api\/prom)\/(rules|alerts)/.test(request.path),
  ],
  [
    "delete requests, which lab-deletes.test.ts replays in their order",
    ({ request }) => /delete|generation_numbers/.test(request.path),
  ],
  ["no pattern ingester", ({ request }) => /\/patterns\?|^\/pattern\/ring/.test(request.path)],
  ["Go's profiles", ({ request }) => request.path.startsWith("/debug/")],
  ["protobuf answers", ({ request }) => (request.headers["Accept"] ?? "").includes("protobuf")],
  [
    "a configuration of another cluster",
    ({ request }) =>
      /^\/(config($|\?mode=defaults)|metrics|memberlist|services|ruler\/ring|indexgateway\/ring)/.test(request.path),
  ],
  ["a body that the recording holds as a listing of bytes", ({ request }) => (request.body ?? "").startsWith("b'")],
  [
    "a query that hangs the scheduler for half a minute before it fails",
    ({ status, body }) => status === 500 && body === "failed to enqueue request",
  ],
  ["a body that the recording holds in part", ({ request }) => /\.\.\.\(\d+ characters\)/.test(request.body ?? "")],
  ["what only OTLP brought in", ({ request }) => request.path.includes("otlp")],
  ["tails are WebSockets", ({ status }) => status === 101],
];

const served = exchanges.filter((exchange) => !NOT_SERVED.some(([, excludes]) => excludes(exchange)));
const name = ({ name: text, request }: LokiExchange) => `${text}: ${request.method} ${request.path.slice(0, 90)}`;
const recordedType = ({ headers }: LokiExchange) =>
  headers.find(([key]) => key.toLowerCase() === "content-type")?.[1] ?? null;

/** The instant of an exchange: what its own timestamps say, or the second it was written down. */
function instantOf(exchange: LokiExchange): number {
  return Date.parse(exchange.at ?? "2026-11-22T14:27:26Z");
}

const labs: Partial<Record<LokiExchange["base"], { lab: Lab; advanceTo: (ms: number) => Promise<void> }>> = {};

function labFor(exchange: LokiExchange): { lab: Lab; advanceTo: (ms: number) => Promise<void> } {
  const found = labs[exchange.base];
  if (found === undefined) throw new Error(`no lab for ${exchange.base}`);
  return found;
}

/** A size that the index estimates depends on how chunks were cut, and a failing series on which line came first. */
function comparable(text: string): string {
  return text.replace(/\(query: \d+ KiB/, "(query: N KiB").replace(/for series: '.*'\./, "for series: '…'.");
}

async function replay(exchange: LokiExchange): ReturnType<typeof askLoki> {
  const { lab, advanceTo } = labFor(exchange);
  await advanceTo(instantOf(exchange));
  const { method, path, headers, body } = exchange.request;
  return askLoki(lab, path, {
    method,
    headers,
    ...(body === null || body === undefined || body === "" ? {} : { body }),
  });
}

beforeAll(async () => {
  const first = Math.min(...exchanges.map(instantOf));
  const starts = {
    api: { limits: { ...API_LIMITS, "bank-a": {} } },
    main: { limits: { "bank-a": NO_DISCOVERY, "bank-b": NO_DISCOVERY } },
  };
  for (const base of ["api", "main"] as const) {
    const { lab, clock } = await quietLab(first, starts[base]);
    labs[base] = { lab, advanceTo: async (ms) => clock.advance(Math.max(0, ms - clock.nowMs())) };
  }
  const corpus = corpusEntries();
  const main = labs.main;
  if (main !== undefined) await pushCorpus(main.lab, corpus);
  // The `api` server held such lines of the half hour before; their exact text is not recorded, their form is.
  const shiftNs = BigInt(first) * 1_000_000n - 180_000_000_000n - 1_795_172_400_000_000_000n;
  const recent = corpus
    .filter(
      ({ tenant, labels, ts }) =>
        tenant === "bank-a" &&
        ["payments", "auth", "gateway", "nginx", "sshd"].includes(labels["app"] ?? "") &&
        BigInt(ts) > 1_795_170_600_000_000_000n,
    )
    .map((entry) => ({ ...entry, ts: String(BigInt(entry.ts) + shiftNs) }));
  const api = labs.api;
  if (api !== undefined) await pushCorpus(api.lab, recent);
  if (api !== undefined) await pushCorpus(api.lab, smallTenants(first));
});

/** Lines of the tenants whose limits a query runs into. */
function smallTenants(nowMs: number): ReturnType<typeof corpusEntries> {
  const at = (secondsAgo: number) => String((BigInt(nowMs) - BigInt(secondsAgo) * 1_000n) * 1_000_000n);
  const series = [0, 1, 2, 3].map((n) => ({
    tenant: "tiny-query",
    labels: { app: "q", n: String(n) },
    ts: at(40 - n),
    line: "line",
  }));
  const bulk = Array.from({ length: 200 }, (_, n) => ({
    tenant: "tiny-bytes",
    labels: { app: "x" },
    ts: at(400 - n),
    line: `some line ${n} ${"z".repeat(4_000)}`,
  }));
  return [...series, ...bulk];
}

afterAll(async () => {
  await Promise.all(Object.values(labs).map(({ lab }) => lab.close()));
});

describe("what a real Loki refused, the lab refuses in the same words", () => {
  const refused = served.filter(({ status }) => status >= 260);
  it.each(refused.map((exchange) => [name(exchange), exchange] as const))("%s", async (_name, exchange) => {
    const answer = await replay(exchange);
    expect({ status: answer.status, type: answer.contentType, text: comparable(answer.text) }).toEqual({
      status: exchange.status,
      type: recordedType(exchange) ?? answer.contentType,
      text: comparable(exchange.body ?? ""),
    });
    if (exchange.headers.length === 0) return;
    const sniffing = exchange.headers.some(([key]) => key === "X-Content-Type-Options");
    expect(answer.headers.get("x-content-type-options")).toBe(sniffing ? "nosniff" : null);
  });
});

describe("what a real Loki answered, the lab answers in the same form", () => {
  const answered = served.filter(({ status, body_cut_at: cut }) => status < 260 && cut === undefined);
  it.each(answered.map((exchange) => [name(exchange), exchange] as const))("%s", async (_name, exchange) => {
    const answer = await replay(exchange);
    expect({ status: answer.status, type: answer.contentType }, answer.text.slice(0, 500)).toEqual({
      status: exchange.status,
      type: recordedType(exchange),
    });
    if (recordedType(exchange)?.startsWith("application/json") !== true) return;
    expect(shapeOf(JSON.parse(answer.text))).toEqual(shapeOf(JSON.parse(exchange.body ?? "")));
  });
});

describe("what does not depend on data, the lab answers to the letter", () => {
  const exact = served.filter(
    ({ status, request }) => status === 200 && /format_query|tenant\/v1\/limits/.test(request.path),
  );
  it.each(exact.map((exchange) => [name(exchange), exchange] as const))("%s", async (_name, exchange) => {
    expect((await replay(exchange)).text).toBe(exchange.body);
  });
});

/** The corpus is the same on both sides, and so are answers about it whose order Loki fixes. */
describe("of the same data the lab says the same", () => {
  const fixed = served.filter(
    ({ base, status, request }) =>
      base === "main" && status === 200 && /\/labels?\?|\/label\/[^/]+\/values/.test(request.path),
  );
  it.each(fixed.map((exchange) => [name(exchange), exchange] as const))("%s", async (_name, exchange) => {
    expect((await replay(exchange)).text).toBe(exchange.body);
  });

  const series = served.filter(
    ({ base, status, request }) => base === "main" && status === 200 && request.path.includes("/series"),
  );
  it.each(series.map((exchange) => [name(exchange), exchange] as const))(
    "%s, in any order",
    async (_name, exchange) => {
      const sets = (text: string) =>
        z
          .object({ data: z.array(z.record(z.string(), z.string())) })
          .parse(JSON.parse(text))
          .data.map((labels) => formatLabelSet(labels))
          .sort();
      expect(sets((await replay(exchange)).text)).toEqual(sets(exchange.body ?? ""));
    },
  );

  const numbers = served.filter(
    ({ base, status, body }) => base === "main" && status === 200 && /"resultType":"matrix"/.test(body ?? ""),
  );
  it.each(
    numbers
      .filter(({ request }) => request.path.includes("query_range"))
      .map((exchange) => [name(exchange), exchange] as const),
  )("%s", async (_name, exchange) => {
    const result = (text: string): unknown =>
      z.object({ data: z.object({ result: z.unknown() }) }).parse(JSON.parse(text)).data.result;
    expect(result((await replay(exchange)).text)).toEqual(result(exchange.body ?? ""));
  });
});

it("every recording is replayed or named among those that are not", () => {
  expect(
    served.length + exchanges.filter((exchange) => NOT_SERVED.some(([, excludes]) => excludes(exchange))).length,
  ).toBe(exchanges.length);
  expect(served.length).toBeGreaterThan(150);
});
