import { mkdirSync, rmSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../common/logger.ts";
import type { ScrapeRound } from "../detection/scrape.ts";
import { RoundDecoder } from "./round-decoder.ts";
import { SegmentFile, unwritable } from "./segment-file.ts";
import { bytesOf, scanSegment } from "./segment-frames.ts";

export interface SeriesHistoryOptions {
  /** A folder of its own. */
  readonly directory: string;
  readonly logger: Logger;
  readonly keptMs?: number;
  readonly segmentMs?: number;
  /** Of all segments together; the oldest go first. */
  readonly maxBytes?: number;
  /** Of one instance; a tenant's series are one each, and a site may have thousands of tenants. */
  readonly maxSeriesPerInstance?: number;
}

export interface HistoryPoint {
  readonly atMs: number;
  readonly value: number;
}

/** Whether the scrape was answered, and how long that took: kept of every round, under the names Prometheus has for them. */
export const UP = "up";
export const SCRAPE_SECONDS = "scrape_duration_seconds";

/** A segment that was not as it was written. */
export interface HistoryDamage {
  /** Where the file is kept as it was found. */
  readonly keptAs: string;
  /** Rounds before the damage; they stay. */
  readonly savedRounds: number;
}

interface Segment {
  readonly name: string;
  readonly fromMs: number;
  toMs: number;
  sizeBytes: number;
}

const SEGMENT_NAME = /^(\d{1,16})-\d+\.history$/;
const KEPT_NAME = /^(\d{1,16})-\d+\.history\.damaged$/;

/**
 * What was scraped in the last hours, on disk: a ring of segments of ten minutes, each readable by itself (form:
 * `segment-frames.ts`, `round-encoder.ts`). A round is one write to the end of a file, so that a killed program loses the
 * round it was writing and no other; that torn end is cut off at the next start. Segments go when the newest round is
 * `keptMs` past their end. Rounds come in the order of time; a clock that was set back begins a new segment.
 */
export class SeriesHistory implements Disposable {
  readonly #options: Required<SeriesHistoryOptions>;
  readonly #segments: Segment[];
  #writing: { readonly file: SegmentFile; readonly segment: Segment } | null = null;
  /** Series that the last round left out for `maxSeriesPerInstance`. */
  droppedSeries = 0;
  readonly damage: HistoryDamage[] = [];

  private constructor(options: Required<SeriesHistoryOptions>) {
    this.#options = options;
    this.#segments = [];
  }

  /** @throws AppError `files.unwritable`, `files.disk-full` */
  static async open(options: SeriesHistoryOptions): Promise<SeriesHistory> {
    const history = new SeriesHistory({
      keptMs: 6 * 3_600_000,
      segmentMs: 600_000,
      maxBytes: 512 * 2 ** 20,
      maxSeriesPerInstance: 2_000,
      ...options,
    });
    try {
      await history.#open();
    } catch (error) {
      throw unwritable(options.directory, error);
    }
    return history;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** The time of the oldest round; `null` while there is none. */
  get fromMs(): number | null {
    return this.#segments[0]?.fromMs ?? null;
  }

  /**
   * Keeps a round (of the ring nothing). Writes at once: a round of hundreds of targets is some hundred kilobytes.
   * @throws AppError `files.unwritable`, `files.disk-full`; the round is then not in the history
   */
  append(round: ScrapeRound): void {
    const atMs = Math.round(round.atMs);
    const { segment, file } = this.#segmentFor(atMs);
    try {
      file.append(round);
    } catch (error) {
      this.#close();
      throw error;
    }
    this.droppedSeries = file.encoder.dropped;
    segment.toMs = atMs;
    segment.sizeBytes = file.sizeBytes;
    this.#prune(atMs);
  }

  /**
   * Points of an instance's series from `fromMs` to `toMs`, both included, oldest first, by the keys that `wanted` names. A
   * round in which the instance did not answer has none, but for `UP`. `UP` and `SCRAPE_SECONDS` are what Prometheus would
   * say of the scrape itself.
   */
  async read(
    instance: string,
    wanted: (key: string) => boolean,
    fromMs: number,
    toMs: number,
  ): Promise<ReadonlyMap<string, readonly HistoryPoint[]>> {
    const found = await this.readMany(new Set([instance]), wanted, fromMs, toMs);
    return found.get(instance) ?? new Map();
  }

  /** As `read`, of several instances in one reading of the files; those of which nothing is there are left out. */
  async readMany(
    instances: ReadonlySet<string>,
    wanted: (key: string) => boolean,
    fromMs: number,
    toMs: number,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly HistoryPoint[]>>> {
    const found = new Map<string, Map<string, HistoryPoint[]>>();
    const takesUp = wanted(UP);
    const takesSeconds = wanted(SCRAPE_SECONDS);
    for (const segment of this.#within(fromMs, toMs)) {
      const decoder = new RoundDecoder((name) => instances.has(name));
      const takes: boolean[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one segment in memory at a time
      for (const payload of await this.#payloads(segment)) {
        const { atMs, scrapes } = decoder.decode(payload);
        for (let id = takes.length; id < decoder.keys.length; id++) takes.push(wanted(decoder.keys[id] ?? ""));
        if (atMs < fromMs || atMs > toMs) continue;
        for (const { instance, answered, tookSeconds, values } of scrapes) {
          const own = found.get(instance) ?? new Map<string, HistoryPoint[]>();
          found.set(instance, own);
          if (takesUp) point(own, UP, atMs, answered ? 1 : 0);
          if (!answered) continue;
          if (takesSeconds) point(own, SCRAPE_SECONDS, atMs, tookSeconds);
          for (const [id, value] of values) if (takes[id] === true) point(own, decoder.keys[id] ?? "", atMs, value);
        }
      }
    }
    return found;
  }

  /** Whole rounds from `fromMs` to `toMs`, both included: what detection is told again after a restart. */
  async *rounds(fromMs: number, toMs: number): AsyncGenerator<ScrapeRound, void, void> {
    for (const segment of this.#within(fromMs, toMs)) {
      const decoder = new RoundDecoder(() => true);
      for (const payload of await this.#payloads(segment)) {
        const round = decoder.round(payload);
        if (round.atMs >= fromMs && round.atMs <= toMs) yield round;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #open(): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const names = (await readdir(directory)).filter((name) => SEGMENT_NAME.test(name));
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- one segment in memory at a time
      const segment = await this.#adopt(name);
      if (segment !== null) this.#segments.push(segment);
    }
    this.#segments.sort((a, b) => a.fromMs - b.fromMs || a.name.localeCompare(b.name, "en", { numeric: true }));
    const newestMs = Math.max(0, ...this.#segments.map(({ toMs }) => toMs));
    this.#prune(newestMs);
    for (const name of await readdir(directory)) {
      const startedMs = Number(KEPT_NAME.exec(name)?.[1] ?? Number.NaN);
      // oxlint-disable-next-line no-await-in-loop -- there is hardly ever one
      if (startedMs < newestMs - this.#options.keptMs) await rm(join(directory, name), { force: true });
    }
  }

  /** Makes a segment that was found whole again: what follows the last good round is cut off. */
  async #adopt(name: string): Promise<Segment | null> {
    const path = join(this.#options.directory, name);
    const file = await readFile(path);
    const { payloads, ...scan } = scanSegment(file);
    let { goodBytes, state } = scan;
    const times: number[] = [];
    const decoder = new RoundDecoder(() => false);
    try {
      for (const payload of payloads) times.push(decoder.decode(payload).atMs);
    } catch {
      // Whole frames of another make: as good as damaged from there on.
      state = "damaged";
      goodBytes = bytesOf(payloads.slice(0, times.length));
    }
    if (state === "damaged") {
      const keptAs = `${path}.damaged`;
      await copyFile(path, keptAs);
      this.damage.push({ keptAs, savedRounds: times.length });
      this.#options.logger.warn("a segment of the health history is damaged", { keptAs, savedRounds: times.length });
    }
    if (times.length === 0) {
      await rm(path, { force: true });
      return null;
    }
    if (state !== "whole") await truncate(path, goodBytes);
    return { name, fromMs: Math.min(...times), toMs: Math.max(...times), sizeBytes: goodBytes };
  }

  #segmentFor(atMs: number): { readonly file: SegmentFile; readonly segment: Segment } {
    const { segmentMs, maxBytes, directory, maxSeriesPerInstance } = this.#options;
    if (this.#writing !== null) {
      const { fromMs, toMs, sizeBytes } = this.#writing.segment;
      if (atMs >= toMs && atMs < fromMs + segmentMs && sizeBytes < maxBytes / 8) return this.#writing;
      this.#close();
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    let number = 0;
    const taken = new Set(this.#segments.map(({ name }) => name));
    while (taken.has(`${atMs}-${number}.history`)) number += 1;
    const name = `${atMs}-${number}.history`;
    const file = new SegmentFile(join(directory, name), maxSeriesPerInstance);
    const segment = { name, fromMs: atMs, toMs: atMs, sizeBytes: file.sizeBytes };
    this.#segments.push(segment);
    this.#writing = { file, segment };
    return this.#writing;
  }

  #close(): void {
    this.#writing?.file[Symbol.dispose]();
    this.#writing = null;
  }

  #prune(nowMs: number): void {
    const { keptMs, maxBytes, directory } = this.#options;
    let total = this.sizeBytes;
    for (const segment of this.#segments.slice()) {
      if (segment === this.#writing?.segment) continue;
      if (segment.toMs >= nowMs - keptMs && total <= maxBytes) continue;
      total -= segment.sizeBytes;
      this.#segments.splice(this.#segments.indexOf(segment), 1);
      rmSync(join(directory, segment.name), { force: true });
    }
  }

  #within(fromMs: number, toMs: number): readonly Segment[] {
    return this.#segments
      .filter((segment) => segment.fromMs <= toMs && segment.toMs >= fromMs)
      .toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** Empty for a segment that went while others were read. */
  async #payloads({ name }: Segment): Promise<readonly Buffer[]> {
    try {
      return scanSegment(await readFile(join(this.#options.directory, name))).payloads;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw unwritable(join(this.#options.directory, name), error);
    }
  }
}

function point(found: Map<string, HistoryPoint[]>, key: string, atMs: number, value: number): void {
  const points = found.get(key);
  if (points === undefined) found.set(key, [{ atMs, value }]);
  else points.push({ atMs, value });
}
