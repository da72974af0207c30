import { AppError } from "../../src-shared/errors/app-error.ts";
import {
  nanoFromMs,
  NS_PER_SECOND,
  parseNanoTime,
  type NanoTime,
  type TimeRange,
} from "../../src-shared/model/nano-time.ts";

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  h: 3_600n * NS_PER_SECOND,
  d: 86_400n * NS_PER_SECOND,
  w: 604_800n * NS_PER_SECOND,
  y: 31_536_000n * NS_PER_SECOND,
};

/** A duration as Prometheus and Go write it (`1h30m`, `2d`), or a number of seconds; `null` when it is neither. */
export function parseDuration(text: string): NanoTime | null {
  const seconds = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds !== null) {
    return BigInt(seconds[1] ?? "0") * NS_PER_SECOND + BigInt((seconds[2] ?? "").padEnd(9, "0"));
  }
  if (!/^(\d{1,12}(ns|us|µs|ms|[smhdwy]))+$/.test(text)) return null;
  let total = 0n;
  for (const [, count = "0", unit = "s"] of text.matchAll(/(\d+)(ns|us|µs|ms|[smhdwy])/g)) {
    total += BigInt(count) * (UNIT_NS[unit] ?? 0n);
  }
  return total;
}

/** An instant: RFC 3339, seconds or nanoseconds since the epoch, `now`, `now-1h`, or a duration ago (`1h`). */
export function parseInstant(text: string, nowMs: number): NanoTime {
  const nowNs = nanoFromMs(nowMs);
  if (text === "now") return nowNs;
  const relative = /^(?:now-)?(\d.*[a-zµ])$/.exec(text);
  const ago = relative === null ? null : parseDuration(relative[1] ?? "");
  const instant = ago === null ? parseNanoTime(text) : nowNs - ago;
  if (instant === null) throw new AppError("logs.range-invalid", { text });
  return instant;
}

/** `--from` and `--to`; without them the last hour, as Loki's own default. */
export function parseRange(from: string | undefined, to: string | undefined, nowMs: number): TimeRange {
  const endNs = parseInstant(to ?? "now", nowMs);
  const startNs = from === undefined ? endNs - 3_600n * NS_PER_SECOND : parseInstant(from, nowMs);
  if (endNs < startNs) throw new AppError("logs.range-reversed", {});
  return { startNs, endNs };
}

/** `--step`; without it Loki's default of a 250th of the range, at least a second. */
export function parseStep(step: string | undefined, range: TimeRange): NanoTime {
  if (step === undefined) {
    const rangeSeconds = (range.endNs - range.startNs) / NS_PER_SECOND;
    const seconds = rangeSeconds / 250n;
    return (seconds > 1n ? seconds : 1n) * NS_PER_SECOND;
  }
  const parsed = parseDuration(step);
  if (parsed === null || parsed <= 0n) throw new AppError("logs.range-invalid", { text: step });
  return parsed;
}
