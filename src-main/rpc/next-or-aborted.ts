/**
 * The iterator's next value, or `aborted` as soon as the signal says so, whichever is first. No listener stays behind: a
 * stream of a million values would otherwise leave a million of them on its signal. A failure that comes after the abort
 * goes to `onLate`, unless it is the abort itself.
 */
export function nextOrAborted<Value>(
  iterator: AsyncIterator<Value>,
  signal: AbortSignal,
  onLate: (error: unknown) => void,
): Promise<IteratorResult<Value> | "aborted"> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve("aborted");
    signal.addEventListener("abort", onAbort, { once: true });
    iterator.next().then(
      (result) => {
        signal.removeEventListener("abort", onAbort);
        resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", onAbort);
        if (!signal.aborted) reject(error);
        else if (!isAbort(error, signal)) onLate(error);
      },
    );
  });
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}
