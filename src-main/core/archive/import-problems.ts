import type { ArchiveProblem } from "../../../src-shared/model/archive.ts";
import {
  mergeCompleteness,
  type Completeness,
  type CompletenessReason,
} from "../../../src-shared/model/completeness.ts";
import type { BlockProblem } from "./archive-block.ts";

/** Problems that cost no line: the lines are there, as they are. */
const KEPT = new Set(["archive.lines-unreadable", "archive.times-unrepresentable", "archive.line-too-long"]);
const MAX_PROBLEMS = 200;
const MAX_REASONS = 50;

/** What an import found wrong: that of the opening, and that of the reading, each part and kind once. */
export class ProblemList {
  readonly #problems: Map<string, ArchiveProblem>;
  readonly #known: ReadonlySet<string>;
  #completeness: Completeness;
  #losses = 0;

  constructor(known: readonly ArchiveProblem[], completeness: Completeness) {
    this.#problems = new Map(known.map((problem) => [keyOf(problem), problem]));
    this.#known = new Set(this.#problems.keys());
    this.#completeness = completeness;
  }

  get list(): ArchiveProblem[] {
    return [...this.#problems.values()].slice(0, MAX_PROBLEMS);
  }

  get completeness(): Completeness {
    return this.#completeness;
  }

  /** How often reading said that rows could not be had, also where the opening had said so before. */
  get losses(): number {
    return this.#losses;
  }

  add({ part, error, count, startNs, endNs }: BlockProblem): void {
    const key = keyOf({ part, error });
    if (!KEPT.has(error.code)) this.#losses += 1;
    // What the opening has counted over the whole file is met again block by block.
    if (this.#known.has(key)) return;
    const before = this.#problems.get(key);
    this.#problems.set(key, {
      part,
      error,
      count: count + (before?.count ?? 0),
      ...(startNs === undefined ? {} : { startNs: String(startNs) }),
      ...(endNs === undefined ? {} : { endNs: String(endNs) }),
    });
    if (before !== undefined || KEPT.has(error.code)) return;
    const reasons: CompletenessReason[] =
      this.#completeness.reasons.length < MAX_REASONS ? [{ kind: "partial-failure", part, code: error.code }] : [];
    this.#completeness = mergeCompleteness(this.#completeness, { verdict: "incomplete", reasons });
  }
}

function keyOf({ part, error }: Pick<ArchiveProblem, "part" | "error">): string {
  return `${error.code}\0${part}`;
}
