import { basename } from "node:path";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { BlockProblem, BlockRows } from "../archive-block.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { BlockWindow, MAX_ENTRY_BYTES } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import { EntryCollector } from "./entry-collector.ts";
import { jsonLabels } from "./json-text.ts";
import { readCriLines, readDockerLines } from "./read-container-lines.ts";
import { readJsonEntries } from "./read-json-entries.ts";
import { readKubectlLines, readTimelessText } from "./read-plain-lines.ts";
import { readTimedText } from "./read-timed-text.ts";

/** Reads a block: its rows, and all that was found on the way. */
export function readTextBlock(place: TextPlace): { readonly rows: BlockRows; readonly found: EntryCollector } {
  using window = new BlockWindow(place);
  const found = new EntryCollector(place);
  switch (place.reading.format) {
    case "text":
      if (place.reading.timeRule === null) readTimelessText(window, place, found);
      else readTimedText(window, place, found);
      break;
    case "kubectl":
    case "kubectl-timestamps":
      readKubectlLines(window, place, found);
      break;
    case "cri":
      readCriLines(window, place, found);
      break;
    case "docker-json":
      readDockerLines(window, place, found);
      break;
    case "kubemate-ndjson":
    case "logcli-jsonl":
    case "loki-push":
      readJsonEntries(window, place, found);
      break;
  }
  return { rows: rowsOf(window, place, found), found };
}

function rowsOf(window: BlockWindow, place: TextPlace, found: EntryCollector): BlockRows {
  const { columns, table } = found;
  const { count } = columns;
  const source = window.bytes;
  const bytes = withComposed(source, found);
  return {
    rowCount: count,
    timestampsNs: columns.times.subarray(0, count),
    streams: table.streams,
    streamRefs: columns.streamRefs.subarray(0, count),
    bytes,
    lineStarts: columns.starts.subarray(0, count),
    lineEnds: columns.ends.subarray(0, count),
    metadata: columns.metadata === null ? null : labelsAt(bytes, columns.metadata),
    parsed: columns.parsed === null ? null : labelsAt(bytes, columns.parsed),
    problems: found.tooLongLines === 0 ? [] : [tooLong(place, found.tooLongLines)],
  };
}

/** Why entries of a block were left out. */
export function tooLong(place: TextPlace, count: number): BlockProblem {
  const part = basename(place.file);
  const error = new AppError("archive.line-too-long", { part, limitBytes: MAX_ENTRY_BYTES });
  return { part, error: error.toWire(), count };
}

/** Texts that are not in one piece go behind the window's bytes. */
function withComposed(source: Buffer, found: EntryCollector): Uint8Array {
  const joined = found.composed.filter(({ pieces }) => pieces.length > 1);
  if (joined.length === 0) return source;
  let total = source.length;
  for (const { pieces } of joined) for (const piece of pieces) total += piece.length;
  const bytes = new Uint8Array(total);
  bytes.set(source);
  let at = source.length;
  for (const { row, pieces } of joined) {
    found.columns.starts[row] = at;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    found.columns.ends[row] = at;
  }
  return bytes;
}

const KEPT_SETS = 1_024;

/** Label sets of rows, decoded when asked for; sets that are written alike are one object. */
function labelsAt(bytes: Uint8Array, places: Uint32Array): (row: number) => LabelSet | undefined {
  const known = new Map<string, LabelSet>();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (row) => {
    const start = places[2 * row] ?? 0;
    const end = places[2 * row + 1] ?? 0;
    if (end === start) return undefined;
    const written = buffer.toString("latin1", start, end);
    let labels = known.get(written);
    if (labels === undefined) {
      labels = jsonLabels(bytes, start, end) ?? {};
      if (known.size >= KEPT_SETS) known.clear();
      known.set(written, labels);
    }
    return Object.keys(labels).length === 0 ? undefined : labels;
  };
}
