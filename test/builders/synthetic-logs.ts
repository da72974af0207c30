import type { LabelSet } from "../../src-shared/model/labels.ts";
import { LOG_LEVELS, type LogLevel } from "../../src-shared/model/log-level.ts";
import type { LogRow } from "../../src-shared/model/log-row.ts";

/** Rows that are made when they are looked at: the same number gives the same row, so millions of them cost nothing. */
export interface SyntheticLogs {
  readonly streams: readonly LabelSet[];
  row(number: number): LogRow;
  line(number: number): string;
}

export interface SyntheticLogsOptions {
  /** The newest row's time. */
  readonly newestNs: bigint;
  /** Nanoseconds between two rows; rows of one group of five share an instant. */
  readonly stepNs: bigint;
  readonly kind?: "service" | "wide-json" | "hostile";
  /** Row 0 is the oldest, as in a tail. */
  readonly forward?: boolean;
}

const CUT = 4_096;
const APPS = ["payments", "ledger", "cards", "gateway"] as const;
const SAID = [
  "request served",
  "timeout after 5000ms while calling upstream",
  "cache miss for account",
  "retrying write to shard",
  "connection pool exhausted, waiting",
  "settlement batch committed",
] as const;

/** A well mixed 32-bit number of a row (the finaliser of MurmurHash3). */
function mixed(number: number, salt: number): number {
  let value = Math.imul(number ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function levelOf(number: number): LogLevel {
  const dice = mixed(number, 1) % 1_000;
  const index = [1, 3, 28, 90, 760, 940, 985].findIndex((bound) => dice < bound);
  return LOG_LEVELS[index < 0 ? LOG_LEVELS.length - 1 : index] ?? "unknown";
}

function serviceLine(number: number, level: LogLevel): string {
  const said = SAID[mixed(number, 2) % SAID.length] ?? "";
  const trace = mixed(number, 3).toString(16).padStart(8, "0") + mixed(number, 4).toString(16).padStart(8, "0");
  const plain = `ts=${number} level=${level} msg="${said}" account=${mixed(number, 5) % 90_000} latency_ms=${mixed(number, 6) % 5_200} trace_id=${trace}`;
  return mixed(number, 7) % 40 === 0
    ? `\u001B[36m[pool-${number % 8}]\u001B[0m \u001B[1m${said}\u001B[m ${plain}`
    : plain;
}

function jsonLine(number: number, level: LogLevel): string {
  const items = Array.from({ length: 120 }, (_, item) => ({
    id: mixed(number, item),
    sku: `SKU-${mixed(item, number) % 99_999}`,
    note: "standing order, settled overnight",
  }));
  return JSON.stringify({ level, msg: "order accepted", order: number, items });
}

function hostileLine(number: number): string {
  const lines = [
    "<img src=x onerror=alert(1)><script>alert(2)</script> &amp; not markup",
    "user=\u202Egnp.exe\u202C looks like an image",
    "zero\u200Bwidth and bell\u0007 and null\u0000 and \u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007",
    "\u001B[8mhidden words\u001B[0m \u001B[41;97m white on red \u001B[0m \u001B[38;5;208morange\u001B[0m \u001B[38;2;80;200;120mgreen\u001B[0m",
    "first line\nsecond line\r\nthird line\tafter a tab",
    "עברית ועוד ערבית مرحبا mixed with latin 123",
    "日本語と中文混排的日志行，宽字符 🙂 👩‍👩‍👧",
    "",
  ];
  return lines[number % lines.length] ?? "";
}

/** Deterministic logs of four services with levels, metadata and a trace now and then. */
export function syntheticLogs({
  newestNs,
  stepNs,
  kind = "service",
  forward = false,
}: SyntheticLogsOptions): SyntheticLogs {
  const streams: LabelSet[] = APPS.flatMap((app, index) =>
    [0, 1].map((pod) => ({
      app,
      namespace: index < 2 ? "core-banking" : "edge",
      pod: `${app}-7c9f${index}${pod}-x${pod}k`,
      container: "main",
    })),
  );
  const line = (number: number): string => {
    if (kind === "hostile") return hostileLine(number);
    return kind === "wide-json" ? jsonLine(number, levelOf(number)) : serviceLine(number, levelOf(number));
  };
  return {
    streams,
    line,
    row: (number) => {
      const whole = line(number);
      const level = levelOf(number);
      const distance = BigInt(Math.floor(number / 5) * 5) * stepNs;
      return {
        kind: "entry",
        row: number,
        timestampNs: String(forward ? newestNs + distance : newestNs - distance),
        level,
        line: whole.slice(0, CUT),
        lineBytes: whole.length <= CUT ? new TextEncoder().encode(whole).length : whole.length,
        stream: mixed(number, 8) % streams.length,
        metadata: { detected_level: level, trace_id: mixed(number, 3).toString(16).padStart(8, "0") },
        ...(mixed(number, 9) % 3 === 0 ? { parsed: { status: String(200 + (mixed(number, 10) % 4) * 100) } } : {}),
      };
    },
  };
}
