import type { Quota } from "../../../../src-shared/model/tenants/quota.ts";
import type { Clock } from "../../common/clock.ts";
import type { Announcer } from "../../common/topics.ts";
import type { Spend } from "../ledger/ledger.ts";
import { quotaState } from "./quota-states.ts";

/** The same is told again after so long. */
const AGAIN_MS = 3_600_000;

/** Tells of quotas that run out, and that none could be checked; once an hour each. */
export class QuotaNotices {
  readonly #clock: Clock;
  readonly #announcer: Pick<Announcer, "notice">;
  readonly #told = new Map<string, number>();

  constructor(clock: Clock, announcer: Pick<Announcer, "notice">) {
    this.#clock = clock;
    this.#announcer = announcer;
  }

  spent(quota: Quota, spend: Spend): void {
    const { state } = quotaState(quota, spend, this.#clock.nowMs());
    if (state === "free") return;
    const { kind, name, period } = quota.scope;
    if (!this.#isNews(JSON.stringify([state, kind, name, period]))) return;
    const percent = Math.round(((spend.usedBytes + spend.reservedBytes) / quota.bytes) * 100);
    this.#announcer.notice({ key: `usage.quota-${state}`, severity: "warning", params: { name, percent } });
  }

  unchecked(ledger: string): void {
    if (!this.#isNews("unchecked")) return;
    this.#announcer.notice({ key: "usage.quota-unchecked", severity: "warning", params: { ledger } });
  }

  /** The ledger's settings name none. */
  ledgerInvalid(problem: string): void {
    if (!this.#isNews("ledger-invalid")) return;
    this.#announcer.notice({ key: "usage.quota-ledger-invalid", severity: "warning", params: { problem } });
  }

  #isNews(what: string): boolean {
    const nowMs = this.#clock.nowMs();
    const toldAtMs = this.#told.get(what);
    if (toldAtMs !== undefined && nowMs - toldAtMs < AGAIN_MS) return false;
    for (const [key, atMs] of this.#told) if (nowMs - atMs >= AGAIN_MS) this.#told.delete(key);
    this.#told.set(what, nowMs);
    return true;
  }
}
