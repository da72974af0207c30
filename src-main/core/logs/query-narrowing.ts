import type { Selector } from "../../../src-shared/logql/ast.ts";
import { quoteGo } from "../../../src-shared/logql/text/go-quote.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { LogSource } from "./log-source.ts";

/** Labels by which people divide their logs, the most telling first; names of the Kubernetes and Loki agents. */
const TELLING_LABELS = ["app", "service_name", "namespace", "container", "job", "component", "cluster", "pod"];
const MAX_SUGGESTIONS = 5;

/**
 * Matchers that would narrow a selector: the values, those with most logs first, of a label that it does not pin yet. The
 * label a catch-all matcher names is taken before others.
 */
export async function narrowingMatchers(
  source: LogSource,
  selector: Selector,
  selectorText: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<string[]> {
  const pinned = new Set(selector.matchers.filter(({ op }) => op === "=").map(({ name }) => name));
  const named = selector.matchers.map(({ name }) => name).filter((name) => !pinned.has(name));
  const present = new Set(await source.labels(range, selectorText, signal));
  const label = [...named, ...TELLING_LABELS, ...present].find((name) => present.has(name) && !pinned.has(name));
  if (label === undefined) return [];
  const values = source.capabilities().volume
    ? await valuesByVolume(source, selectorText, range, label, signal)
    : await source.labelValues(label, range, selectorText, signal);
  return values.slice(0, MAX_SUGGESTIONS).map((value) => `${label}=${quoteGo(value)}`);
}

async function valuesByVolume(
  source: LogSource,
  selectorText: string,
  range: TimeRange,
  label: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { series } = await source.volume(selectorText, range, range.endNs - range.startNs, label, signal);
  return series
    .map(({ metric, points }) => ({
      value: metric[label] ?? "",
      bytes: points.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
    }))
    .filter(({ value }) => value !== "")
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ value }) => value);
}
