import { isUtf8 } from "node:buffer";
import { rowExtra, type EntryView } from "./batch-entries.ts";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import { LOG_LEVELS } from "../../src-shared/model/log-level.ts";
import { formatNanoUtc } from "../../src-shared/model/nano-time.ts";
import { jsonLine, terminalSafe } from "./terminal.ts";

export type EntryFormat = "text" | "ndjson" | "json";

/** `2026-11-20T10:00:00.123456789Z error {app="payments"} line`; what a terminal would obey is shown instead. */
export function entryText(entry: EntryView): string {
  const level = LOG_LEVELS[entry.level] ?? "unknown";
  const stream = terminalSafe(formatLabelSet(entry.stream));
  return `${formatNanoUtc(entry.timestampNs)} ${level.padEnd(7)} ${stream} ${terminalSafe(entry.line)}\n`;
}

/**
 * `{"ts","labels","metadata","line"}` and, where the query parsed labels, `parsed`; `ts` in nanoseconds. A line of bytes that
 * are no UTF-8 has them in `lineBase64`.
 */
export function entryJson(entry: EntryView): string {
  const { m = {}, p } = rowExtra(entry);
  return jsonLine({
    ts: entry.timestampNs,
    labels: entry.stream,
    metadata: m,
    ...(p === undefined ? {} : { parsed: p }),
    line: entry.line,
    ...(isUtf8(entry.lineBytes) ? {} : { lineBase64: Buffer.from(entry.lineBytes).toString("base64") }),
  });
}
