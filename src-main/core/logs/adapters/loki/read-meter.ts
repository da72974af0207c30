import type { ReadStats } from "../../../../../src-shared/model/log-query.ts";
import type { PageAccount } from "./page-source.ts";

/** Adds up what a read cost. */
export class ReadMeter {
  #requests = 0;
  #retries = 0;
  #cachedSplits = 0;
  #bytesProcessed = 0;
  #linesProcessed = 0;
  #queueMs = 0;
  #execMs = 0;

  answered(account: PageAccount): void {
    this.#requests++;
    this.#bytesProcessed += account.stats?.bytesProcessed ?? 0;
    this.#linesProcessed += account.stats?.linesProcessed ?? 0;
    this.#queueMs += account.stats?.queueMs ?? 0;
    this.#execMs += account.stats?.execMs ?? 0;
  }

  retried(): void {
    this.#retries++;
  }

  fromCache(): void {
    this.#cachedSplits++;
  }

  get stats(): ReadStats {
    return {
      requests: this.#requests,
      retries: this.#retries,
      cachedSplits: this.#cachedSplits,
      bytesProcessed: this.#bytesProcessed,
      linesProcessed: this.#linesProcessed,
      queueMs: this.#queueMs,
      execMs: this.#execMs,
    };
  }
}
