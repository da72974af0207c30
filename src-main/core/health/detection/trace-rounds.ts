import { z } from "zod";
import type { RingMember, Scrape, ScrapeRound } from "./scrape.ts";

/** A line of a recording: what one target answered, or the ring page of one. */
const lineSchema = z.object({
  t: z.number(),
  target: z.string(),
  scrape_s: z.number().exactOptional(),
  ready: z.number().exactOptional(),
  full: z.boolean().exactOptional(),
  metrics: z.record(z.string(), z.union([z.number(), z.string()])).exactOptional(),
  gone: z.array(z.string()).exactOptional(),
  ring: z.array(z.object({ id: z.string(), state: z.string(), address: z.string(), zone: z.string() })).exactOptional(),
});

/** Lines of one round are written together; a larger distance begins the next. */
const SAME_ROUND_SECONDS = 1;

interface OpenRound {
  atMs: number;
  scrapes: Scrape[];
  ring: RingMember[] | null;
}

/**
 * Turns the lines of a recording (NDJSON, delta encoded: a line holds what changed since the target's line before) into
 * rounds. `component` of a target is its name without the number: `ingester-2` is an `ingester`.
 */
export class TraceRounds {
  readonly #states = new Map<string, Record<string, number>>();
  #round: OpenRound | null = null;

  /**
   * Takes the next line; gives the round that it ended.
   * @throws SyntaxError, ZodError for a line that is none
   */
  line(text: string): ScrapeRound | null {
    if (text.trim() === "") return null;
    const entry = lineSchema.parse(JSON.parse(text));
    const atMs = entry.t * 1_000;
    let finished: ScrapeRound | null = null;
    if (this.#round !== null && atMs - this.#round.atMs >= SAME_ROUND_SECONDS * 1_000) finished = this.end();
    this.#round ??= { atMs, scrapes: [], ring: null };
    if (entry.target.startsWith("ring@")) {
      this.#round.ring = entry.ring ?? this.#round.ring;
      return finished;
    }
    this.#round.scrapes.push({
      instance: entry.target,
      component: entry.target.replace(/-\d+$/, ""),
      atMs: this.#round.atMs,
      tookSeconds: entry.scrape_s ?? 0,
      ready: entry.ready === undefined ? null : entry.ready === 200,
      series: entry.metrics === undefined ? null : carried(this.#states, entry),
    });
    return finished;
  }

  /** The last round. */
  end(): ScrapeRound | null {
    const last = this.#round;
    this.#round = null;
    return last;
  }
}

function carried(
  states: Map<string, Record<string, number>>,
  { target, full, metrics = {}, gone = [] }: z.infer<typeof lineSchema>,
): Readonly<Record<string, number>> {
  const series = full === true ? {} : { ...states.get(target) };
  // A recording writes NaN and Inf as text.
  for (const [key, value] of Object.entries(metrics)) series[key] = Number(value);
  for (const key of gone) delete series[key];
  states.set(target, series);
  return series;
}
