import type { Scrape } from "../detection/scrape.ts";
import type { Labels, TrackedKeys } from "./tracked-keys.ts";

/** One series of one process: where it stands, and how it grew. */
export interface Track {
  readonly labels: Labels;
  value: number;
  /** The round in which it was last there. */
  seenMs: number;
  /** When its value last became another while it was watched, by the console's clock; `null` when it never did. */
  changedMs: number | null;
  /** What it was before it last changed. */
  before: number | null;
  /** It fell though its process did not restart: what its growth means is not known until then. */
  doubtedUntilMs: number;
  readonly counter: boolean;
  /** Growth by round, without rounds of none; empty of what is no counter. */
  readonly growth: { readonly atMs: number; readonly by: number }[];
}

/** Longest window that any rule looks back over. */
export const LONGEST_WINDOW_MS = 600_000;
const NOTHING: readonly Track[] = [];
const STARTS_KEPT_MS = 3_600_000;
/** A process that says it began longer before the last answer of another is one beside it, or its clock is off. */
const CLOCKS_APART_MS = 60_000;
type Answering = "same" | "new" | "other";

/**
 * What one process said in the last ten minutes, as far as rules ask. Counters become growth between two answers: of a new
 * process all that it shows, of a series that was not there before too, since Loki exports many at their first event. A
 * counter that falls in a process which did not restart tells nothing: somebody else answered, or it is no counter.
 */
export class SeriesBook {
  readonly instance: string;
  readonly component: string;
  readonly firstMs: number;
  /** Its last answer; `null` before the first. */
  answeredMs: number | null = null;
  startedAtSeconds: number | null = null;
  ready: boolean | null = null;
  /** Times of answers of a process that was not the one before, by the console's clock. */
  readonly startsMs: number[] = [];
  /** It answered as a process that began before the one that answered last: several stand behind one name. */
  mixedMs: number | null = null;
  readonly #keys: TrackedKeys;
  readonly #byKey = new Map<string, Track>();
  readonly #byFamily = new Map<string, Track[]>();

  constructor({ instance, component, atMs }: Pick<Scrape, "instance" | "component" | "atMs">, keys: TrackedKeys) {
    this.instance = instance;
    this.component = component;
    this.firstMs = atMs;
    this.#keys = keys;
  }

  /** Takes an answer in; one without series leaves everything as it was. */
  take({ series, atMs, ready }: Scrape): void {
    if (series === null) return;
    const process = this.#processOf(series["process_start_time_seconds"] ?? null, atMs);
    const first = this.answeredMs === null;
    for (const key in series) {
      const value = series[key];
      if (value === undefined || !Number.isFinite(value)) continue;
      const known = this.#byKey.get(key);
      if (known !== undefined) moved(known, value, atMs, process);
      else this.#add(key, value, atMs, first, process);
    }
    this.answeredMs = atMs;
    this.ready = ready;
    for (const [key, track] of this.#byKey) {
      while ((track.growth[0]?.atMs ?? atMs) < atMs - LONGEST_WINDOW_MS) track.growth.shift();
      if (track.seenMs < atMs - LONGEST_WINDOW_MS) this.#drop(key, track);
    }
  }

  /** Whether the family was there in the last ten minutes. */
  has(family: string): boolean {
    return this.#byFamily.has(family);
  }

  tracks(family: string): readonly Track[] {
    return this.#byFamily.get(family) ?? NOTHING;
  }

  /** Series of a family that the last answer held. */
  *current(family: string): Generator<Track, void, void> {
    for (const track of this.tracks(family)) if (track.seenMs === this.answeredMs) yield track;
  }

  /** Processes that began in the last `windowMs`. */
  starts(nowMs: number, windowMs: number): number {
    return this.startsMs.filter((atMs) => atMs > nowMs - windowMs).length;
  }

  #processOf(startedAtSeconds: number | null, atMs: number): Answering {
    const before = this.startedAtSeconds;
    const answeredMs = this.answeredMs;
    this.startedAtSeconds = startedAtSeconds;
    if (startedAtSeconds === null || before === null || answeredMs === null || startedAtSeconds === before)
      return "same";
    if (startedAtSeconds > before && startedAtSeconds * 1_000 >= answeredMs - CLOCKS_APART_MS) {
      this.startsMs.push(atMs);
      while ((this.startsMs[0] ?? atMs) < atMs - STARTS_KEPT_MS) this.startsMs.shift();
      return "new";
    }
    if (startedAtSeconds < before) this.mixedMs = atMs;
    return "other";
  }

  #add(key: string, value: number, atMs: number, first: boolean, process: Answering): void {
    const tracked = this.#keys.get(key);
    if (tracked === null) return;
    const track: Track = {
      labels: tracked.labels,
      value,
      seenMs: atMs,
      changedMs: null,
      before: null,
      doubtedUntilMs: 0,
      growth: first || process === "other" || !tracked.counter || value <= 0 ? [] : [{ atMs, by: value }],
      counter: tracked.counter,
    };
    this.#byKey.set(key, track);
    const siblings = this.#byFamily.get(tracked.family);
    if (siblings === undefined) this.#byFamily.set(tracked.family, [track]);
    else siblings.push(track);
  }

  #drop(key: string, track: Track): void {
    const family = this.#keys.get(key)?.family ?? "";
    const left = this.tracks(family).filter((one) => one !== track);
    this.#byKey.delete(key);
    if (left.length === 0) this.#byFamily.delete(family);
    else this.#byFamily.set(family, left);
  }
}

function moved(track: Track, value: number, atMs: number, process: Answering): void {
  const { value: before } = track;
  track.seenMs = atMs;
  if (value === before && process === "same") return;
  track.value = value;
  if (value !== before) {
    track.before = before;
    track.changedMs = atMs;
  }
  if (!track.counter || process === "other") return;
  if (value < before && process === "same") track.doubtedUntilMs = atMs + LONGEST_WINDOW_MS;
  const by = process === "new" ? value : value - before;
  if (by > 0) track.growth.push({ atMs, by });
}

/** Growth of a counter over the window; nothing of one that is doubted. */
export function growthOf(track: Track, nowMs: number, windowMs: number): number {
  if (track.doubtedUntilMs > nowMs) return 0;
  let sum = 0;
  for (let at = track.growth.length - 1; at >= 0; at--) {
    const one = track.growth[at];
    if (one === undefined || one.atMs <= nowMs - windowMs) break;
    sum += one.by;
  }
  return sum;
}
