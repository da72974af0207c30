import PQueue from "p-queue";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { parseExposition } from "../../health/scraping/exposition-parser.ts";
import type { ScrapeTarget, TargetSource } from "../../health/scraping/scrape-target.ts";

/** What one process says of its runtime configuration. */
export interface ComponentState {
  readonly instance: string;
  readonly answered: boolean;
  /** `loki_runtime_config_hash{sha256}`; `null` where it is not told. */
  readonly hash: string | null;
  /** `loki_runtime_config_last_reload_successful`; `null` where it is not told. */
  readonly reloaded: boolean | null;
}

const HASH = "loki_runtime_config_hash";
const RELOADED = "loki_runtime_config_last_reload_successful";
const AT_ONCE = 16;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 2 ** 20;

/** Asks every process of a site, each with a time limit; one that does not answer is there with nothing known. */
export async function readComponents(
  source: TargetSource,
  parse: typeof parseExposition,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ComponentState[]> {
  const targets = await source.targets(signal);
  const queue = new PQueue({ concurrency: AT_ONCE });
  return Promise.all(targets.map((target) => queue.add(() => readComponent(target, parse, clock, signal))));
}

async function readComponent(
  target: ScrapeTarget,
  parse: typeof parseExposition,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComponentState> {
  const { instance } = target;
  const late = new AbortController();
  const stop = clock.after(TIMEOUT_MS, () => late.abort());
  try {
    const inner = AbortSignal.any([signal, late.signal]);
    const { status, body } = await target.get({
      path: "/metrics",
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      signal: inner,
    });
    if (status !== 200) return { instance, answered: false, hash: null, reloaded: null };
    return { instance, answered: true, ...runtimeSeries(body, parse) };
  } catch (error) {
    if (signal.aborted) throw error;
    if (!isAppError(error) && !late.signal.aborted) throw error;
    return { instance, answered: false, hash: null, reloaded: null };
  } finally {
    stop();
  }
}

function runtimeSeries(body: Buffer, parse: typeof parseExposition): Pick<ComponentState, "hash" | "reloaded"> {
  const { series } = parse(body, (name) => name === HASH || name === RELOADED);
  let hash: string | null = null;
  let reloaded: boolean | null = null;
  for (const [key, value] of Object.entries(series)) {
    if (key.startsWith(RELOADED)) reloaded = value === 1;
    else if (value === 1) hash = /sha256="([^"]{1,128})"/.exec(key)?.[1] ?? hash;
  }
  return { hash, reloaded };
}
