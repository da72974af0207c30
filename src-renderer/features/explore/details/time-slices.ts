/** Work goes on for this long before the window gets its turn: well below a frame. */
const SLICE_MS = 8;

/** Lets the window draw and answer keys; a message is a task of its own, and is not held back as timers are. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener("message", () => {
      channel.port1.close();
      resolve();
    });
    channel.port1.start();
    channel.port2.postMessage(null);
  });
}

/**
 * Runs a generator to its end in slices of 8 ms, so that no task of the page is long however much there is to do. Each
 * `yield` is a place where it may pause. An aborted signal ends it early.
 */
export async function runInSlices(work: Iterator<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const until = performance.now() + SLICE_MS;
    let step = work.next();
    while (step.done !== true && performance.now() < until) step = work.next();
    if (step.done === true) return;
    await nextTask();
  }
}
