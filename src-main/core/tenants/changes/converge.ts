import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { TargetSource } from "../../health/scraping/scrape-target.ts";
import { listParam, textParam, type StepDetail } from "./change-report.ts";
import type { ChangesParts } from "./changes-parts.ts";
import { readComponents, type ComponentState } from "./component-states.ts";
import { Convergence, type Baseline, type Converging, type Look } from "./convergence.ts";
import { bounded } from "./draft.ts";

/** Twice what the kubelet takes at most, and some periods of Loki's. */
const LIMIT_MS = 300_000;
const EVERY_MS = 5_000;
const MOST_HASHES = 20;
const MOST_NAMES = 500;

export interface ConvergeOptions {
  readonly targets: TargetSource;
  readonly parts: Pick<ChangesParts, "clock" | "convergence" | "parseExposition">;
  readonly signal: AbortSignal;
  /** When the file had been written. */
  readonly startedAtMs: number;
  readonly baseline: Baseline;
  readonly expected: string | null;
  readonly hashChanges: boolean;
  /** Durable when it resolves. `share` is of the time there is. */
  readonly tell: (rows: readonly Converging[], detail: StepDetail, share: number) => Promise<void>;
}

/** What the processes said before the write, to be found again after a kill. */
export function baselineDetail(states: readonly ComponentState[]): StepDetail {
  const hashes = [...new Set(states.flatMap(({ hash }) => hash ?? []))].slice(0, MOST_HASHES);
  const failing = states.filter(({ reloaded }) => reloaded === false).map(({ instance }) => instance);
  // Of one mind, and none of them kept an older file: what they have is the hash of what stands in the ConfigMap.
  const agreed = hashes.length === 1 && failing.length === 0 ? (hashes[0] ?? "") : "";
  const told = states.filter(({ hash }) => hash !== null).length;
  return {
    key: "components",
    params: {
      count: states.length,
      told,
      hash: agreed,
      hashes: hashes.join(","),
      failing: failing.slice(0, MOST_NAMES).join(","),
    },
  };
}

export function baselineOf(detail: StepDetail | null): Baseline {
  return { hashes: listParam(detail, "hashes"), failing: listParam(detail, "failing") };
}

/** The hash that all components had before the change; `null` where they were not of one mind. */
export function agreedHash(detail: StepDetail | null): string | null {
  const hash = textParam(detail, "hash");
  return hash === "" ? null : hash;
}

/**
 * Looks until every process has taken the file.
 * @throws AppError `tenants.reload-refused`, `tenants.not-converged`, `request.cancelled`, and why no process could be found
 */
export async function converge(options: ConvergeOptions): Promise<StepDetail> {
  const { targets, parts, signal, startedAtMs, baseline, expected, hashChanges, tell } = options;
  const { clock, parseExposition } = parts;
  const { limitMs, everyMs } = parts.convergence ?? { limitMs: LIMIT_MS, everyMs: EVERY_MS };
  const convergence = new Convergence({ baseline, expected, hashChanges });
  let shown = "";
  for (;;) {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const states = await statesOrNone(() => readComponents(targets, parseExposition, clock, signal), signal);
    const nowMs = clock.nowMs();
    const passedMs = nowMs - startedAtMs;
    const look = convergence.look(states, nowMs, passedMs);
    const detail = progressDetail(look);
    const told = JSON.stringify([look.rows, detail]);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (told !== shown) await tell(look.rows, detail, passedMs / limitMs);
    shown = told;
    const names = (instances: readonly string[]) => bounded(instances.join(", "));
    if (look.verdict === "taken") return detail;
    if (look.verdict === "refused") {
      throw new AppError("tenants.reload-refused", { instances: names(look.refused), restored: "no" });
    }
    if (passedMs >= limitMs) {
      const waiting = look.waiting.length > 0 ? look.waiting : look.rows.map(({ instance }) => instance);
      throw new AppError("tenants.not-converged", {
        instances: names(waiting),
        seconds: Math.round(passedMs / 1_000),
      });
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clock.sleep(Math.min(everyMs, Math.max(0, limitMs - passedMs)), signal).catch(() => undefined);
  }
}

/** That the list of processes cannot be read for a while is waited over as well. */
async function statesOrNone(
  read: () => Promise<readonly ComponentState[]>,
  signal: AbortSignal,
): Promise<readonly ComponentState[]> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    if (!isAppError(error)) throw error;
    return [];
  }
}

function progressDetail({ rows, waiting }: Look): StepDetail {
  const taken = rows.filter(({ state }) => state === "taken").length;
  const all = rows.filter(({ state }) => state !== "unseen").length;
  if (waiting.length === 0) return { key: "taken", params: { count: taken } };
  return { key: "waiting-for", params: { count: taken, all, instances: bounded(waiting.join(", ")) } };
}
