import { NO_READ_STATS } from "../../../src-shared/model/log-query.ts";
import { COMPLETE } from "../../../src-shared/model/completeness.ts";
import { FakeResultSet, fakeLogs, type FakeLogs } from "../../builders/fake-logs-client.ts";
import { syntheticLogs, type SyntheticLogs } from "../../builders/synthetic-logs.ts";

export const SCENARIOS = [
  "start",
  "million",
  "huge",
  "wide-json",
  "long-line",
  "hostile",
  "empty",
  "failed",
  "partial",
  "reading",
  "tail",
  "fast-tail",
  "slow",
  "health",
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

const NEWEST_NS = 1_763_633_647_123_456_789n;
const STEP_NS = 890_123n;

function rowsOf(name: ScenarioName): number {
  if (name === "huge") return 20_000_000;
  if (name === "wide-json") return 200;
  if (name === "hostile") return 60;
  if (name === "long-line") return 40;
  if (name === "empty" || name === "failed") return 0;
  if (name === "reading") return 182_400;
  return 1_000_000;
}

/** A 20 MB line of JSON; made once, in one string, as it would be in a file. */
function longLine(): string {
  const item = `{"id":${"7".repeat(12)},"note":"standing order, settled overnight","tags":["a","b"],"amount":12.50},`;
  return `{"level":"error","msg":"batch of orders","items":[${item.repeat(Math.ceil(20_971_520 / item.length)).slice(0, -1)}]}`;
}

function withLongLine(logs: SyntheticLogs): SyntheticLogs {
  const line = longLine();
  return {
    streams: logs.streams,
    line: (number) => (number === 3 ? line : logs.line(number)),
    row: (number) => {
      const row = logs.row(number);
      if (number !== 3 || row.kind !== "entry") return row;
      return { ...row, level: "error", line: line.slice(0, 4_096), lineBytes: line.length };
    },
  };
}

/** The fake core of a page by the name of what it shows. */
export function scenarioLogs(name: ScenarioName): FakeLogs {
  const isTail = name === "tail" || name === "fast-tail";
  const kind = name === "wide-json" ? "wide-json" : name === "hostile" ? "hostile" : "service";
  const plain = syntheticLogs({ newestNs: NEWEST_NS, stepNs: STEP_NS, kind, forward: isTail });
  const logs = name === "long-line" ? withLongLine(plain) : plain;
  let made = 0;
  const fake = fakeLogs((how, input) => {
    made += 1;
    const id = `${how}-${made}`;
    if (how === "context") {
      const { row, before, after } = input as { row: number; before: number; after: number };
      const first = Math.max(0, row - before);
      return new FakeResultSet(id, logs, before + after + 1, (number) => first + before + after - number);
    }
    if (how === "filter") return new FakeResultSet(id, logs, 8_412, (number) => number * 7);
    if (how === "tail") return tailing(id, logs, name === "fast-tail" ? 2_000 : 40);
    return opened(id, logs, name);
  });
  fake.windowDelayMs = name === "slow" ? 60_000 : 2;
  if (name === "failed") {
    fake.failures.set("open", {
      code: "loki.query-invalid",
      params: { text: "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER", line: 1, column: 20 },
      category: "invalid-input",
      retryable: false,
    });
  }
  return fake;
}

function opened(id: string, logs: SyntheticLogs, name: ScenarioName): FakeResultSet {
  const set = new FakeResultSet(id, logs, rowsOf(name));
  if (name === "partial") {
    set.change({
      completeness: {
        verdict: "incomplete",
        reasons: [
          { kind: "limit-reached", limit: 1_000_000 },
          {
            kind: "lines-missing",
            unit: "chunks",
            promised: 412,
            read: 409,
            startNs: String(NEWEST_NS - 3_600_000_000_000n),
            endNs: String(NEWEST_NS),
          },
          { kind: "server-warning", text: "3 chunks could not be fetched" },
        ],
      },
    });
  }
  if (name === "reading") {
    set.change({ phase: "reading", rowsPerSecond: 182_000, completeness: { verdict: "unknown", reasons: [] } });
  }
  return set;
}

/** Grows ten times a second by so many rows, as a tail does; a gap and dropped entries are among them. */
function tailing(id: string, logs: SyntheticLogs, each: number): FakeResultSet {
  const set = new FakeResultSet(id, logs, 300);
  set.change({
    phase: "tailing",
    direction: "forward",
    rowsPerSecond: each * 10,
    completeness: COMPLETE,
    stats: NO_READ_STATS,
  });
  const at = (number: number): string => logs.row(number).timestampNs;
  set.markers.set(280, {
    kind: "marker",
    row: 280,
    timestampNs: at(280),
    marker: { kind: "gap", startNs: at(275), endNs: at(280), cause: "connection reset" },
  });
  set.markers.set(281, { kind: "marker", row: 281, timestampNs: at(281), marker: { kind: "reconnected" } });
  set.markers.set(288, {
    kind: "marker",
    row: 288,
    timestampNs: at(288),
    marker: { kind: "backfilled", startNs: at(281), endNs: at(287), entries: 6, cause: "connection reset" },
  });
  set.markers.set(294, {
    kind: "marker",
    row: 294,
    timestampNs: at(294),
    marker: { kind: "dropped", entries: 17, streams: [{ app: "payments" }] },
  });
  set.change({ dropped: 17, gaps: 1 });
  const timer = setInterval(() => {
    if (set.state.phase !== "tailing") clearInterval(timer);
    else set.change({ rows: set.state.rows + each });
  }, 100);
  return set;
}
