import { mix, textSeed } from "../traffic/seeded-random.ts";
import type { DecodedLimits } from "./decode-limits.ts";
import { readRuntimeConfig, type RuntimeReading } from "./read-runtime-config.ts";

/** `runtime_config.period`. */
export const RELOAD_PERIOD_MS = 10_000;
const KEPT_READINGS = 8;
/** Failures that are told of a time nobody looked at. */
const MAX_MISSED_FAILURES = 60;

/** What files come to. All processes read the same few: each is read once. */
export class RuntimeFiles {
  readonly #readings = new Map<string, RuntimeReading>();

  read(text: string): RuntimeReading {
    const known = this.#readings.get(text);
    if (known !== undefined) return known;
    const reading = readRuntimeConfig(text);
    this.#readings.set(text, reading);
    const [oldest] = this.#readings.keys();
    if (this.#readings.size > KEPT_READINGS && oldest !== undefined) this.#readings.delete(oldest);
    return reading;
  }
}

/** Told of a file that a process could not load, once a period as long as it is there. */
export type ReloadFailed = (atMs: number, error: string) => void;

/** The runtime configuration as one process has it: it looks at its file every ten seconds, at moments of its own. */
export class RuntimeFollower {
  #stuck = false;
  readonly #files: RuntimeFiles;
  readonly #failed: ReloadFailed;
  readonly #phaseMs: number;
  readonly #coming: { readonly text: string; readonly visibleMs: number }[] = [];
  #seen: string | null = null;
  #lookedMs = 0;
  #sha256 = "";
  #successful = true;
  #overrides: ReadonlyMap<string, DecodedLimits> = new Map();

  constructor(process: string, files: RuntimeFiles, failed: ReloadFailed = () => {}) {
    this.#files = files;
    this.#failed = failed;
    this.#phaseMs = mix(textSeed(process), 5) % RELOAD_PERIOD_MS;
  }

  /** Of the configuration in force; empty before the first. */
  get sha256(): string {
    return this.#sha256;
  }

  get successful(): boolean {
    return this.#successful;
  }

  get overrides(): ReadonlyMap<string, DecodedLimits> {
    return this.#overrides;
  }

  /** The process begins and reads what is there. */
  begin(text: string, nowMs: number): void {
    this.#coming.length = 0;
    this.#lookedMs = nowMs;
    this.#load(text, nowMs);
  }

  /** A process whose reload hangs keeps what it has and says nothing. */
  stick(on: boolean): void {
    this.#stuck = on;
  }

  /** A new file will be in the volume at a moment. */
  deliver(text: string, visibleMs: number): void {
    this.#coming.push({ text, visibleMs });
  }

  /** Plays the looks up to now. */
  advance(nowMs: number): void {
    const last = this.#lookBefore(nowMs);
    if (last <= this.#lookedMs) return;
    if (this.#stuck || (this.#coming.length === 0 && this.#successful)) {
      this.#lookedMs = last;
      return;
    }
    const first = Math.max(
      this.#lookBefore(this.#lookedMs) + RELOAD_PERIOD_MS,
      last - MAX_MISSED_FAILURES * RELOAD_PERIOD_MS,
    );
    for (let atMs = first; atMs <= last; atMs += RELOAD_PERIOD_MS) this.#look(atMs);
    this.#lookedMs = last;
  }

  #lookBefore(nowMs: number): number {
    return Math.floor((nowMs - this.#phaseMs) / RELOAD_PERIOD_MS) * RELOAD_PERIOD_MS + this.#phaseMs;
  }

  #look(atMs: number): void {
    let text = this.#seen;
    while (this.#coming[0] !== undefined && this.#coming[0].visibleMs <= atMs)
      text = this.#coming.shift()?.text ?? text;
    if (text !== null && (text !== this.#seen || !this.#successful)) this.#load(text, atMs);
  }

  #load(text: string, atMs: number): void {
    this.#seen = text;
    const reading = this.#files.read(text);
    this.#successful = reading.ok;
    if (reading.ok) {
      this.#sha256 = reading.sha256;
      this.#overrides = reading.overrides;
    } else this.#failed(atMs, reading.error);
  }
}
