import { isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Canary } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { Clock } from "../../../common/clock.ts";
import { endIfCancelled } from "../../store-retries.ts";
import type { CountedLines, LokiControl } from "../../loki/loki-control.ts";

const ASK_EVERY_MS = 15_000;
/** Index gateways list tables again every five minutes by default, behind a listing that they keep for one. */
const WAIT_MS = 8 * 60_000;

type Asked = CountedLines | { readonly problem: string };

/** What each query gives before anything was written; those that were asked before keep their answer. */
export async function countBefore(
  loki: Pick<LokiControl, "countLines">,
  canaries: readonly Canary[],
  signal: AbortSignal,
): Promise<readonly Canary[]> {
  const counted: Canary[] = [];
  for (const canary of canaries) {
    const asked = canary.before === null ? await ask(loki, canary, signal) : null;
    counted.push(asked === null || "problem" in asked ? canary : { ...canary, before: asked.lines });
  }
  return counted;
}

/**
 * Asks until each query gives what its chunks promise, for as long as Loki may need to see its index anew. `tell` gets them as
 * they are after each round.
 */
export async function countAfter(
  loki: Pick<LokiControl, "countLines">,
  canaries: readonly Canary[],
  { clock, tell }: { readonly clock: Clock; readonly tell: (canaries: readonly Canary[]) => Promise<void> },
  signal: AbortSignal,
): Promise<readonly Canary[]> {
  let now: readonly Canary[] = canaries;
  for (const deadlineMs = clock.nowMs() + WAIT_MS; ;) {
    const last = clock.nowMs() >= deadlineMs;
    const round: Canary[] = [];
    for (const canary of now) {
      round.push(canary.state === "works" ? canary : judged(canary, await ask(loki, canary, signal), last));
    }
    now = round;
    await tell(now);
    if (last || now.every(({ state }) => state === "works")) return now;
    await clock.sleep(ASK_EVERY_MS, signal).catch(() => endIfCancelled(signal));
  }
}

async function ask(
  loki: Pick<LokiControl, "countLines">,
  { tenant, query, fromMs, throughMs }: Canary,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    return await loki.countLines({ tenant, query, fromMs, throughMs }, signal);
  } catch (error) {
    endIfCancelled(signal);
    if (!isAppError(error)) throw error;
    return { problem: error.code };
  }
}

function judged(canary: Canary, asked: Asked, last: boolean): Canary {
  if ("problem" in asked) return { ...canary, state: last ? "unknown" : "waiting", problem: asked.problem };
  const after = asked.lines;
  const { expected, before } = canary;
  const works = expected === null ? asked.complete && after >= (before ?? 0) : after >= expected;
  if (works) return { ...canary, after, state: "works", problem: null };
  // Fewer than were promised, by an answer that may lack some, proves nothing.
  const state = asked.complete ? "fails" : "unknown";
  return { ...canary, after, state: last ? state : "waiting", problem: null };
}
