import type { LogExpr, Selector } from "../../../../src-shared/logql/ast.ts";
import { batchBuffers, type LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../src-shared/model/log-query.ts";
import type { ArchiveScanner, ScanJob } from "./archive-scanner.ts";
import type { ReadAccount } from "./read-account.ts";
import { RowMerge } from "./row-merge.ts";
import { scanInOrder } from "./scan-in-order.ts";
import type { PlannedBlock } from "./scan-plan.ts";
import { blockRef, type RowsAnswer, type RowsRequest, type StreamOrder } from "./scan-protocol.ts";

export interface RowsQuery {
  /** In the query's direction. */
  readonly blocks: readonly PlannedBlock[];
  readonly expr: LogExpr | null;
  /** Without a query: the streams that any of these takes. All of them without. */
  readonly selectors?: readonly Selector[];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: Direction;
  readonly streamOrder: StreamOrder;
  readonly limit: number | null;
  readonly nowNs: bigint;
  readonly scanner: ArchiveScanner;
  readonly account: ReadAccount;
  /** Rows that wait for others to be merged with hold about this much. 96 MiB without. */
  readonly maxHeldBytes?: number;
  /** How many of the blocks hold all rows that are needed, going by what is told of them. */
  readonly enough?: number;
}

const MAX_HELD_BYTES = 96 * 2 ** 20;
const MAX_BYTES_AHEAD = 24 * 2 ** 20;

/** A part of a range that is read at a time, in the query's direction. */
interface Window {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/**
 * Reads the rows of blocks, merged. `null` is given for a block that was read and gave nothing yet, to tell progress.
 *
 * Where very many blocks have rows of the same time, what would wait to be merged is more than memory may hold. Then the
 * later rows are let go again, and their blocks read a second time when their turn has come.
 */
export async function* readRows(query: RowsQuery, signal: AbortSignal): AsyncGenerator<LogBatch | null> {
  let rest: Window = { startNs: query.startNs, endNs: query.endNs };
  let left = query.limit;
  while (rest.startNs < rest.endNs && (left === null || left > 0)) {
    const reading = new WindowReading({ ...query, limit: left }, rest);
    for await (const batch of reading.read(signal)) {
      if (batch !== null && left !== null) left -= batch.rowCount;
      yield batch;
    }
    rest = reading.behind();
  }
}

class WindowReading {
  readonly #query: RowsQuery;
  readonly #window: Window;
  readonly #merge: RowMerge;
  /** Where the window ends, once it had to be made smaller. */
  #cutNs: bigint | null = null;

  constructor(query: RowsQuery, window: Window) {
    this.#query = query;
    this.#window = window;
    this.#merge = new RowMerge(query, query.limit);
  }

  /** What of the window was left to be read later. */
  behind(): Window {
    const { startNs, endNs } = this.#window;
    if (this.#cutNs === null) return { startNs: endNs, endNs };
    return this.#query.direction === "forward" ? { startNs: this.#cutNs, endNs } : { startNs, endNs: this.#cutNs + 1n };
  }

  async *read(signal: AbortSignal): AsyncGenerator<LogBatch | null> {
    const { scanner, account, enough, maxHeldBytes = MAX_HELD_BYTES } = this.#query;
    const blocks = this.#query.blocks.filter(({ block }) => this.#overlaps(block.minNs, block.maxNs));
    const job: ScanJob = { name: "rows" };
    const steps = scanInOrder({
      items: blocks,
      run: (item, stop) => scanner.scan<"rows">(job, this.#request(item), stop),
      sizeOf,
      ahead: scanner.threads + 2,
      maxBytesAhead: MAX_BYTES_AHEAD,
      signal,
      ...(enough === undefined ? {} : { eager: enough }),
    });
    let done = 0;
    for await (const step of steps) {
      done += 1;
      if (step.answer === null) account.failed(step.item.block, step.error);
      else this.#add(step.item, step.answer);
      const next = blocks[done];
      const frontierNs = next === undefined ? this.#cutNs : this.#frontier(next);
      let any = false;
      for (const batch of this.#merge.take(frontierNs)) {
        any = true;
        yield batch;
      }
      if (this.#merge.isFull) return;
      if (!any) yield null;
      if (frontierNs !== null && this.#merge.heldBytes > maxHeldBytes) this.#cut(frontierNs);
      if (next !== undefined && this.#isBehindCut(next)) break;
    }
    for (const batch of this.#merge.take(this.#cutNs)) yield batch;
  }

  #request({ block, dedupe }: PlannedBlock): RowsRequest {
    const { expr, selectors = [], direction, streamOrder, limit, nowNs } = this.#query;
    const part = { block: blockRef(block), ...this.#window };
    return { kind: "rows", ...part, expr, selectors, direction, streamOrder, limit, nowNs, dedupe };
  }

  #add({ order }: PlannedBlock, answer: RowsAnswer): void {
    this.#query.account.answered(answer);
    const { batch, hashes, identities } = answer;
    if (batch === null) return;
    this.#merge.add({ batch, hashes, identities, order, at: 0, end: batch.rowCount });
    if (this.#cutNs !== null) this.#merge.cutAt(this.#cutNs);
  }

  /** No row of a block to come, and of this window, is before this. */
  #frontier({ block }: PlannedBlock): bigint {
    const { startNs, endNs } = this.#window;
    const begins =
      this.#query.direction === "forward" ? larger(block.minNs, startNs) : -larger(-block.maxNs, 1n - endNs);
    return this.#cutNs !== null && this.#isBehindCutTime(begins) ? this.#cutNs : begins;
  }

  #cut(frontierNs: bigint): void {
    const middle = this.#merge.middleOfHeld();
    if (middle === null) return;
    // At least one instant is read, however much there is of it.
    const forward = this.#query.direction === "forward";
    const least = forward ? frontierNs + 1n : frontierNs - 1n;
    const cut = forward ? (middle > least ? middle : least) : middle < least ? middle : least;
    if (this.#cutNs !== null && (forward ? cut >= this.#cutNs : cut <= this.#cutNs)) return;
    this.#cutNs = cut;
    this.#merge.cutAt(cut);
  }

  #isBehindCut({ block }: PlannedBlock): boolean {
    return this.#isBehindCutTime(this.#query.direction === "forward" ? block.minNs : block.maxNs);
  }

  #isBehindCutTime(timeNs: bigint): boolean {
    if (this.#cutNs === null) return false;
    return this.#query.direction === "forward" ? timeNs >= this.#cutNs : timeNs <= this.#cutNs;
  }

  #overlaps(minNs: bigint, maxNs: bigint): boolean {
    return maxNs >= this.#window.startNs && minNs < this.#window.endNs;
  }
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function sizeOf({ batch }: RowsAnswer): number {
  return batch === null ? 0 : batchBuffers(batch).reduce((total, buffer) => total + buffer.byteLength, 0);
}
