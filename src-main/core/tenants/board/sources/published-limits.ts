import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LimitYaml } from "../../../../../src-shared/model/tenants/limit.ts";
import type { Clock } from "../../../common/clock.ts";
import type { HealthSite } from "../../../health/health-site.ts";
import type { LimitsReader } from "../../limits/reading/limits-reader.ts";
import { UNREAD, type Reading } from "./source-state.ts";

const KEPT_MS = 30_000;
const MOST_TENANTS = 500;

/** The text of `/config/tenant/v1/limits` of a tenant. @throws AppError why it could not be asked */
export type AskPublished = (site: HealthSite, tenant: string, signal: AbortSignal) => Promise<string>;

export type PublishedReading = Reading<Readonly<Record<string, LimitYaml>>>;

/** What a component says that it holds for single tenants, as far as it publishes it. */
export class PublishedLimits {
  readonly #clock: Clock;
  readonly #reader: Pick<LimitsReader, "ask">;
  readonly #ask: AskPublished;
  readonly #tenants = new Map<string, { readonly reading: PublishedReading; readonly askedAtMs: number }>();

  constructor(clock: Clock, reader: Pick<LimitsReader, "ask">, ask: AskPublished) {
    this.#clock = clock;
    this.#reader = reader;
    this.#ask = ask;
  }

  /** What was last read of a tenant, whenever that was. */
  of(tenant: string): PublishedReading {
    return this.#tenants.get(tenant)?.reading ?? UNREAD;
  }

  /** Of whichever tenant was asked last. */
  get newest(): PublishedReading {
    return [...this.#tenants.values()].at(-1)?.reading ?? UNREAD;
  }

  askedAtMs(tenant: string): number {
    return this.#tenants.get(tenant)?.askedAtMs ?? Number.NEGATIVE_INFINITY;
  }

  /** @throws AppError `request.cancelled` alone */
  async refresh(site: HealthSite, tenant: string, signal: AbortSignal): Promise<PublishedReading> {
    const nowMs = this.#clock.nowMs();
    const known = this.#tenants.get(tenant);
    if (known !== undefined && nowMs - known.askedAtMs < KEPT_MS) return known.reading;
    const reading = await this.#read(site, tenant, signal);
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, { reading, askedAtMs: nowMs });
    const [oldest] = this.#tenants.keys();
    if (this.#tenants.size > MOST_TENANTS && oldest !== undefined) this.#tenants.delete(oldest);
    return reading;
  }

  async #read(site: HealthSite, tenant: string, signal: AbortSignal): Promise<PublishedReading> {
    try {
      const text = await this.#ask(site, tenant, signal);
      const value = await this.#reader.ask<"published">({ kind: "published", text });
      if (value === null) throw new AppError("loki.bad-response", { status: 200, problem: "no limits" });
      return {
        value,
        readAtMs: this.#clock.nowMs(),
        from: site.transport.describe("admin"),
        error: null,
        absent: false,
      };
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      return { ...this.of(tenant), error };
    }
  }
}
