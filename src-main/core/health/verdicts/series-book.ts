import type { Scrape } from "../detection/scrape.ts";
import type { Labels, TrackedKey, TrackedKeys } from "./tracked-keys.ts";

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
  /** How long growth is remembered; 0 for what is no counter. */
  readonly windowMs: number;
  /** Growth by round, without rounds of none: times and amounts by turns. Empty of what is no counter. */
  readonly growth: number[];
}

/** Series of one family by the names it has had; of the first name that a process exports. */
export interface Selector {
  readonly families: readonly string[];
  readonly where?: (labels: Labels) => boolean;
}

interface Selection {
  /** Of the family, without the suffix. */
  readonly name: string;
  readonly tracks: readonly Track[];
}

interface Slot {
  readonly key: string;
  /** `null` for a series that nobody asks for. */
  readonly tracked: TrackedKey | null;
  track: Track | null;
}

/** Longest window that any rule looks back over. */
export const LONGEST_WINDOW_MS = 600_000;
const NOTHING: readonly Track[] = [];
const STARTS_KEPT_MS = 3_600_000;
/** A process that says it began longer before the last answer of another is one beside it, or its clock is off. */
const CLOCKS_APART_MS = 60_000;
/** Counters that fall in one answer of one process; a single one may be no counter in this version. */
const FALLEN = 3;
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
  /**
   * It answered as a process that began before the one that answered last, or counters fell though the process is the
   * same: several stand behind one name, or it counts wrongly.
   */
  mixedMs: number | null = null;
  readonly #keys: TrackedKeys;
  readonly #byKey = new Map<string, Track>();
  readonly #byFamily = new Map<string, Track[]>();
  readonly #slots: Slot[] = [];
  /** What selectors named, until a series comes or goes. */
  readonly #selected = new Map<Selector, Map<string, Selection | null>>();
  #sweptMs = 0;
  #process: { readonly sinceMs: number; readonly came: Answering } = {
    sinceMs: Number.NEGATIVE_INFINITY,
    came: "same",
  };

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
    if (process !== "same") this.#process = { sinceMs: atMs, came: process };
    const { sinceMs, came } = this.#process;
    const first = this.answeredMs === null;
    let place = 0;
    let fallen = 0;
    // oxlint-disable-next-line guard-for-in -- as in reading.ts
    for (const key in series) {
      const slot = this.#slotAt(place, key);
      place += 1;
      if (slot.tracked === null) continue;
      const value = series[key];
      if (value === undefined || !Number.isFinite(value)) continue;
      if (slot.track === null)
        slot.track = this.#add(key, slot.tracked, { value, atMs, grows: !first && process !== "other" });
      else {
        // Many series come back only at their first event in a new process.
        const how = slot.track.seenMs < sinceMs ? came : "same";
        if (moved(slot.track, value, atMs, how)) fallen += 1;
      }
    }
    if (fallen >= FALLEN) this.mixedMs = atMs;
    this.answeredMs = atMs;
    this.ready = ready;
    if (place !== this.#slots.length || atMs - this.#sweptMs >= LONGEST_WINDOW_MS) this.#sweep(place, atMs);
  }

  /** Answers of one process come in one order, so that the next key is nearly always the one that was next before. */
  #slotAt(place: number, key: string): Slot {
    const expected = this.#slots[place];
    if (expected?.key === key) return expected;
    const tracked = this.#keys.get(key);
    const slot = { key, tracked, track: tracked === null ? null : (this.#byKey.get(key) ?? null) };
    this.#slots[place] = slot;
    return slot;
  }

  /** Forgets places past the end, and series that were not there for as long as any window. */
  #sweep(places: number, atMs: number): void {
    this.#sweptMs = atMs;
    this.#slots.length = places;
    for (const [key, track] of this.#byKey) {
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

  /** Series that a selector names, of the first of its families that is there; `null` when none is. */
  select(selector: Selector, suffix: string): Selection | null {
    let chosen = this.#selected.get(selector);
    if (chosen === undefined) {
      chosen = new Map();
      this.#selected.set(selector, chosen);
    }
    const known = chosen.get(suffix);
    if (known !== undefined) return known;
    const name = selector.families.find((family) => this.has(`${family}${suffix}`));
    const { where } = selector;
    const all = name === undefined ? NOTHING : this.tracks(`${name}${suffix}`);
    const tracks = where === undefined ? all : all.filter(({ labels }) => where(labels));
    const selection = name === undefined ? null : { name, tracks };
    chosen.set(suffix, selection);
    return selection;
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

  #add(
    key: string,
    { family, labels, windowMs }: TrackedKey,
    { value, atMs, grows }: { readonly value: number; readonly atMs: number; readonly grows: boolean },
  ): Track {
    const track: Track = {
      labels,
      value,
      seenMs: atMs,
      changedMs: null,
      before: null,
      doubtedUntilMs: 0,
      windowMs,
      growth: grows && windowMs > 0 && value > 0 ? [atMs, value] : [],
    };
    this.#byKey.set(key, track);
    const siblings = this.#byFamily.get(family);
    if (siblings === undefined) this.#byFamily.set(family, [track]);
    else siblings.push(track);
    this.#selected.clear();
    return track;
  }

  #drop(key: string, track: Track): void {
    const family = this.#keys.get(key)?.family ?? "";
    const left = this.tracks(family).filter((one) => one !== track);
    this.#byKey.delete(key);
    this.#slots.length = 0;
    this.#selected.clear();
    if (left.length === 0) this.#byFamily.delete(family);
    else this.#byFamily.set(family, left);
  }
}

/** Whether it is a counter that fell though its process is the same. */
function moved(track: Track, value: number, atMs: number, process: Answering): boolean {
  const { value: before } = track;
  track.seenMs = atMs;
  if (value === before && process === "same") return false;
  track.value = value;
  if (value !== before) {
    track.before = before;
    track.changedMs = atMs;
  }
  const { growth, windowMs } = track;
  if (windowMs === 0 || process === "other") return false;
  const by = process === "new" ? value : value - before;
  if (by < 0) {
    track.doubtedUntilMs = atMs + LONGEST_WINDOW_MS;
    return true;
  }
  if (by === 0) return false;
  growth.push(atMs, by);
  // Some at a time: each taking costs as much as the rest is long.
  if ((growth[2 * TRIMMED] ?? atMs) < atMs - windowMs) growth.splice(0, 2 * TRIMMED);
  return false;
}

const TRIMMED = 4;

/** Growth of a counter over the window; nothing of one that is doubted. */
export function growthOf(track: Track, nowMs: number, windowMs: number): number {
  if (track.doubtedUntilMs > nowMs) return 0;
  const { growth } = track;
  let sum = 0;
  for (let at = growth.length - 2; at >= 0; at -= 2) {
    if ((growth[at] ?? 0) <= nowMs - windowMs) break;
    sum += growth[at + 1] ?? 0;
  }
  return sum;
}
