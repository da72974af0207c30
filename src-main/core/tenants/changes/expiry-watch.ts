import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { LimitEdit } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import { restoreDue, type RestoreOutcome } from "./restore-due.ts";
import type { MapName, RuntimeMapStore } from "./runtime-map.ts";

/** Values that went back, or would have in a dry run. */
export interface ExpiryEvent {
  readonly atMs: number;
  readonly edits: readonly LimitEdit[];
  readonly version: string;
}

export interface ExpiryWatchOptions {
  /** Asked for each look, since a site's client is made anew when its kubeconfig changes. */
  readonly store: () => Promise<RuntimeMapStore>;
  readonly place: MapName;
  /** Whether this process may write now: a watchdog does while it holds the Lease. */
  readonly mayAct: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: (event: ExpiryEvent) => void | Promise<void>;
  readonly everyMs?: number;
}

const EVERY_MS = 30_000;

/** Looks at the expiries of one ConfigMap until the signal. A look that fails changes nothing, and the next one follows. */
export async function watchExpiries(options: ExpiryWatchOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs = EVERY_MS } = options;
  let told = "";
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const problem = options.mayAct() ? await look(options, signal) : "";
    // Once for each time that it changes.
    if (problem !== told && problem !== "") options.logger.warn("limits could not go back", { problem });
    told = problem;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}

/** Why nothing could be done; empty when nothing had to, or it was. */
async function look(
  { store, place, mayAct, clock, logger, onChange }: ExpiryWatchOptions,
  signal: AbortSignal,
): Promise<string> {
  let outcome: RestoreOutcome;
  try {
    outcome = await restoreDue(await store(), place, clock.nowMs(), mayAct, signal);
  } catch (error) {
    if (signal.aborted) return "";
    if (!isAppError(error)) throw error;
    return error.code;
  }
  if (outcome.kind === "stopped") return outcome.problems.join(", ");
  if (outcome.kind !== "restored") return "";
  const { edits, version } = outcome;
  logger.info("limits went back", { values: edits.length, version });
  await onChange({ atMs: clock.nowMs(), edits, version });
  return "";
}
