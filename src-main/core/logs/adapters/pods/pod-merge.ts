import type { PodRow } from "./pod-rows.ts";

interface Lane {
  readonly index: number;
  readonly source: AsyncIterator<readonly PodRow[]>;
  rows: readonly PodRow[];
  at: number;
}

/**
 * Merges ordered streams into one, oldest row first; of equal times the earlier stream's first. Reads no stream further
 * than its next piece, so memory is bounded by one piece a stream.
 */
export async function* mergeRows(sources: readonly AsyncIterable<readonly PodRow[]>[]): AsyncGenerator<PodRow> {
  const lanes: Lane[] = sources.map((source, index) => ({
    index,
    source: source[Symbol.asyncIterator](),
    rows: [],
    at: 0,
  }));
  try {
    const filled = await Promise.all(lanes.map(refill));
    const heap = lanes.filter((_lane, index) => filled[index] === true);
    for (let at = Math.floor(heap.length / 2) - 1; at >= 0; at -= 1) sink(heap, at);
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      const row = first.rows[first.at];
      if (row !== undefined) yield row;
      first.at += 1;
      // oxlint-disable-next-line no-await-in-loop -- the next row depends on what this stream has next
      if (first.at >= first.rows.length && !(await refill(first))) {
        const last = heap.pop();
        if (last !== undefined && heap.length > 0) heap[0] = last;
      }
      sink(heap, 0);
    }
  } finally {
    await Promise.all(lanes.map(async (lane) => lane.source.return?.()));
  }
}

async function refill(lane: Lane): Promise<boolean> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- empty pieces are passed over
    const next = await lane.source.next();
    if (next.done === true) return false;
    if (next.value.length === 0) continue;
    lane.rows = next.value;
    lane.at = 0;
    return true;
  }
}

function before(a: Lane, b: Lane): boolean {
  const left = a.rows[a.at]?.timestampNs ?? 0n;
  const right = b.rows[b.at]?.timestampNs ?? 0n;
  return left === right ? a.index < b.index : left < right;
}

function sink(heap: Lane[], from: number): void {
  let at = from;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    let least = at;
    for (const child of [left, right]) {
      const lane = heap[child];
      const best = heap[least];
      if (lane !== undefined && best !== undefined && before(lane, best)) least = child;
    }
    if (least === at) return;
    const [a, b] = [heap[at], heap[least]];
    if (a === undefined || b === undefined) return;
    heap[at] = b;
    heap[least] = a;
    at = least;
  }
}
