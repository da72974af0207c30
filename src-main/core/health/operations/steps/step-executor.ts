import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { OperationPlan, OperationReport, PlanStep } from "../../../../../src-shared/model/health/operation.ts";
import type { RingName, RingView } from "../../../../../src-shared/model/health/ring.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Fingerprint } from "../fingerprint.ts";
import type { HealthSite } from "../../health-site.ts";
import type { OperationsParts } from "../operations-parts.ts";
import type { ActingAnswer } from "../pod-actions.ts";
import type { SitePages } from "../site-pages.ts";

export type StepDetail = NonNullable<OperationReport["steps"][number]["detail"]>;

/** What one step of a running operation is given. */
export interface StepContext {
  readonly site: HealthSite;
  readonly plan: OperationPlan;
  readonly step: PlanStep;
  readonly pages: SitePages;
  readonly parts: Pick<OperationsParts, "board" | "rings">;
  readonly clock: Clock;
  /** Aborted when the operation is told to stop; for an act, some time later, so that what was sent is answered. */
  readonly signal: AbortSignal;
  /** When the step first began, also in an earlier run. */
  readonly startedAtMs: number;
  /** What the plan saw. */
  readonly fingerprint: Fingerprint;
  /** What an earlier step with this key measured of the same instance. */
  earlier(key: string): StepDetail | null;
  /** Shows what is measured; durable when it resolves. `share` is of this step, 0…1. */
  tell(detail: StepDetail, share?: number): Promise<void>;
  /** Looks again at everything, as the plan did. @throws AppError `operation.plan-stale`, `operation.unsafe` */
  recheck(): Promise<void>;
}

/** Whether an act was done, as far as looking tells; `null` where it does not. */
export interface Sighting {
  readonly done: boolean | null;
  readonly detail: StepDetail | null;
}

/** How steps of one key are carried out. */
export interface StepExecutor {
  /** What was measured, for the report. @throws AppError */
  run(context: StepContext): Promise<StepDetail | null>;
  /** Of an act: finds its outcome without sending anything. */
  look?(context: StepContext): Promise<Sighting>;
  /**
   * Undoes what a step with the key `of` did to the same instance: done also when the operation is stopped or failed, left
   * out when nothing was done, or when the step `unless` was.
   */
  readonly setsBack?: { readonly of: string; readonly unless?: string };
}

/** A parameter that is a text; plans are made here, so a missing one is a bug of ours. */
export function textParam({ step }: Pick<StepContext, "step">, name: string): string {
  const value = step.params[name];
  if (typeof value === "string") return value;
  throw new Error(`step ${step.key} has no ${name}`);
}

export function numberParam(from: { readonly params: PlanStep["params"] }, name: string): number {
  const value = from.params[name];
  if (typeof value === "number") return value;
  throw new Error(`no ${name}`);
}

/** @throws AppError `operation.refused` unless the status is one of success, or of `also` */
export function requireAccepted({ status, text }: ActingAnswer, also: readonly number[] = []): StepDetail {
  if ((status >= 200 && status < 300) || also.includes(status)) return { key: "answered", params: { status } };
  throw new AppError("operation.refused", { status, text: text.slice(0, 500) });
}

/** One ring as it is told now; `null` when nobody tells. */
export async function readRing(context: StepContext, name: RingName): Promise<RingView | null> {
  const rings = await context.parts.rings(context.site, [name], context.signal);
  const ring = rings.find((each) => each.ring === name);
  return ring === undefined || ring.from === null || ring.error !== null ? null : ring;
}

export interface WaitLimits {
  readonly everyMs: number;
  /** Since the step began. */
  readonly limitMs: number;
  /** What was waited for, for the error. */
  readonly what: string;
}

/**
 * Looks until something is so. Processes that are being restarted do not answer: a failure to look is waited over as well.
 * @throws AppError `operation.not-verified` past the limit, `request.cancelled`
 */
export async function waitUntil(
  { clock, signal, startedAtMs }: StepContext,
  { everyMs, limitMs, what }: WaitLimits,
  look: () => Promise<StepDetail | null>,
): Promise<StepDetail> {
  let cause: unknown = null;
  for (;;) {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    try {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const seen = await look();
      if (seen !== null) return seen;
      cause = null;
    } catch (error) {
      if (signal.aborted) throw new AppError("request.cancelled", {});
      if (!isAppError(error) || error.code.startsWith("operation.")) throw error;
      cause = error;
    }
    const passedMs = clock.nowMs() - startedAtMs;
    if (passedMs >= limitMs) {
      throw new AppError("operation.not-verified", { what, seconds: Math.round(passedMs / 1_000) }, { cause });
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clock.sleep(Math.min(everyMs, limitMs - passedMs), signal).catch(() => undefined);
  }
}
