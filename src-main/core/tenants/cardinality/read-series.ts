import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../common/clock.ts";
import { isTooLong } from "../../common/http-body-error.ts";
import type { SampleCheckpoint, SampleContext } from "./cardinality.job.ts";
import { daySlices, halves, partsByLabel, sliceSelector, type SeriesSlice } from "./series-slice.ts";
import type { SeriesSource } from "./series-source.ts";
import type { TableAnswers } from "./table-protocol.ts";
import type { TableThread } from "./table-thread.ts";

/** Series that one answer should have: some eight megabytes of JSON. */
const SLICE_SERIES = 25_000;
/** A tenant with more is not asked for: its answers alone would load the index gateways for an hour. */
const MOST_KNOWN = 20_000_000;
/** Series that are read at most, each counted in every answer that names it. */
const MOST_READ = 5_000_000;
const MOST_SLICES = 3_000;
/** Labels whose values are looked at to find one to cut by. */
const MOST_LABELS_ASKED = 25;
/** Cuts of one slice by labels, one within another. */
const DEEPEST = 3;
/** Between two requests: as long as the last took, within these bounds, so that reading is half of what it could be. */
const PAUSE_MS = { shortest: 20, longest: 2_000 };

export interface ReadSeriesParts {
  readonly source: SeriesSource;
  readonly thread: TableThread;
  readonly clock: Clock;
  /** Of the request; empty for all streams. */
  readonly matchers: readonly string[];
  /** The label that most of what was read before has. */
  readonly mostWith: string | null;
}

/** How a tenant's series were read. `left` is what was not. */
export interface ReadSeries extends SampleCheckpoint {
  readonly mostWith: string | null;
  /** Whether every slice was read. */
  readonly whole: boolean;
}

/**
 * Reads the series of a tenant slice by slice into the thread's table. A slice that has too many for one answer, by the index or
 * by its answer's length or time, is cut in time or by a label; one that cannot be cut or read is told in `partial`.
 * Commits behind each slice. @throws AppError `cardinality.too-many-series`, `request.cancelled`, and what the first
 * request fails with: where nothing can be read, nothing is partial
 */
export async function readSeries(
  parts: ReadSeriesParts,
  context: SampleContext,
  at: SampleCheckpoint,
): Promise<ReadSeries> {
  const walk = new SeriesWalk(parts, context, at);
  return walk.run();
}

/** The beginning of a sample that nothing is known of. */
export function firstCheckpoint(lastMinutes: number, endMs: number, seed: number): SampleCheckpoint {
  const startMs = endMs - lastMinutes * 60_000;
  return {
    seed,
    startMs,
    endMs,
    journalBytes: 0,
    slices: daySlices(startMs, endMs).toReversed(),
    slicesDone: 0,
    seriesRead: 0,
    seriesKnown: null,
    partial: [],
  };
}

class SeriesWalk {
  readonly #parts: ReadSeriesParts;
  readonly #context: SampleContext;
  #at: SampleCheckpoint;
  #mostWith: string | null;

  constructor(parts: ReadSeriesParts, context: SampleContext, at: SampleCheckpoint) {
    this.#parts = parts;
    this.#context = context;
    this.#at = at;
    this.#mostWith = parts.mostWith;
  }

