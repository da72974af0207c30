import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";

/** Registers a listener for changes; the answer ends it. */
export type Subscribe = (listener: () => void) => () => void;

/** At most this often a reader is told of changes. */
const INTERVAL_MS = 100;

/** Resolves at the next change of any of several things; rejects with `request.cancelled`. */
export async function nextChange(sources: readonly Subscribe[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError("request.cancelled", {});
  const endings: (() => void)[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      for (const subscribe of sources) endings.push(subscribe(() => resolve()));
      const onAbort = () => reject(new AppError("request.cancelled", {}));
      signal.addEventListener("abort", onAbort, { once: true });
      endings.push(() => signal.removeEventListener("abort", onAbort));
    });
  } finally {
    for (const end of endings) end();
  }
}

/** What a feed looks at. */
export interface Feed<Value> {
  /** The value now; called no more than ten times a second. */
  read(): Value;
  /** Whether the value just read is the last one there will be. */
  ended(): boolean;
  /** Calls back with every change. */
  readonly changes: readonly Subscribe[];
  /** Milliseconds after which the value is read again even without a change; `null` for never. */
  refreshMs?(): number | null;
}

/**
 * The values of something that changes: one at once, then one after changes, at most ten a second; changes in between are
 * one value, and the last state is always among them. Ends by itself when the feed has, and quietly with the signal.
 */
export async function* changeFeed<Value>(
  feed: Feed<Value>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Value, void, void> {
  let changed = false;
  const endings = feed.changes.map((subscribe) =>
    subscribe(() => {
      changed = true;
    }),
  );
  try {
    while (!signal.aborted) {
      changed = false;
      const value = feed.read();
      const last = feed.ended();
      yield value;
      if (last) return;
      await clock.sleep(INTERVAL_MS, signal);
      if (!changed) await nextChangeOrTime(feed, clock, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const end of endings) end();
  }
}

async function nextChangeOrTime<Value>(feed: Feed<Value>, clock: Clock, signal: AbortSignal): Promise<void> {
  const refreshMs = feed.refreshMs?.() ?? null;
  const timed: Subscribe = (listener) => (refreshMs === null ? () => {} : clock.after(refreshMs, listener));
  await nextChange([...feed.changes, timed], signal);
}
