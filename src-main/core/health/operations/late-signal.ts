import type { Clock } from "../../common/clock.ts";

/**
 * A signal that is aborted some time after another: what was sent is answered, and what must be set back is set back,
 * though the operation was told to stop.
 */
export function lateSignal(
  signal: AbortSignal,
  clock: Clock,
  graceMs: number,
): { readonly signal: AbortSignal } & Disposable {
  const late = new AbortController();
  let stopTimer = (): void => {};
  const begin = (): void => {
    stopTimer = clock.after(graceMs, () => late.abort(signal.reason));
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      signal.removeEventListener("abort", begin);
      stopTimer();
    },
  };
}
