import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { Completeness, CompletenessReason } from "../../../../src-shared/model/completeness.ts";
import type { BlockProblem } from "../archive-block.ts";

/** Problems told one by one; a bucket of a million damaged objects is told by counts. */
const MAX_TOLD = 1_000;

/** What opening a bucket found wrong, and what follows for its completeness. */
export class BucketProblems {
  readonly #told: ArchiveProblem[] = [];
  readonly #reasons: CompletenessReason[] = [];
  #untold = 0;
  #untoldPart = "";

  /** An object of which nothing can be read. */
  addUnreadable(problems: readonly BlockProblem[]): void {
    for (const [at, problem] of problems.entries()) {
      this.#tell(problem);
      if (at === 0) this.#reason(lossOf(problem));
    }
  }

  /** An object that is read all the same. What its bad blocks cost is counted by whoever reads it, with the same evidence. */
  addReadable(problems: readonly BlockProblem[]): void {
    for (const problem of problems) this.#tell(problem);
    const [lossy] = problems.filter(({ entriesLost }) => entriesLost !== 0);
    if (lossy !== undefined) this.#reason({ kind: "partial-failure", part: lossy.part, code: lossy.error.code });
  }

  /** Files that are nothing of Loki's; they say nothing about the lines. */
  addUnplaced(paths: readonly string[], count: number): void {
    const named = paths.slice(0, 20);
    for (const part of named) this.#push(part, count > named.length && part === named.at(-1) ? count - 19 : 1);
  }

  get list(): readonly ArchiveProblem[] {
    if (this.#untold === 0) return this.#told;
    const problem = "these objects are damaged as well";
    const error = new AppError("archive.damaged", { part: this.#untoldPart, problem });
    return [...this.#told, { part: this.#untoldPart, error: error.toWire(), count: this.#untold }];
  }

  /** Without a look at the index nobody can say that every chunk was copied, so it is never `complete`. */
  get completeness(): Completeness {
    return { verdict: this.#reasons.length === 0 ? "unknown" : "incomplete", reasons: this.#reasons };
  }

  #push(part: string, count: number): void {
    const error = new AppError("archive.not-recognised", { file: part.slice(0, 500) });
    this.#told.push({ part: part.slice(0, 500), error: error.toWire(), count });
  }

  #tell({ part, error, count, startNs, endNs }: BlockProblem): void {
    if (this.#told.length >= MAX_TOLD) {
      this.#untold += count;
      this.#untoldPart = part.slice(0, 500);
      return;
    }
    this.#told.push({
      part: part.slice(0, 500),
      error,
      count,
      ...(startNs === undefined ? {} : { startNs: String(startNs) }),
      ...(endNs === undefined ? {} : { endNs: String(endNs) }),
    });
  }

  #reason(reason: CompletenessReason): void {
    if (this.#reasons.length < MAX_TOLD) this.#reasons.push(reason);
  }
}

function lossOf({ part, error, entriesLost, startNs, endNs }: BlockProblem): CompletenessReason {
  if (startNs === undefined || endNs === undefined) return { kind: "partial-failure", part, code: error.code };
  const known = entriesLost !== undefined;
  return {
    kind: "lines-missing",
    unit: known ? "entries" : "chunks",
    promised: known ? entriesLost : 1,
    read: 0,
    startNs: String(startNs),
    endNs: String(endNs),
    detail: part.slice(0, 500),
  };
}
