import { quoteGo } from "../../../../../src-shared/logql/text/go-quote.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { Canary } from "../../../../../src-shared/model/storage/storage-plan.ts";

const DAY_MS = 86_400_000;
/** Days of tenants; each is a query before and one after. */
const MOST_CANARIES = 100;
/** Days of tenants that are remembered while a plan is made. */
const MOST_DAYS = 10_000;
/** Of one day: what is offered first may turn out to be lost. */
const OFFERS_A_DAY = 3;

interface Offer {
  readonly tenant: string;
  readonly labels: LabelSet;
  readonly fromMs: number;
  readonly throughMs: number;
  readonly entries: number;
  /** The chunk that has to be brought back for it; `null` where its index alone is. */
  readonly key: string | null;
}

/** One query for each tenant and day that something is brought back of: over one stream, in the time of one chunk. */
export class CanaryBook {
  readonly #days = new Map<string, Offer[]>();
  readonly #awaited = new Set<string>();
  readonly #restored = new Set<string>();

  /** Whether a chunk of this day is of any use still; asked before labels are put together. */
  wants(tenant: string, fromMs: number): boolean {
    const offers = this.#days.get(dayOf(tenant, fromMs));
    return offers === undefined ? this.#days.size < MOST_DAYS : offers.length < OFFERS_A_DAY;
  }

  offer(offer: Offer): void {
    if (offer.entries === 0 || !this.wants(offer.tenant, offer.fromMs)) return;
    const day = dayOf(offer.tenant, offer.fromMs);
    const offers = this.#days.get(day) ?? [];
    this.#days.set(day, offers);
    if (offers.some(({ key }) => key === offer.key && key !== null)) return;
    offers.push(offer);
    if (offer.key !== null) this.#awaited.add(offer.key);
  }

  /** A chunk is part of the plan. */
  settle(key: string): void {
    if (this.#awaited.has(key)) this.#restored.add(key);
  }

  /** The newest days first. */
  canaries(): { readonly canaries: readonly Canary[]; readonly leftOut: number } {
    const all = [...this.#days.values()].flatMap((offers) => {
      const sure = offers.find(({ key }) => key !== null && this.#restored.has(key));
      const offer = sure ?? offers.find(({ key }) => key === null);
      return offer === undefined ? [] : [canaryOf(offer)];
    });
    const ordered = all.toSorted((a, b) => b.fromMs - a.fromMs || (a.tenant < b.tenant ? -1 : 1));
    return { canaries: ordered.slice(0, MOST_CANARIES), leftOut: Math.max(0, ordered.length - MOST_CANARIES) };
  }
}

function dayOf(tenant: string, ms: number): string {
  return `${Math.floor(ms / DAY_MS)} ${tenant}`;
}

function canaryOf({ tenant, labels, fromMs, throughMs, entries }: Offer): Canary {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${quoteGo(value)}`);
  const day = new Date(fromMs).toISOString().slice(0, 10);
  const query = `{${matchers.join(", ")}}`;
  const asked = { tenant, day, query, fromMs, throughMs, expected: entries };
  return { ...asked, before: null, after: null, state: "waiting", problem: null };
}
