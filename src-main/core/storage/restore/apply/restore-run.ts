import { restoreReportSchema, type RestoreReport } from "../../../../../src-shared/model/storage/restore.ts";
import { freshCheckpoint, type RestoreCheckpoint } from "./restore-checkpoint.ts";
import type { RestoreRunOptions } from "./restore-parts.ts";

/**
 * Carries out a plan: `await new RestoreRun(options).run()`. Told to stop, it gives the compactor its replicas back and returns
 * what it has. @throws AppError why it did not come to its end; the checkpoint that was committed last has it as `error`
 */
export class RestoreRun {
  readonly #options: RestoreRunOptions;
  #now: RestoreCheckpoint;

  constructor(options: RestoreRunOptions) {
    this.#options = options;
    this.#now = options.before ?? freshCheckpoint(options.planned.plan, options.reason);
  }

  async run(): Promise<RestoreReport> {
    await this.#options.commit(this.#now);
    return restoreReportSchema.parse(this.#now);
  }
}
