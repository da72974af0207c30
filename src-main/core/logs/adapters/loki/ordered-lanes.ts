/*
 * Several generators run at once, and what they yield comes out in the order of the list: all of the first, then all of
 * the second. What the later ones have ready waits in memory, so their pace is bound by a budget of bytes that all share;
 * the first of the line may always put down one piece, or nothing would move.
 */

export interface OrderedLanesOptions<Piece> {
  /** How many run at once; asked anew before each start. */
  readonly parallel: () => number;
  readonly maxBufferedBytes: number;
  readonly sizeOf: (piece: Piece) => number;
}

/** One generator's pieces, or what it failed with. */
export type LaneEvent<Piece> =
  | { readonly kind: "piece"; readonly lane: number; readonly piece: Piece }
  | { readonly kind: "done"; readonly lane: number }
  | { readonly kind: "failed"; readonly lane: number; readonly error: unknown };

interface Lane<Piece> {
  readonly queue: Piece[];
  state: "running" | "done" | "failed";
  error: unknown;
}

/**
 * Runs `start(index)` for every index below `count`. A failure is an event and ends its lane alone. Leaving the loop aborts
 * the signal that all lanes were given and waits for them to end.
 */
export async function* orderedLanes<Piece>(
  count: number,
  start: (index: number, signal: AbortSignal) => AsyncIterable<Piece>,
  options: OrderedLanesOptions<Piece>,
  signal: AbortSignal,
): AsyncGenerator<LaneEvent<Piece>, void, undefined> {
  const stop = new AbortController();
  const laneSignal = AbortSignal.any([signal, stop.signal]);
  const lanes: Lane<Piece>[] = [];
  const running: Promise<void>[] = [];
  const changed = new Pulse();
  let buffered = 0;
  let head = 0;

  const mayPut = (index: number, lane: Lane<Piece>): boolean =>
    buffered < options.maxBufferedBytes || (index === head && lane.queue.length === 0);
  const pump = async (index: number, lane: Lane<Piece>): Promise<void> => {
    try {
      for await (const piece of start(index, laneSignal)) {
        while (!mayPut(index, lane)) {
          laneSignal.throwIfAborted();
          await changed.next();
        }
        lane.queue.push(piece);
        buffered += options.sizeOf(piece);
        changed.fire();
      }
      lane.state = "done";
    } catch (error) {
      lane.state = "failed";
      lane.error = error;
    }
    changed.fire();
  };
  const fill = (): void => {
    while (lanes.length < count && lanes.length - head < Math.max(1, options.parallel())) {
      const lane: Lane<Piece> = { queue: [], state: "running", error: undefined };
      lanes.push(lane);
      running.push(pump(lanes.length - 1, lane));
    }
  };

  const onAbort = (): void => changed.fire();
  laneSignal.addEventListener("abort", onAbort);
  try {
    for (; head < count; head++) {
      fill();
      changed.fire();
      const lane = lanes[head];
      if (lane === undefined) throw new RangeError(`lane ${head} of ${count}`);
      for (;;) {
        const piece = lane.queue.shift();
        if (piece !== undefined) {
          buffered -= options.sizeOf(piece);
          changed.fire();
          yield { kind: "piece", lane: head, piece };
          continue;
        }
        if (lane.state === "failed") yield { kind: "failed", lane: head, error: lane.error };
        if (lane.state === "done") yield { kind: "done", lane: head };
        if (lane.state !== "running") break;
        await changed.next();
      }
    }
  } finally {
    stop.abort(new DOMException("aborted", "AbortError"));
    await Promise.all(running);
    laneSignal.removeEventListener("abort", onAbort);
  }
}

/** Wakes all who wait, each time it fires. */
class Pulse {
  #resolve: () => void = () => {};
  #promise: Promise<void> = this.#fresh();

  next(): Promise<void> {
    return this.#promise;
  }

  fire(): void {
    const resolve = this.#resolve;
    this.#promise = this.#fresh();
    resolve();
  }

  #fresh(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resolve = resolve;
    return promise;
  }
}
