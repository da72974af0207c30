import type { ExportCheckpoint, FinishedPart, PinnedPlan } from "./export-checkpoint.ts";
import type { ExportMemory } from "./export-plan.ts";

/**
 * What an export has finished, as it is on disk. Parts that finish while a commit is under way share the next one: a
 * checkpoint names every part, so one write for each would be the square of them.
 */
export class ExportLedger {
  readonly plan: PinnedPlan;
  readonly #memory: ExportMemory;
  readonly #finished: Map<number, FinishedPart>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #endedAt: string | null;

  constructor(memory: ExportMemory, { plan, finished, endedAt }: ExportCheckpoint) {
    this.plan = plan;
    this.#memory = memory;
    this.#finished = new Map(finished.map((part) => [part.part, part]));
    this.#endedAt = endedAt;
  }

  get endedAt(): string | null {
    return this.#endedAt;
  }

  /** In the order of the range. */
  get finished(): readonly FinishedPart[] {
    return [...this.#finished.values()].sort((a, b) => a.part - b.part);
  }

  isFinished(part: number): boolean {
    return this.#finished.has(part);
  }

  /** Resolves when the part is on disk as finished. */
  async finish(part: FinishedPart): Promise<void> {
    this.#finished.set(part.part, part);
    await this.commit();
  }

  /** A part whose files are not there any more has to be read again. */
  forget(part: number): void {
    this.#finished.delete(part);
  }

  async end(at: string): Promise<void> {
    this.#endedAt = at;
    await this.commit();
  }

  /** Resolves when everything that was noted before the call is on disk. */
  commit(): Promise<void> {
    if (this.#next !== null) return this.#next;
    const next = this.#current
      // Whoever waited for that commit was told of its failure.
      .catch(() => {})
      .then(async () => {
        this.#next = null;
        await this.#memory.commit(this.#checkpoint());
      });
    this.#next = next;
    this.#current = next;
    return next;
  }

  #checkpoint(): ExportCheckpoint {
    return { version: 1, plan: this.plan, finished: [...this.finished], endedAt: this.#endedAt };
  }
}
