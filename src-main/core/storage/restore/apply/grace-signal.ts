import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../../common/clock.ts";

/** Aborted some time after another: what must be set back is set back, though the restore was told to stop. */
export function graceSignal(
  signal: AbortSignal,
  clock: Clock,
  graceMs: number,
): { readonly signal: AbortSignal } & Disposable {
  const late = new AbortController();
  let stopTimer: () => void = () => undefined;
  const begin = (): void => {
    stopTimer = clock.after(graceMs, () => late.abort(new AppError("request.cancelled", {})));
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