  async run(): Promise<ReadSeries> {
    await this.#know();
    let whole = this.#at.partial.length === 0;
    for (let slice = this.#at.slices.at(-1); slice !== undefined; slice = this.#at.slices.at(-1)) {
      if (this.#at.seriesRead >= MOST_READ || this.#at.slicesDone >= MOST_SLICES) {
        this.#note("budget", { left: this.#at.slices.length, read: this.#at.seriesRead });
        whole = false;
        break;
      }
      const startedMs = this.#parts.clock.nowMs();
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is what is bearable
      whole = (await this.#slice(slice)) && whole;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await this.#context.commit(this.#at);
      this.#report();
      const tookMs = this.#parts.clock.nowMs() - startedMs;
      const pauseMs = Math.min(PAUSE_MS.longest, Math.max(PAUSE_MS.shortest, tookMs));
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (this.#at.slices.length > 0) await this.#parts.clock.sleep(pauseMs, this.#context.signal).catch(cancelled);
    }
    return { ...this.#at, mostWith: this.#mostWith, whole };
  }

  /** How many there are by the index; not every Loki tells it, and not of all streams at once. */
  async #know(): Promise<void> {
    if (this.#at.seriesKnown !== null || this.#at.slicesDone > 0) return;
    const { startMs, endMs } = this.#at;
    const known = await this.#streams({ startMs, endMs, matchers: [], splitBy: [] });
    if (known === null) return;
    if (known > MOST_KNOWN) throw new AppError("cardinality.too-many-series", { series: known, most: MOST_KNOWN });
    this.#at = { ...this.#at, seriesKnown: known };
  }

  /** Reads a slice or cuts it; `false` for one of which something is left out. */
  async #slice(slice: SeriesSlice): Promise<boolean> {
    const known = await this.#streams(slice);
    if (known === 0 && slice.matchers.length > 0) {
      this.#done(slice, null);
      return true;
    }
    if (known !== null && known > 2 * SLICE_SERIES) {
      const parts = await this.#cut(slice, Math.ceil(known / SLICE_SERIES), false);
      if (parts !== null) return this.#replace(parts);
    }
    try {
      this.#done(slice, await this.#read(slice));
      return true;
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      if (mayHelpToAskForLess(error)) {
        const parts = await this.#cut(slice, 4, true);
        if (parts !== null) return this.#replace(parts);
      }
      if (this.#at.seriesRead === 0 && this.#at.slices.length === 1) throw error;
      this.#note("slice-failed", { code: error.code, from: slice.startMs, to: slice.endMs });
      this.#done(slice, null);
      return false;
    }
  }

  async #read(slice: SeriesSlice): Promise<TableAnswers["answer"]> {
    const { source, thread, matchers } = this.#parts;
    const { signal } = this.#context;
    const bytes = await source.series(sliceSelector(matchers, slice), rangeOf(slice), signal);
    const owned = new Uint8Array(bytes.byteLength);
    owned.set(bytes);
    const state = await thread.ask({ kind: "answer", bytes: owned }, signal, [owned.buffer]);
    this.#mostWith = state.mostWith;
    return state;
  }

  /** In time first where asking for less is what helps; by a label where streams are too many at any time. */
  async #cut(slice: SeriesSlice, wanted: number, timeFirst: boolean): Promise<SeriesSlice[] | null> {
    const inTime = halves(slice);
    if (timeFirst && inTime !== null) return inTime;
    return slice.splitBy.length < DEEPEST ? this.#cutByLabel(slice, wanted) : null;
  }

  async #cutByLabel(slice: SeriesSlice, wanted: number): Promise<SeriesSlice[] | null> {
    const { source, matchers } = this.#parts;
    const { signal } = this.#context;
    const [selector, range] = [sliceSelector(matchers, slice), rangeOf(slice)];
    try {
      const labels = (await source.labels(selector, range, signal)).filter((label) => !slice.splitBy.includes(label));
      let best: { readonly label: string; readonly values: readonly string[] } | null = null;
      for (const label of labels.slice(0, MOST_LABELS_ASKED)) {
        // oxlint-disable-next-line no-await-in-loop -- one request at a time is what is bearable
        const values = await source.labelValues(label, selector, range, signal);
        if (values.length > (best?.values.length ?? 1)) best = { label, values };
      }
      return best === null ? null : partsByLabel(slice, best.label, best.values, labels, wanted);
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      // Without the names of labels the slice is read as it is.
      this.#context.logger.debug("a slice of series could not be cut", { code: error.code });
      return null;
    }
  }

  async #streams(slice: SeriesSlice): Promise<number | null> {
    const { source, matchers } = this.#parts;
    const selector = sliceSelector(matchers, slice);
    if (selector === null) return this.#allStreams(slice);
    try {
      return (await source.stats(selector, rangeOf(slice), this.#context.signal)).streams;
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      this.#context.logger.debug("the index does not say how many series there are", { code: error.code });
      return null;
    }
  }

  /** `{}` is no selector for the index: a label that streams have stands for all of them. */
  async #allStreams(slice: SeriesSlice): Promise<number | null> {
    const { source } = this.#parts;
    const { signal } = this.#context;
    try {
      const labels = await source.labels(null, rangeOf(slice), signal);
      const common = COMMON_LABELS.find((label) => labels.includes(label)) ?? labels[0];
      if (common === undefined) return 0;
      return (await source.stats(`{${common}=~".+"}`, rangeOf(slice), signal)).streams;
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      this.#context.logger.debug("the index does not say how many series there are", { code: error.code });
      return null;
    }
  }

  #done(slice: SeriesSlice, state: TableAnswers["answer"] | null): void {
    this.#at = {
      ...this.#at,
      slices: this.#at.slices.filter((each) => each !== slice),
      slicesDone: this.#at.slicesDone + 1,
      seriesRead: this.#at.seriesRead + (state?.taken ?? 0),
      journalBytes: state?.journalBytes ?? this.#at.journalBytes,
    };
  }

  #replace(parts: readonly SeriesSlice[]): boolean {
    this.#at = { ...this.#at, slices: [...this.#at.slices.slice(0, -1), ...parts.toReversed()] };
    return true;
  }

  #note(key: string, params: Readonly<Record<string, string | number>>): void {
    const partial = this.#at.partial.length < 50 ? [...this.#at.partial, { key, params }] : this.#at.partial;
    this.#at = { ...this.#at, partial };
  }

  #report(): void {
    const { slicesDone: done, slices } = this.#at;
    const total = done + slices.length;
    this.#context.report({ phase: "series", fraction: (done / total) * 0.9, done, total, unit: "steps" });
  }
}

/** Labels that nearly every stream has: Loki's own, then those of the usual collectors. */
const COMMON_LABELS: readonly string[] = ["service_name", "job", "app", "namespace", "container", "cluster"];

function rangeOf({ startMs, endMs }: SeriesSlice): { readonly startNs: bigint; readonly endNs: bigint } {
  return { startNs: nanoFromMs(startMs), endNs: nanoFromMs(endMs) };
}

function mayHelpToAskForLess(error: AppError): boolean {
  if (isTooLong(error)) return true;
  return ["loki.timed-out", "loki.limit-exceeded", "loki.failed", "loki.bad-response"].includes(error.code);
}

function cancelled(): never {
  throw new AppError("request.cancelled", {});
}
