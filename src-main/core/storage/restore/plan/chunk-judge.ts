import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { RateBucket } from "../../../common/rate-bucket.ts";
import { CheckLanes } from "../../integrity/check-lanes.ts";
import type { CheckMode, ChunkChecker, ChunkVerdict, ListedChunk } from "../../integrity/chunk-checker.ts";

/** Of these nothing follows for an object: the store was not there, or nobody may read it. */
const STORE_TROUBLE: ReadonlySet<string> = new Set([
  "storage.unreachable",
  "storage.timed-out",
  "storage.rate-limited",
  "storage.credentials-refused",
  "storage.credentials-missing",
  "storage.forbidden",
]);

/** Says of chunk objects of one store whether they are what their keys say, by reading them. */
export class ChunkJudge {
  readonly #store: string;
  readonly #checker: ChunkChecker;
  readonly #mode: CheckMode;
  readonly #pace: RateBucket;

  constructor(options: {
    /** For people. */
    readonly store: string;
    readonly checker: ChunkChecker;
    readonly mode: CheckMode;
    readonly pace: RateBucket;
  }) {
    this.#store = options.store;
    this.#checker = options.checker;
    this.#mode = options.mode;
    this.#pace = options.pace;
  }

  /** Verdicts in the order of the chunks. Rejects with `storage.unreachable` where the store fails, rather than a chunk of it. */
  async verdicts(chunks: readonly ListedChunk[], signal: AbortSignal): Promise<readonly ChunkVerdict[]> {
    const verdicts = new Map<ListedChunk, ChunkVerdict>();
    const lanes = new CheckLanes(this.#checker, this.#mode, signal, (listed, verdict) => verdicts.set(listed, verdict));
    for (const listed of chunks) {
      // oxlint-disable-next-line no-await-in-loop -- at the rate that is allowed
      await this.#pace.take(listed.object.sizeBytes, signal);
      // oxlint-disable-next-line no-await-in-loop -- waits where the checker is busy
      await lanes.add(listed);
    }
    await lanes.finish();
    return chunks.map((listed) => {
      const verdict = verdicts.get(listed);
      if (verdict === undefined) throw new Error("a chunk without a verdict");
      if (verdict.kind === "unreadable" && STORE_TROUBLE.has(verdict.code)) {
        throw new AppError("storage.unreachable", { store: this.#store, problem: verdict.code });
      }
      return verdict;
    });
  }
}
