import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { FindingFilter } from "../../../../src-shared/model/storage/scan.ts";
import { csvRow } from "./csv-cells.ts";
import type { ExportFormat } from "./desk-protocol.ts";
import { rowsOf, type FindingRow } from "./finding-rows.ts";
import type { FindingsStore } from "./findings.store.ts";
import { scanRow } from "./scan-rows.ts";

const COLUMNS = [
  "severity",
  "kind",
  "key",
  "tenant",
  "from",
  "through",
  "bytes",
  "entriesLost",
  "chunks",
  "streams",
  "labels",
  "evidence",
  "state",
  "firstSeen",
  "id",
] as const;

/**
 * Writes the findings of a scan that fit a filter into a file, which is there whole or not at all; how many they are. Rejects with
 * `storage.scan-unknown`, `files.unwritable`.
 */
export async function exportFindings(
  store: FindingsStore,
  options: {
    readonly scan: JobId;
    readonly filter: FindingFilter;
    readonly format: ExportFormat;
    readonly target: string;
  },
): Promise<number> {
  const { scan, filter, format, target } = options;
  const row = store.run((database) => scanRow(database, scan));
  if (row === null) throw new AppError("storage.scan-unknown", { scan });
  const all = rowsOf(store, row.range, filter);
  let findings = 0;
  function* rows(): Generator<FindingRow> {
    for (const each of all) {
      findings += 1;
      yield each;
    }
  }
  const partial = `${target}.part`;
  try {
    await pipeline(Readable.from(pieces(rows(), format)), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Error && "syscall" in error) {
      throw new AppError("files.unwritable", { file: target, problem: error.message.slice(0, 300) }, { cause: error });
    }
    throw error;
  }
  return findings;
}

function* pieces(rows: Iterable<FindingRow>, format: ExportFormat): Generator<string> {
  if (format === "csv") yield csvRow(COLUMNS);
  let first = true;
  for (const row of rows) {
    if (format === "csv") yield csvLine(row);
    else if (format === "ndjson") yield `${JSON.stringify(plain(row))}\n`;
    else yield `${first ? "[\n" : ",\n"}${JSON.stringify(plain(row))}`;
    first = false;
  }
  if (format === "json") yield first ? "[]\n" : "\n]\n";
}

/** The finding's own fields, and what is known of it beside. */
function plain({ id, finding, state, firstSeenMs }: FindingRow) {
  return { id, ...finding, state, firstSeenMs };
}

function csvLine({ id, finding, state, firstSeenMs }: FindingRow): string {
  const { severity, kind, key, tenant, fromMs, throughMs, bytes, entriesLost, chunks, streamCount } = finding;
  const labels = finding.streams.flatMap((stream) => (stream.labels === null ? [] : [JSON.stringify(stream.labels)]));
  const evidence = finding.evidence.map(({ what, offset, expected, actual }) =>
    [what, offset === null ? null : `at ${offset}`, actual, expected === null ? null : `instead of ${expected}`]
      .filter((part) => part !== null)
      .join(" "),
  );
  return csvRow([
    severity,
    kind,
    key,
    tenant,
    isoTime(fromMs),
    isoTime(throughMs),
    bytes,
    entriesLost,
    chunks,
    streamCount,
    labels.join(" "),
    evidence.join("; "),
    state,
    isoTime(firstSeenMs),
    id,
  ]);
}

/** Times of keys that nobody vouches for may be no time at all. */
function isoTime(ms: number | null): string | null {
  if (ms === null) return null;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
