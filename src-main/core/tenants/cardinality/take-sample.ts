import { join } from "node:path";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { CardinalityReport, CardinalityRequest } from "../../../../src-shared/model/tenants/cardinality.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../common/clock.ts";
import type { SampleContext } from "./cardinality.job.ts";
import { MOST_VALUES } from "./field-profile.ts";
import { firstCheckpoint, readSeries, type ReadSeries } from "./read-series.ts";
import { matchersOf, sliceSelector } from "./series-slice.ts";
import type { SeriesSource } from "./series-source.ts";
import type { TableSummary } from "./table-protocol.ts";
import type { TableThread } from "./table-thread.ts";

export interface TakeSampleParts {
  readonly source: SeriesSource;
  /** A thread for this sample alone. */
  readonly thread: TableThread;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where the journal and the table go, under the job's id. */
  readonly directory: string;
}

/** Moments of the range that lines are read from, so that a sample is not the last minute alone. */
const MOMENTS = 8;

export function seriesFile(directory: string, job: JobId): string {
  return join(directory, `${job}.series`);
}

export function journalFile(directory: string, job: JobId): string {
  return join(directory, `${job}.journal`);
}

/** @throws AppError `request.invalid` for a selector that is none */
export function requestMatchers({ selector }: Pick<CardinalityRequest, "selector">): string[] {
  const matchers = matchersOf(selector);
  if (matchers === null) throw new AppError("request.invalid", { path: "selector", problem: "no stream selector" });
  return matchers;
}

/**
 * Reads a tenant's series and some of its lines, writes the table, and says what is in it. What history and metrics add
 * (`valuesDayBefore`, `memoryStreams`) is not in it yet.
 * @throws AppError `cardinality.too-many-series`, `files.unwritable`, `request.cancelled`, and why nothing could be read
 */
export async function takeSample(parts: TakeSampleParts, context: SampleContext): Promise<CardinalityReport> {
  const { thread, directory, clock, random } = parts;
  const { input, signal, id } = context;
  const matchers = requestMatchers(input);
  const first = () => firstCheckpoint(input.lastMinutes, clock.nowMs(), Math.floor(random() * 2 ** 31));
  let at = context.checkpoint ?? first();
  const { journalBytes } = at;
  const journal = journalFile(directory, id);
  const begun = await thread.ask({ kind: "begin", seed: at.seed, journal, journalBytes }, signal);
  if (begun.journalBytes !== journalBytes) {
    context.logger.warn("what was read before is damaged; it is read again", { journalBytes });
    at = first();
    await thread.ask({ kind: "begin", seed: at.seed, journal, journalBytes: 0 }, signal);
  }
  const { mostWith } = begun;
  const read = await readSeries({ ...parts, matchers, mostWith }, context, at);
  const partial = [...read.partial, ...(await sampleLines(parts, context, read, matchers))];
  context.report({ phase: "table", fraction: 0.97, done: read.slicesDone, total: null, unit: "steps" });
  const summary = await thread.ask({ kind: "finish", file: seriesFile(directory, id) }, signal);
  const { share, labelCount: _labels, fieldsCut, ...rest } = summary;
  if (fieldsCut) partial.push({ key: "values-cut", params: { values: MOST_VALUES } });
  if (summary.labelCount > summary.labels.length) {
    partial.push({ key: "labels-cut", params: { shown: summary.labels.length, labels: summary.labelCount } });
  }
  if (share < 1) partial.push({ key: "sampled", params: { percent: Math.round(share * 1_000) / 10 } });
  return {
    job: id,
    request: input,
    takenAtMs: read.endMs,
    ...rest,
    seriesKnown: read.seriesKnown,
    sampledShare: sampledShare(summary, read),
    partial,
    seriesDayBefore: null,
    memoryStreams: null,
  };
}

/** Where slices were left out, what the index counts is all there is to compare with. */
function sampledShare({ share, series }: TableSummary, { whole, seriesKnown }: ReadSeries): number {
  if (whole || seriesKnown === null || seriesKnown === 0) return share;
  return Math.min(share, Math.max(series / seriesKnown, Number.EPSILON));
}

/** Lines of moments spread over the range; says what of it did not succeed. */
async function sampleLines(
  { source, thread }: TakeSampleParts,
  context: SampleContext,
  { startMs, endMs, mostWith, seriesRead }: ReadSeries,
  matchers: readonly string[],
): Promise<CardinalityReport["partial"]> {
  const { input, signal } = context;
  const selector = sliceSelector(matchers, { matchers: [] }) ?? (mostWith === null ? null : `{${mostWith}=~".+"}`);
  if (input.sampleLines === 0 || selector === null || seriesRead === 0) return [];
  const limit = Math.max(1, Math.ceil(input.sampleLines / MOMENTS));
  const step = (endMs - startMs) / MOMENTS;
  let lines = 0;
  for (let moment = 0; moment < MOMENTS && lines < input.sampleLines; moment += 1) {
    const range = {
      startNs: nanoFromMs(Math.floor(endMs - (moment + 1) * step)),
      endNs: nanoFromMs(Math.floor(endMs - moment * step)),
    };
    try {
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is what is bearable
      for await (const batch of source.lines(selector, range, Math.min(limit, input.sampleLines - lines), signal)) {
        const { lineOffsets, lineBytes } = batch;
        lines = (await thread.ask({ kind: "lines", lineOffsets, lineBytes }, signal)).lines;
      }
    } catch (error) {
      if (!isAppError(error) || signal.aborted) throw error;
      return [{ key: "lines-failed", params: { code: error.code, lines } }];
    }
    const fraction = 0.9 + (0.07 * (moment + 1)) / MOMENTS;
    context.report({ phase: "lines", fraction, done: lines, total: input.sampleLines, unit: "rows" });
  }
  return [];
}
