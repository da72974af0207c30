import type { TEXT_FORMATS } from "../../../src-shared/api/logs.api.ts";
import { formatLabelSet, type LabelSet } from "../../../src-shared/model/labels.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import { formatNanoUtc } from "../../../src-shared/model/nano-time.ts";
import type { RowMarker } from "../../../src-shared/model/log-row.ts";
import { MARKER_LEVEL } from "./result-set/packed-rows.ts";
import { parseRowExtra, parseRowMarker } from "./result-set/row-extra.ts";
import type { StoredRow } from "./result-set/row-store.ts";
import { isUtf8 } from "node:buffer";

export type TextFormat = (typeof TEXT_FORMATS)[number];

/** The columns of the `csv` format. Sets of labels are JSON. */
const CSV_COLUMNS = ["time", "timestamp_ns", "level", "labels", "metadata", "parsed", "line"] as const;

/** What comes before the first row. */
export function textHeader(format: TextFormat): string {
  return format === "csv" ? `${CSV_COLUMNS.join(",")}\r\n` : "";
}

/**
 * One row as text, with its line's end. Markers are in it too, so that a gap is not lost on the way into a ticket: a `#`
 * line of `text`, an object with `marker` of `ndjson`, a row with the level `marker` of `csv` and `logfmt`.
 */
export function rowText(row: StoredRow, labels: LabelSet, format: TextFormat): string {
  const marker = row.level === MARKER_LEVEL ? parseRowMarker(row.extra) : null;
  switch (format) {
    case "text":
      return plainText(row, labels, marker);
    case "ndjson":
      return `${JSON.stringify(ndjsonRow(row, labels, marker))}\n`;
    case "csv":
      return csvRow(row, labels, marker);
    case "logfmt":
      return logfmtRow(row, labels, marker);
  }
}

/** As `logcli` prints an entry: time, labels, line. */
function plainText(row: StoredRow, labels: LabelSet, marker: RowMarker | null): string {
  const time = formatNanoUtc(row.timestampNs);
  if (marker !== null) return `# ${time} ${JSON.stringify(marker)}\n`;
  return `${time} ${formatLabelSet(labels)} ${row.line.toString()}\n`;
}

/** `line` of bytes that are no UTF-8 holds U+FFFD; `lineBase64` then has the bytes. */
function ndjsonRow(row: StoredRow, labels: LabelSet, marker: RowMarker | null): Readonly<Record<string, unknown>> {
  const ts = String(row.timestampNs);
  if (marker !== null) return { ts, marker };
  const { m, p } = parseRowExtra(row.extra);
  return {
    ts,
    labels,
    metadata: m ?? {},
    ...(p === undefined ? {} : { parsed: p }),
    line: row.line.toString(),
    ...(isUtf8(row.line) ? {} : { lineBase64: row.line.toString("base64") }),
  };
}

function csvRow(row: StoredRow, labels: LabelSet, marker: RowMarker | null): string {
  const { m, p } = marker === null ? parseRowExtra(row.extra) : {};
  const cells = [
    formatNanoUtc(row.timestampNs),
    String(row.timestampNs),
    marker === null ? (LOG_LEVELS[row.level] ?? "unknown") : "marker",
    marker === null ? JSON.stringify(labels) : "",
    m === undefined ? "" : JSON.stringify(m),
    p === undefined ? "" : JSON.stringify(p),
    marker === null ? row.line.toString() : JSON.stringify(marker),
  ];
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/**
 * A cell after RFC 4180. A spreadsheet runs a cell that begins with one of these characters as a formula, so it gets an
 * apostrophe in front (OWASP, "CSV injection"); a negative number is none.
 */
function csvCell(text: string): string {
  const defused = /^[=+\-@\t\r\n]/.test(text) && !/^-\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}

function logfmtRow(row: StoredRow, labels: LabelSet, marker: RowMarker | null): string {
  const head: [string, string][] = [["ts", formatNanoUtc(row.timestampNs)]];
  if (marker !== null) {
    const values = Object.entries(marker).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return logfmtLine([...head, ["level", "marker"], ...values]);
  }
  const { m, p } = parseRowExtra(row.extra);
  const pairs = [...Object.entries(labels), ...Object.entries(m ?? {}), ...Object.entries(p ?? {})];
  return logfmtLine([...head, ...pairs, ["msg", row.line.toString()]]);
}

function logfmtLine(pairs: readonly (readonly [string, string])[]): string {
  return `${pairs.map(([name, value]) => `${logfmtKey(name)}=${logfmtValue(value)}`).join(" ")}\n`;
}

function logfmtKey(name: string): string {
  return name.replaceAll(/[\s="\p{Cc}]/gu, "_");
}

function logfmtValue(value: string): string {
  return /[\s="\\\p{Cc}]/u.test(value) || value === "" ? JSON.stringify(value) : value;
}
