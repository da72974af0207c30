import type { LabelSet } from "../model/labels.ts";
import type { LogBatch, RowExtra } from "../model/log-batch.ts";
import type { RedactionPattern } from "../model/redaction-pattern.ts";
import type { Found } from "./found.ts";
import { redactLabels, RedactionTally } from "./redact-text.ts";
import { copyRedacted, growth } from "./replacements.ts";
import { SecretFinder } from "./secret-finder.ts";

/** Replacements that were made, by the pattern that asked for them; patterns that found nothing are left out. */
export type RedactionCounts = Readonly<Partial<Record<RedactionPattern, number>>>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BACKSLASH = 92;

/**
 * A batch with what the patterns find replaced by `[redacted:<pattern>]`: in lines, and in the values of stream labels,
 * structured metadata and parsed labels. A stream whose label changes becomes another stream. Counts are of replacements:
 * an address in a line and once more in a label parsed from it counts twice, one in a stream's label once for each row.
 * What was not changed is the batch's own buffer; the batch given must not be used any more.
 */
export function redactBatch(
  batch: LogBatch,
  patterns: readonly RedactionPattern[],
): { readonly batch: LogBatch; readonly counts: RedactionCounts } {
  if (patterns.length === 0 || batch.rowCount === 0) return { batch, counts: {} };
  const finder = new SecretFinder(patterns);
  const tally = new RedactionTally();
  const redacted = {
    ...batch,
    ...redactLines(batch, finder, tally),
    ...redactExtras(batch, finder, tally),
    streams: redactStreams(batch, finder, tally),
  };
  return { batch: redacted, counts: tally.counts() };
}

function redactLines(
  { rowCount, lineBytes, lineOffsets }: LogBatch,
  finder: SecretFinder,
  tally: RedactionTally,
): Pick<LogBatch, "lineBytes" | "lineOffsets"> {
  const changed = new Map<number, readonly Found[]>();
  let grown = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const found = finder.find(lineBytes, lineOffsets[row] ?? 0, lineOffsets[row + 1] ?? 0);
    if (found.length === 0) continue;
    changed.set(row, found);
    tally.addAll(found);
    grown += growth(found);
  }
  if (changed.size === 0) return { lineBytes, lineOffsets };
  const first = lineOffsets[0] ?? 0;
  const target = new Uint8Array((lineOffsets[rowCount] ?? 0) - first + grown);
  const offsets = new Uint32Array(rowCount + 1);
  let at = 0;
  for (let row = 0; row < rowCount; row += 1) {
    at = copyRedacted(lineBytes, lineOffsets[row] ?? 0, lineOffsets[row + 1] ?? 0, changed.get(row) ?? [], target, at);
    offsets[row + 1] = at;
  }
  return { lineBytes: target, lineOffsets: offsets };
}

/**
 * Metadata and parsed labels are JSON. Its bytes are searched as they are first; only where something is found, or an escape
 * may hide it, are the values taken out.
 */
function redactExtras(
  { rowCount, extraBytes, extraOffsets }: LogBatch,
  finder: SecretFinder,
  tally: RedactionTally,
): Pick<LogBatch, "extraBytes" | "extraOffsets"> {
  const changed = new Map<number, Uint8Array>();
  let grown = 0;
  let escape = -1;
  for (let row = 0; row < rowCount; row += 1) {
    const from = extraOffsets[row] ?? 0;
    const to = extraOffsets[row + 1] ?? 0;
    if (from === to) continue;
    if (escape < from) escape = nextEscape(extraBytes, from);
    if (escape >= to && finder.find(extraBytes, from, to).length === 0) continue;
    const json = redactExtra(decoder.decode(extraBytes.subarray(from, to)), finder, tally);
    if (json === null) continue;
    const piece = encoder.encode(json);
    changed.set(row, piece);
    grown += piece.length - (to - from);
  }
  if (changed.size === 0) return { extraBytes, extraOffsets };
  const target = new Uint8Array((extraOffsets[rowCount] ?? 0) - (extraOffsets[0] ?? 0) + grown);
  const offsets = new Uint32Array(rowCount + 1);
  let at = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const piece = changed.get(row) ?? extraBytes.subarray(extraOffsets[row], extraOffsets[row + 1]);
    target.set(piece, at);
    at += piece.length;
    offsets[row + 1] = at;
  }
  return { extraBytes: target, extraOffsets: offsets };
}

function nextEscape(bytes: Uint8Array, from: number): number {
  const escape = bytes.indexOf(BACKSLASH, from);
  return escape === -1 ? bytes.length : escape;
}

/** `null` where nothing is found in any value. */
function redactExtra(json: string, finder: SecretFinder, tally: RedactionTally): string | null {
  // The format is fixed by `LogBatch.extraBytes`.
  const extra = JSON.parse(json) as RowExtra;
  const m = extra.m === undefined ? undefined : redactLabels(extra.m, finder, tally);
  const p = extra.p === undefined ? undefined : redactLabels(extra.p, finder, tally);
  if (m === extra.m && p === extra.p) return null;
  return JSON.stringify({ ...(m === undefined ? {} : { m }), ...(p === undefined ? {} : { p }) });
}

function redactStreams(
  { rowCount, streams, streamRefs }: LogBatch,
  finder: SecretFinder,
  tally: RedactionTally,
): readonly LabelSet[] {
  const unchanged = new RedactionTally();
  const shown = streams.map((labels) => redactLabels(labels, finder, unchanged));
  if (shown.every((labels, index) => labels === streams[index])) return streams;
  const rows = new Uint32Array(streams.length);
  for (let row = 0; row < rowCount; row += 1) {
    const ref = streamRefs[row] ?? 0;
    rows[ref] = (rows[ref] ?? 0) + 1;
  }
  for (const [index, labels] of streams.entries()) {
    if (shown[index] !== labels) redactLabels(labels, finder, tally, rows[index] ?? 0);
  }
  return shown;
}
