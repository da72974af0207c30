import type { Clock } from "../../common/clock.ts";

export interface PatientPoolOptions {
  readonly clock: Clock;
  /** How many may work at a time. */
  readonly concurrency: number;
  /** One that takes longer is waiting rather than working, and lets the next begin. Milliseconds. */
  readonly patienceMs: number;
  /** How many may be under way at a time, waiting ones among them. */
  readonly maxUnderWay: number;
}

/**
 * Works through items some at a time. A few that hang do not hold the places that others need: after `patienceMs` they no
 * longer count. Rejects with the first rejection of `work`; the rest has then still to end by itself.
 */
export function workThrough<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  { clock, concurrency, patienceMs, maxUnderWay }: PatientPoolOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let working = 0;
    let underWay = 0;
    const mayStart = () => next < items.length && working < concurrency && underWay < maxUnderWay;
    const begin = () => {
      while (mayStart()) start(next++);
      if (underWay === 0) resolve();
    };
    const start = (index: number) => {
      const item = items[index];
      if (item === undefined) return;
      working += 1;
      underWay += 1;
      let counts = true;
      const letGo = () => {
        if (!counts) return;
        counts = false;
        working -= 1;
      };
      const stopTimer = clock.after(patienceMs, () => {
        letGo();
        begin();
      });
      work(item)
        .catch(reject)
        .finally(() => {
          stopTimer();
          letGo();
          underWay -= 1;
          begin();
        });
    };
    begin();
  });
}
