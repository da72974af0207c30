import { closeSync, openSync, writeSync } from "node:fs";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { LogBatch } from "../../src-shared/model/log-batch.ts";
import { LOG_LEVELS } from "../../src-shared/model/log-level.ts";

/** Logfmt lines of an access log, about 170 bytes each, of a dozen services. The same options give the same bytes. */
export interface AccessLogs {
  readonly streams: readonly LabelSet[];
  /** Rows `[from, from + count)`, ascending in time, as a batch whose buffers are its own. */
  batch(from: number, count: number): LogBatch;
  /** The same lines as a text file. */
  writeText(file: string, rows: number): void;
}

/** Different lines; they repeat further apart than what a compressor looks back on. */
const VARIETY = 60_000;
const STEP_NS = 2_000_000n;

function mixed(number: number, salt: number): number {
  let value = Math.imul(number ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function lineOf(number: number): string {
  const status = mixed(number, 1) % 50 === 0 ? 500 : mixed(number, 2) % 20 === 0 ? 404 : 200;
  const level = status === 500 ? "error" : "info";
  const said = mixed(number, 6) % 200 === 0 ? "upstream timeout, retried" : "request served to the caller";
  return (
    `level=${level} caller=http.go:97 msg="${said}" method=GET path=/api/accounts/${mixed(number, 3) % 99_999}/transfers ` +
    `status=${status} latency=${mixed(number, 4) % 2_000}ms trace_id=${mixed(number, 5).toString(16).padStart(8, "0")}`
  );
}

export function accessLogs(startNs: bigint): AccessLogs {
  const streams = Array.from({ length: 36 }, (_, at) => ({
    app: `svc-${at % 12}`,
    namespace: at % 2 === 0 ? "core" : "edge",
    pod: `svc-${at % 12}-${at}`,
  }));
  const pool = Array.from({ length: VARIETY }, (_, number) => Buffer.from(lineOf(number)));
  const levels = pool.map((line) => LOG_LEVELS.indexOf(line.includes("level=error") ? "error" : "info"));
  const lineAt = (row: number): Buffer => pool[row % VARIETY] ?? Buffer.alloc(0);
  return {
    streams,
    batch(from, count) {
      const lineOffsets = new Uint32Array(count + 1);
      for (let at = 0; at < count; at += 1) lineOffsets[at + 1] = (lineOffsets[at] ?? 0) + lineAt(from + at).length;
      const lineBytes = new Uint8Array(lineOffsets[count] ?? 0);
      const timestampsNs = new BigInt64Array(count);
      const streamRefs = new Uint32Array(count);
      const rowLevels = new Uint8Array(count);
      for (let at = 0; at < count; at += 1) {
        lineBytes.set(lineAt(from + at), lineOffsets[at]);
        timestampsNs[at] = startNs + BigInt(from + at) * STEP_NS;
        streamRefs[at] = mixed(from + at, 7) % streams.length;
        rowLevels[at] = levels[(from + at) % VARIETY] ?? 0;
      }
      return {
        rowCount: count,
        timestampsNs,
        streams,
        streamRefs,
        lineOffsets,
        lineBytes,
        extraOffsets: new Uint32Array(count + 1),
        extraBytes: new Uint8Array(),
        levels: rowLevels,
      };
    },
    writeText(file, rows) {
      const descriptor = openSync(file, "w");
      try {
        for (let from = 0; from < rows; from += 10_000) {
          const pieces: Buffer[] = [];
          for (let row = from; row < Math.min(rows, from + 10_000); row += 1) {
            const time = new Date(Number((startNs + BigInt(row) * STEP_NS) / 1_000_000n)).toISOString();
            pieces.push(Buffer.from(`${time} `), lineAt(row), Buffer.from("\n"));
          }
          writeSync(descriptor, Buffer.concat(pieces));
        }
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
