import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Canary } from "../../../../src-shared/model/storage/storage-plan.ts";
import type { LokiControl } from "../loki/loki-control.ts";

type Answer = { readonly lines: number | null; readonly complete: boolean; readonly problem: string | null };

/** Asks every query before anything is changed; what was asked in an earlier run is kept. */
export async function askBefore(
  canaries: readonly Canary[],
  loki: LokiControl | null,
  signal: AbortSignal,
): Promise<Canary[]> {
  const asked: Canary[] = [];
  for (const canary of canaries) {
    // oxlint-disable-next-line no-await-in-loop -- Loki has more to do than these
    const { lines, problem } = await ask(canary, loki, signal);
    asked.push({ ...canary, before: lines, problem });
  }
  return asked;
}

/**
 * Asks them again. One that answers whole works, whatever it answered before; one that fails, fails; where nobody can be
 * asked, it is not known.
 */
export async function askAfter(
  canaries: readonly Canary[],
  loki: LokiControl | null,
  signal: AbortSignal,
): Promise<Canary[]> {
  const asked: Canary[] = [];
  for (const canary of canaries) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    const { lines, complete, problem } = await ask(canary, loki, signal);
    const state = loki === null ? "unknown" : lines === null ? "fails" : complete ? "works" : "unknown";
    asked.push({ ...canary, after: lines, state, problem });
  }
  return asked;
}

async function ask(canary: Canary, loki: LokiControl | null, signal: AbortSignal): Promise<Answer> {
  if (loki === null) return { lines: null, complete: false, problem: "no-loki" };
  const { tenant, query, fromMs, throughMs } = canary;
  try {
    const counted = await loki.countLines({ tenant, query, fromMs, throughMs }, signal);
    return { ...counted, problem: counted.complete ? null : "incomplete" };
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return { lines: null, complete: false, problem: error.code };
  }
}
