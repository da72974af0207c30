import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { LogSource } from "../logs/log-source.ts";

const HOUR_NS = 3_600n * NS_PER_SECOND;
const SAMPLES = 6n;

/**
 * Streams of a selector, to choose label columns by: all of them, or, where a tenant's limit forbids to ask about so long a
 * range, those of some hours spread over it. What is missed has its labels in the map all the same.
 */
export async function someStreams(
  source: LogSource,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly LabelSet[]> {
  try {
    return await source.series([selector], range, signal);
  } catch (error) {
    if (!hasCode(error, "loki.limit-exceeded") || range.endNs - range.startNs <= HOUR_NS) throw error;
  }
  const found: LabelSet[] = [];
  const stepNs = (range.endNs - range.startNs - HOUR_NS) / SAMPLES;
  for (let sample = 0n; sample <= SAMPLES; sample += 1n) {
    const startNs = range.startNs + sample * stepNs;
    found.push(...(await source.series([selector], { startNs, endNs: startNs + HOUR_NS }, signal)));
  }
  return found;
}
