import type { RestorePlanEvent } from "../../../../../src-shared/model/storage/restore.ts";
import type { PlanProgress } from "./plan-parts.ts";

/**
 * What a plan in the making tells, and at the end the plan. Whoever reads slowly gets the newest progress alone; whoever stops
 * reading ends the making.
 */
export async function* planEvents(
  make: (
    tell: (progress: PlanProgress) => void,
    signal: AbortSignal,
  ) => Promise<Extract<RestorePlanEvent, { kind: "plan" }>>,
  signal: AbortSignal,
): AsyncGenerator<RestorePlanEvent> {
  const stopped = new AbortController();
  let newest: PlanProgress | null = null;
  let told = Promise.withResolvers<null>();
  const made = make(
    (progress) => {
      newest = progress;
      told.resolve(null);
    },
    AbortSignal.any([signal, stopped.signal]),
  );
  // Its failure is seen below, unless nobody reads any more.
  made.catch(() => undefined);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- events come one after the other
      const plan = await Promise.race([made, told.promise]);
      if (plan !== null) {
        yield plan;
        return;
      }
      told = Promise.withResolvers<null>();
      const progress: PlanProgress | null = newest;
      if (progress !== null) yield progress;
    }
  } finally {
    stopped.abort();
  }
}
