import type { Completeness, CompletenessReason } from "../../../../../src-shared/model/completeness.ts";
import type { IndexStats } from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { AnswerStats } from "./answer-stats.ts";

/*
 * Whether an answer holds all lines that Loki has.
 *
 * Loki answers 200 without a warning when chunks are damaged, gone, or the object store is down; it leaves the lines out.
 * What it says of itself has to be read with care (seen with 3.7.6 on damaged buckets):
 *
 * - `querier.store.totalChunksDownloaded` counts chunks that were *asked for*. A chunk that does not exist, is empty or
 *   does not decode counts like a good one. So references = downloads proves nothing.
 * - What does show is that nothing came out: `decompressedLines` and `decompressedBytes` stay 0. But that also happens in
 *   health, when a range lies in a pause of a stream, between two blocks of one chunk.
 * - A chunk that could not be read is tried again when it overlaps the next batch: more downloads than references. It need
 *   not mean missing lines. Another replica's chunk may cover them, or the lines were deleted on purpose and an old index
 *   file still names the chunk: an undamaged bucket shows this too.
 * - `index/stats` counts a chunk once for each index file that names it (replicas, compacted and not yet compacted), so its
 *   numbers are *at least* the truth; where a chunk reaches over the edge of the range it counts a share by time, so there
 *   they are an estimate. A chunk that lies across a boundary of Loki's own splits may count in both.
 * - A damaged or missing *index* leaves nothing to compare with: no lines, and nothing promised.
 *
 * So `incomplete` is said only where it is proven:
 *
 * 1. Barren: chunks were fetched for an answer and not a line came out, and one of these chunks certainly has an entry in
 *    the range. That is so when the number of chunks at the beginning, the middle and the end of the range differ (then one
 *    begins or ends inside, and chunks begin and end with an entry), when a much wider range promises no more entries (then
 *    all of them lie inside), or when the range is longer than any chunk.
 * 2. Short: every chunk lies inside the range, all were fetched, and fewer lines came out than there must be. With `C`
 *    chunks counted in the index, `N` different ones, none is counted more than `C − N + 1` times; so of `E` promised
 *    entries at least `E ÷ (C − N + 1)` are different ones.
 *
 * A doubt that is not proven is `unknown`: chunks fetched twice, clearly fewer lines than an even share of the promise,
 * no `stats`, no promise to compare with, an empty answer with nothing promised.
 */

/** One answer's account: the range it was asked for, and what it says of its own making. */
export interface AnswerEvidence {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly rows: number;
  /** The server stopped at the limit; its counts are of a part of the range. */
  readonly full: boolean;
  readonly stats: AnswerStats | null;
  readonly warnings: readonly string[];
}

/** What more the index said, asked for only when something looked wrong. */
export interface IndexConfirmation {
  readonly range: TimeRange;
  /** Of the range itself. */
  readonly within: IndexStats;
  /** Chunks at instants shortly after the beginning, in the middle, and shortly before the end. */
  readonly chunksAt: readonly number[];
  /** Of a range that reaches far over both ends; `null` when it could not be asked. */
  readonly wide: IndexStats | null;
}

export interface ReadEvidence {
  readonly range: TimeRange;
  readonly rows: number;
  readonly limit: number | null;
  readonly answers: readonly AnswerEvidence[];
  /** `index/stats` of the selector over the range; `null` when there is none. */
  readonly promised: IndexStats | null;
  /** Whether a verdict of `complete` must rest on a promise; metric queries are judged by their own stats. */
  readonly needsPromise: boolean;
  readonly confirmation: IndexConfirmation | null;
  /** What was noticed while reading: parts that failed, entries that could not be told apart. */
  readonly noticed: readonly CompletenessReason[];
  /** The server looks no further back than this; `null` when it does. */
  readonly lookbackStartNs: bigint | null;
}

/** No chunk is open for longer than this: Loki's `max_chunk_age` is 2 h, and cannot usefully be a day. */
const LONGER_THAN_ANY_CHUNK_NS = 86_400n * NS_PER_SECOND;
/** Below this share of an even promise, an answer is doubted. Shares at the edges of a range are estimates. */
const DOUBTED_SHARE = 0.9;
/** Warnings of Loki's that say that something was left out; others are hints. */
const PARTIAL = /maximum number of series|partial|incomplete|truncated|timed? ?out|failed/i;

/** The answer that needs a second look by the index, if one does. Of several, the one with the most chunks. */
export function suspectAnswer(evidence: ReadEvidence): AnswerEvidence | null {
  const barren = evidence.answers.filter(isBarren);
  if (barren.length > 0) return barren.reduce((most, answer) => (refs(answer) > refs(most) ? answer : most));
  const [only] = evidence.answers;
  return only !== undefined && evidence.answers.length === 1 && isShort(only, evidence.promised) ? only : null;
}

