import type { RestoreItem, RestorePlan } from "../../../../src-shared/model/storage/restore.ts";

/**
 * A plan with all of its objects, which may be millions and lie on disk: chunks first, index files last, in the order in which
 * they are written. `items` can be read more than once, and from the middle on.
 */
export interface PlannedRestore {
  readonly plan: RestorePlan;
  /** Lies in the profile; a job goes on from it after a restart. */
  readonly directory: string;
  items(from: number, signal: AbortSignal): AsyncIterable<RestoreItem>;
}
