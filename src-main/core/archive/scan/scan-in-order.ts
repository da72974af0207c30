import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";

export interface OrderedScanOptions<Item, Answer> {
  readonly items: readonly Item[];
  readonly run: (item: Item, signal: AbortSignal) => Promise<Answer>;
  /** Bytes that an answer holds. */
  readonly sizeOf: (answer: Answer) => number;
  /** How many items are asked for at a time. */
  readonly ahead: number;
  /** Answers that nobody has taken yet hold at most about this much. */
  readonly maxBytesAhead: number;
  readonly signal: AbortSignal;
  /** Items behind so many are probably not needed: they are begun only when all answers before were not enough. */
  readonly eager?: number;
}

export type ScanStep<Item, Answer> =
  | { readonly item: Item; readonly answer: Answer; readonly error: null }
  | { readonly item: Item; readonly answer: null; readonly error: AppError };

/**
 * Runs over items ahead of who takes the answers, and gives the answers in the items' order. An item's failure is its
 * step's; only `request.cancelled`, and what is no `AppError`, is thrown. What still runs when it is left is cancelled.
 */
export async function* scanInOrder<Item, Answer>(
  options: OrderedScanOptions<Item, Answer>,
): AsyncGenerator<ScanStep<Item, Answer>> {
  const { items, run, sizeOf, ahead, maxBytesAhead } = options;
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const running: Promise<ScanStep<Item, Answer>>[] = [];
  let heldBytes = 0;
  let next = 0;
  const start = async (item: Item): Promise<ScanStep<Item, Answer>> => {
    try {
      const answer = await run(item, signal);
      heldBytes += sizeOf(answer);
      return { item, answer, error: null };
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      return { item, answer: null, error };
    }
  };
  const eager = options.eager ?? items.length;
  const fill = (most = items.length): void => {
    while (running.length < ahead && next < most) {
      const item = items[next];
      if (item === undefined || (running.length > 0 && heldBytes >= maxBytesAhead)) return;
      next += 1;
      const step = start(item);
      // Awaited in its turn; until then a failure is nobody's surprise.
      step.catch(() => undefined);
      running.push(step);
    }
  };
  try {
    for (fill(eager); ; fill(eager)) {
      if (running.length === 0) fill(next + 1);
      if (running.length === 0) return;
      if (options.signal.aborted) throw new AppError("request.cancelled", {});
      // oxlint-disable-next-line no-await-in-loop -- the others run meanwhile
      const step = await running.shift();
      if (step === undefined) return;
      if (step.answer !== null) heldBytes -= sizeOf(step.answer);
      // Whoever takes this step may need time for it: the threads go on with the next ones.
      fill(eager);
      yield step;
    }
  } finally {
    left.abort();
  }
}
