import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { PlanId } from "../../../../src-shared/model/ids.ts";
import type { Clock } from "../../common/clock.ts";
import type { LimitsChangeInput } from "./limits-change.job.ts";
import { PLAN_LIFETIME_MS } from "./make-plan.ts";

/** What a plan is applied with; who does it and why comes with the apply. */
export type KeptPlan = Omit<LimitsChangeInput, "reason" | "principal">;

/** Each holds two files of up to 1 MiB. */
const MOST_PLANS = 50;
/** How long it is remembered that a plan has expired, rather than never been. */
const REMEMBERED_MS = 60 * 60_000;

/** Plans that were shown, until they are applied, expire, or the program ends. */
export class PlanBook {
  readonly #clock: Clock;
  readonly #plans = new Map<PlanId, KeptPlan>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(kept: KeptPlan): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, { plan }] of this.#plans) {
      if (nowMs - plan.createdAtMs > REMEMBERED_MS || this.#plans.size >= MOST_PLANS) this.#plans.delete(id);
    }
    this.#plans.set(kept.plan.id, kept);
  }

  /** @throws AppError `operation.plan-unknown`, `operation.plan-expired` */
  get(id: PlanId): KeptPlan {
    const kept = this.#plans.get(id);
    if (kept === undefined) throw new AppError("operation.plan-unknown", { plan: id });
    if (this.#clock.nowMs() <= kept.plan.expiresAtMs) return kept;
    throw new AppError("operation.plan-expired", { minutes: PLAN_LIFETIME_MS / 60_000 });
  }

  /** A plan is applied once. */
  spend(id: PlanId): void {
    this.#plans.delete(id);
  }
}