export function completenessVerdict(evidence: ReadEvidence): Completeness {
  const reasons: CompletenessReason[] = [...evidence.noticed];
  const { limit, rows, range, lookbackStartNs } = evidence;
  if (limit !== null && rows >= limit) reasons.push({ kind: "limit-reached", limit });
  if (lookbackStartNs !== null && lookbackStartNs > range.startNs) {
    reasons.push({ kind: "lookback-clamped", startNs: lookbackStartNs.toString() });
  }
  const missing = missingLines(evidence);
  if (missing !== null) reasons.push(missing);
  const warnings = [...new Set(evidence.answers.flatMap((answer) => answer.warnings))];
  const incomplete = reasons.length > 0 || warnings.some((text) => PARTIAL.test(text));
  reasons.push(...warnings.map((text) => ({ kind: "server-warning" as const, text })));
  if (incomplete) return { verdict: "incomplete", reasons };
  return { verdict: warnings.length === 0 && isAccountedFor(evidence) ? "complete" : "unknown", reasons };
}

function missingLines(evidence: ReadEvidence): CompletenessReason | null {
  const { confirmation } = evidence;
  const suspect = suspectAnswer(evidence);
  if (confirmation === null || suspect === null) return null;
  const { range, within } = confirmation;
  const place = { startNs: range.startNs.toString(), endNs: range.endNs.toString() };
  const detail = `index/stats: chunks=${within.chunks} entries=${within.entries}; fetched=${suspect.stats?.storeFetches ?? 0}`;
  if (isBarren(suspect)) {
    if (within.entries === 0 || !mustHoldEntries(confirmation)) return null;
    return { kind: "lines-missing", unit: "chunks", promised: refs(suspect), read: 0, ...place, detail };
  }
  const least = leastEntries(within, refs(suspect));
  const read = suspect.stats?.storeLines ?? 0;
  if (least === null || read >= least || !liesInside(confirmation)) return null;
  return { kind: "lines-missing", unit: "entries", promised: least, read, ...place, detail };
}

/** Whether the answers account for all that the index promised, as far as their counts go. */
function isAccountedFor(evidence: ReadEvidence): boolean {
  const { answers, promised } = evidence;
  if (answers.length === 0 || (evidence.needsPromise && promised === null)) return false;
  let lines = 0;
  for (const answer of answers) {
    const { stats } = answer;
    if (stats === null || isBarren(answer)) return false;
    if (stats.storeFetches > stats.storeRefs) return false;
    // An answer that ran to its end has asked for every chunk it knew.
    if (!answer.full && stats.storeFetches < stats.storeRefs) return false;
    lines += stats.storeLines + stats.ingesterLines;
  }
  if (lines === 0) return false;
  const [only] = answers;
  return !(only !== undefined && answers.length === 1 && isShort(only, promised));
}

function isBarren(answer: AnswerEvidence): boolean {
  const { stats } = answer;
  return stats !== null && stats.storeFetches > 0 && stats.storeLines === 0 && stats.storeBytes === 0;
}

/** Fewer lines than an even share of the promise. Ingesters count what the index may not know yet, so not with them. */
function isShort(answer: AnswerEvidence, promised: IndexStats | null): boolean {
  const { stats } = answer;
  if (stats === null || promised === null || answer.full || stats.ingesterChunks > 0) return false;
  if (promised.chunks < stats.storeRefs || stats.storeRefs === 0 || stats.resultCacheHits > 0) return false;
  return stats.storeLines < (promised.entries * stats.storeRefs * DOUBTED_SHARE) / promised.chunks;
}

function leastEntries(within: IndexStats, different: number): number | null {
  if (different < 1 || within.chunks < different) return null;
  return Math.ceil(within.entries / (within.chunks - different + 1));
}

function mustHoldEntries(confirmation: IndexConfirmation): boolean {
  const { range, chunksAt } = confirmation;
  if (range.endNs - range.startNs >= LONGER_THAN_ANY_CHUNK_NS) return true;
  return new Set(chunksAt).size > 1 || liesInside(confirmation);
}

/** All chunks of the range lie wholly inside it: nothing at its edges, or no more entries in a far wider range. */
function liesInside(confirmation: IndexConfirmation): boolean {
  const { chunksAt, wide, within } = confirmation;
  const nothingAtEdges = chunksAt.length === 3 && chunksAt[0] === 0 && chunksAt[2] === 0;
  return nothingAtEdges || (wide !== null && wide.entries === within.entries && wide.chunks === within.chunks);
}

function refs(answer: AnswerEvidence): number {
  return answer.stats?.storeRefs ?? 0;
}
