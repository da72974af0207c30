import type { Measure, SeriesSum } from "./figure-rule.ts";
import type { FigureSample, FigureSlots } from "./figure-slots.ts";

/** The figure that samples of one process give, oldest first; `null` where they do not tell. */
export function measured(measure: Measure, samples: readonly FigureSample[], slots: FigureSlots): number | null {
  const last = samples.at(-1);
  const first = samples[0];
  if (last === undefined || first === undefined) return null;
  switch (measure.kind) {
    case "answer-time":
      return last.tookSeconds;
    case "level":
      return known(last.sums[slots.number(measure.of)]);
    case "rate": {
      const grown = growth(samples, slots.number(measure.of));
      const seconds = (last.atMs - first.atMs) / 1_000;
      return grown === null || seconds <= 0 ? null : grown / seconds;
    }
    case "ratio":
      return quotient(growth(samples, slots.number(measure.of)), growth(samples, slots.number(measure.by)));
    case "share": {
      const part = quotient(growth(samples, slots.number(measure.of)), growth(samples, slots.number(measure.by)));
      // The two may have been reset at different times.
      return part === null ? null : Math.min(1, part);
    }
    case "life-ratio":
      return quotient(known(last.sums[slots.number(measure.of)]), known(last.sums[slots.number(measure.by)]));
  }
}

/** The name of the metric that the figure is from, as this process exports it. */
export function metricOf(measure: Measure, samples: readonly FigureSample[], slots: FigureSlots): string {
  if (measure.kind === "answer-time") return "scrape_duration_seconds";
  const { families }: SeriesSum = measure.of;
  const there = samples.at(-1)?.families[slots.number(measure.of)] ?? 0;
  const name = families[there] ?? families[0] ?? "";
  return name.replace(/_sum$/, "");
}

/**
 * What a counter grew by; one that fell was reset, and what it shows then is what it grew since. One that was not there
 * before has grown from zero: counters with labels come with their first count.
 */
function growth(samples: readonly FigureSample[], slot: number): number | null {
  let grown: number | null = null;
  let before: number | null = null;
  for (const { sums } of samples) {
    const now = known(sums[slot]);
    if (before !== null && now !== null) grown = (grown ?? 0) + (now >= before ? now - before : now);
    before = now ?? 0;
  }
  return grown;
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function quotient(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole;
}
