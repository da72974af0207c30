import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  type Completeness,
  type CompletenessReason,
  mergeCompleteness,
} from "../../../../src-shared/model/completeness.ts";
import { NO_READ_STATS, type ReadStats } from "../../../../src-shared/model/log-query.ts";
import type { ArchiveBlock, BlockProblem } from "../archive-block.ts";
import type { ReadCost } from "./scan-protocol.ts";

/** Reasons beyond this many are not told one by one. */
const MAX_REASONS = 100;

/** What a read cost, and what of it could not be read. */
export class ReadAccount {
  #stats: ReadStats = NO_READ_STATS;
  readonly #reasons = new Map<string, CompletenessReason>();
  #unnamed = 0;
  #readBlocks = 0;
  #firstError: AppError | null = null;
  readonly #onProblem: ((problem: BlockProblem) => void) | null;

  constructor(onProblem: ((problem: BlockProblem) => void) | null = null) {
    this.#onProblem = onProblem;
  }

  get stats(): ReadStats {
    return this.#stats;
  }

  answered({ lines, bytes, problems }: ReadCost): void {
    this.#readBlocks += 1;
    const { linesProcessed, bytesProcessed, requests } = this.#stats;
    this.#stats = {
      ...this.#stats,
      requests: requests + 1,
      linesProcessed: linesProcessed + lines,
      bytesProcessed: bytesProcessed + bytes,
    };
    for (const problem of problems) {
      this.#onProblem?.(problem);
      const { part, error, startNs, endNs } = problem;
      this.#add(
        startNs === undefined || endNs === undefined
          ? { kind: "partial-failure", part, code: error.code }
          : { kind: "split-failed", startNs: startNs.toString(), endNs: endNs.toString(), code: error.code },
      );
    }
  }

  failed({ place, minNs, maxNs, rows }: ArchiveBlock, error: AppError): void {
    this.#firstError ??= error;
    const part = place.kind === "chunk" ? place.key : place.file;
    this.#onProblem?.({ part, error: error.toWire(), count: Math.max(rows ?? 1, 1), startNs: minNs, endNs: maxNs });
    this.#add({ kind: "split-failed", startNs: minNs.toString(), endNs: maxNs.toString(), code: error.code });
  }

  limited(limit: number): void {
    this.#add({ kind: "limit-reached", limit });
  }

  /** Throws the first failure when nothing at all could be read. */
  throwIfNothing(): void {
    if (this.#readBlocks === 0 && this.#firstError !== null) throw this.#firstError;
  }

  /** The verdict, with what was known of the archive before. */
  completeness(archive: Completeness): Completeness {
    const known = new Set(archive.reasons.map((reason) => JSON.stringify(reason)));
    const reasons = [...this.#reasons].flatMap(([key, reason]) => (known.has(key) ? [] : [reason]));
    if (this.#unnamed > 0)
      reasons.push({ kind: "partial-failure", part: `+${this.#unnamed}`, code: "archive.damaged" });
    return mergeCompleteness(archive, { verdict: reasons.length > 0 ? "incomplete" : "complete", reasons });
  }

  #add(reason: CompletenessReason): void {
    const key = JSON.stringify(reason);
    if (this.#reasons.has(key)) return;
    if (this.#reasons.size >= MAX_REASONS && reason.kind !== "limit-reached") this.#unnamed += 1;
    else this.#reasons.set(key, reason);
  }
}
