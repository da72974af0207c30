import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { LogSource } from "./log-source.ts";

/** Targets whose sources are kept; archives keep their own. */
export type SiteTarget = Exclude<LogTarget, { readonly kind: "archive" }>;
export type MakeSource = (target: SiteTarget) => Promise<LogSource>;

/**
 * One source a target for as long as the console runs, lent out again and again: what a source learns (the tenant's limits,
 * how many requests at a time Loki bears) must not be forgotten between two calls, nor counted twice by two readers.
 */
export class SourcePool implements AsyncDisposable {
  readonly #make: MakeSource;
  readonly #sources = new Map<string, Promise<LogSource>>();

  constructor(make: MakeSource) {
    this.#make = make;
  }

  /** Disposing what is lent gives it back; the source lives on. */
  async lend(target: SiteTarget): Promise<LogSource> {
    const key = targetKey(target);
    let source = this.#sources.get(key);
    if (source === undefined) {
      source = this.#make(target);
      this.#sources.set(key, source);
      // A source that could not be made is made anew by the next call.
      source.catch(() => this.#sources.delete(key));
    }
    return lent(await source);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sources = await Promise.allSettled(this.#sources.values());
    this.#sources.clear();
    for (const outcome of sources) if (outcome.status === "fulfilled") await outcome.value[Symbol.asyncDispose]();
  }
}

function targetKey(target: SiteTarget): string {
  return JSON.stringify([target.kind, target.site, target.kind === "loki" ? target.tenant : target.namespace]);
}

function lent(source: LogSource): LogSource {
  return {
    describe: () => source.describe(),
    capabilities: () => source.capabilities(),
    labels: (...parameters) => source.labels(...parameters),
    labelValues: (...parameters) => source.labelValues(...parameters),
    series: (...parameters) => source.series(...parameters),
    read: (...parameters) => source.read(...parameters),
    tail: (...parameters) => source.tail(...parameters),
    metric: (...parameters) => source.metric(...parameters),
    stats: (...parameters) => source.stats(...parameters),
    volume: (...parameters) => source.volume(...parameters),
    detectedFields: (...parameters) => source.detectedFields(...parameters),
    [Symbol.asyncDispose]: async () => {},
  };
}
