import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { PlanId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "./clock.ts";

/** What was looked at five minutes ago says little about now. */
export const PLAN_LIFETIME_MS = 5 * 60_000;
/** How long it is remembered that a plan has expired, rather than never been. */
const REMEMBERED_MS = 60 * 60_000;

interface Kept {
  readonly plan: { readonly id: PlanId; readonly createdAtMs: number; readonly expiresAtMs: number };
}

/** Plans that were shown, with what they are applied by, until they are applied, expire, or the program ends. */
export class PlanBook<Entry extends Kept> {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #plans = new Map<PlanId, Entry>();

  /** `most` are kept at a time: the oldest goes first. */
  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  keep(kept: Entry): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, { plan }] of this.#plans) {
      if (nowMs - plan.createdAtMs > REMEMBERED_MS || this.#plans.size >= this.#most) this.#plans.delete(id);
    }
    this.#plans.set(kept.plan.id, kept);
  }

  /** @throws AppError `operation.plan-unknown`, `operation.plan-expired` */
  get(id: PlanId): Entry {
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
