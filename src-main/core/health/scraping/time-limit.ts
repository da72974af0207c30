import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";

/**
 * Runs something that may take so long and no longer: then its signal is aborted and this rejects, whether it minds the
 * signal or not.
 * @throws AppError `loki.timed-out`, `request.cancelled`, or what `work` rejects with
 */
export async function withinTime<Value>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController();
  let release = (): void => {};
  const limit = new Promise<never>((_resolve, reject) => {
    const cancelled = () => reject(new AppError("request.cancelled", {}));
    if (signal.aborted) cancelled();
    signal.addEventListener("abort", cancelled, { once: true });
    const stopTimer = clock.after(timeoutMs, () => {
      reject(new AppError("loki.timed-out", { seconds: timeoutMs / 1_000 }));
    });
    release = () => {
      signal.removeEventListener("abort", cancelled);
      stopTimer();
    };
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, stop.signal])), limit]);
  } finally {
    release();
    stop.abort();
  }
}
