import type { ArchiveFile } from "../../../src-shared/model/archive-manifest.ts";
import type { SliceGroup } from "./slice-group.ts";

export interface FinishedGroup<Mark> {
  readonly files: readonly ArchiveFile[];
  readonly mark: Mark;
}

/**
 * Finishes groups of slices while the next one is being filled, in their order, one at a time: a commit never stands for
 * more than what is in its place.
 */
export class GroupsInFlight<Mark> {
  readonly #finished: (group: FinishedGroup<Mark>) => Promise<void>;
  #last: Promise<void> = Promise.resolve();

  constructor(finished: (group: FinishedGroup<Mark>) => Promise<void>) {
    this.#finished = finished;
  }

  /** `mark` is what the group's end stands for. Resolves when the group before is in its place. */
  async add(group: SliceGroup, mark: Mark): Promise<void> {
    const before = this.#last;
    const finishing = group.finish();
    this.#last = this.#end(before, finishing, group, mark);
    // Told to whoever waits for it; a failure of the finishing alone is told by it, too.
    this.#last.catch(() => {});
    finishing.catch(() => {});
    await before;
  }

  async all(): Promise<void> {
    await this.#last;
  }

  /** Waits for what is under way, however it ends. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#last]);
  }

  async #end(
    before: Promise<void>,
    finishing: ReturnType<SliceGroup["finish"]>,
    group: SliceGroup,
    mark: Mark,
  ): Promise<void> {
    try {
      await before;
      const slices = await finishing;
      await this.#finished({ files: slices.flatMap(({ files }) => files), mark });
    } finally {
      await group[Symbol.asyncDispose]();
    }
  }
}
