import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LogTarget } from "../../../../../src-shared/api/log-target.ts";
import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import { tenantIdProblem, type TenantId } from "../../../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type { Announcer } from "../../../common/topics.ts";
import type { LogSource } from "../../../logs/log-source.ts";
import type { CostListener } from "../../../logs/request-cost.ts";
import type { CostLedger } from "../cost-ledger.ts";
import { findFrontendLines } from "./find-in-loki.ts";
import type { CollectedSite, CollectedSites } from "./collected-sites.ts";
import { selectorOf, type LinePlace } from "./line-place.ts";
import { LineReader } from "./read-lines.ts";

export interface FrontendCollectorOptions {
  readonly ledger: Pick<CostLedger, "add">;
  readonly sites: CollectedSites;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  /** Tenants that may hold Loki's own logs, the likeliest first. */
  readonly tenants: (site: SiteId, signal: AbortSignal) => Promise<readonly string[]>;
  /** Pods with a query frontend and their namespace; `null` where the site has no cluster or none was found. */
  readonly frontendPods: (
    site: SiteId,
    signal: AbortSignal,
  ) => Promise<{ readonly namespace: string; readonly pods: readonly string[] } | null>;
  /** What the collecting itself costs is recorded as everything else is. */
  readonly costListener: (target: LogTarget) => CostListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Pick<Announcer, "changed">;
}

export interface CollectResult {
  readonly lines: number;
  /** Costs that were new; those that wait on disk for the ledger are not counted. */
  readonly added: number;
  readonly from: "loki" | "pods";
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of the first collection; later ones go on where the last ended. */
const FIRST_MS = HOUR_MS;
/** Lines of a time that was read already come late: collectors batch, ingesters lag. Ids keep them from counting twice. */
const OVERLAP_MS = 2 * MINUTE_MS;
/** After a read that was not complete. */
const CAREFUL_OVERLAP_MS = 15 * MINUTE_MS;
const FURTHEST_MS = 24 * HOUR_MS;
const STEP_MS = HOUR_MS;
const MOST_STEPS = 30;
const MOST_TENANTS = 5;

/**
 * Reads what others asked from the query frontends' own lines: by Loki where a tenant of it holds them, else from the pods.
 * One site at a time is read once at a time; where it ended is on disk.
 */
export class FrontendCollector {
  readonly #options: FrontendCollectorOptions;
  readonly #reader = new LineReader();
  readonly #running = new Map<SiteId, Promise<CollectResult>>();

  constructor(options: FrontendCollectorOptions) {
    this.#options = options;
  }

  /** Reads up to now. Rejects with `tenants.costs-unread` where no lines can be found, and with what the way to them throws. */
  collect(site: SiteId, signal: AbortSignal): Promise<CollectResult> {
    const running = this.#running.get(site);
    if (running !== undefined) return running;
    const turn = this.#collect(site, signal).finally(() => this.#running.delete(site));
    this.#running.set(site, turn);
    return turn;
  }

  async #collect(site: SiteId, signal: AbortSignal): Promise<CollectResult> {
    const { sites, announcer, logger } = this.#options;
    try {
      const place = await this.#place(site, signal);
      const result = await this.#readOn(site, place, signal);
      announcer.changed("usage");
      return result;
    } catch (error) {
      if (isAppError(error) && !signal.aborted) {
        logger.warn("frontends' lines could not be read", { site, code: error.code });
        await sites.set(site, { ...sites.get(site), error: error.toWire() });
        announcer.changed("usage");
      }
      throw error;
    }
  }

  async #readOn(site: SiteId, place: LinePlace, signal: AbortSignal): Promise<CollectResult> {
    const { clock, ledger, openSource, sites, costListener } = this.#options;
    const { from, selector } = place;
    const target: LogTarget =
      place.from === "loki"
        ? { kind: "loki", site, tenant: place.tenant }
        : { kind: "pods", site, namespace: place.namespace };
    const endMs = clock.nowMs();
    const begin = sites.get(site).untilMs;
    let fromMs = begin === null ? endMs - FIRST_MS : Math.max(begin - OVERLAP_MS, endMs - FURTHEST_MS);
    let lines = 0;
    let added = 0;
    await using source = await openSource(target, signal);
    for (let step = 0; step < MOST_STEPS && fromMs < endMs; step++) {
      const toMs = Math.min(fromMs + STEP_MS, endMs);
      const read = this.#reader.read(source, { selector, site, fromMs, toMs }, costListener(target), signal);
      let unreadable = 0;
      let some = 0;
      let next = await read.next();
      for (; next.done !== true; next = await read.next()) {
        some += next.value.lines;
        unreadable += next.value.unreadable;
        added += (await ledger.add(next.value.costs)) ?? 0;
      }
      const { untilMs, complete } = next.value;
      lines += some;
      const before = sites.get(site);
      await sites.set(site, {
        from,
        place: place.from === "loki" ? { tenant: place.tenant, selector } : null,
        untilMs: complete ? untilMs : Math.max(before.untilMs ?? 0, untilMs - CAREFUL_OVERLAP_MS),
        lines: before.lines + some,
        unreadable: before.unreadable + unreadable,
      });
      // More lines in one instant than are read at a time: what is left of it is passed over.
      fromMs = Math.max(untilMs, fromMs + 1);
    }
    if (lines === 0 && endMs - (begin ?? 0) >= HOUR_MS) await this.#lookAnewNextTime(site);
    return { lines, added, from };
  }

  /** An hour without a line: perhaps the tenant no longer holds them. */
  async #lookAnewNextTime(site: SiteId): Promise<void> {
    const { sites } = this.#options;
    const known: CollectedSite = sites.get(site);
    await sites.set(site, { ...known, place: null });
  }

  async #place(site: SiteId, signal: AbortSignal): Promise<LinePlace> {
    const { sites, frontendPods } = this.#options;
    const { place } = sites.get(site);
    if (place !== null && isTenant(place.tenant)) {
      return { from: "loki", site, tenant: place.tenant, selector: place.selector };
    }
    const problems: string[] = [];
    const inLoki = await this.#inLoki(site, problems, signal);
    if (inLoki !== null) return inLoki;
    const found = await frontendPods(site, signal);
    if (found !== null && found.pods.length > 0) {
      return { from: "pods", site, namespace: found.namespace, selector: selectorOf("pod", found.pods) };
    }
    const problem = problems[0] ?? "no tenant holds the query frontend's lines, and no pod of it was found";
    throw new AppError("tenants.costs-unread", { site, problem });
  }

  async #inLoki(site: SiteId, problems: string[], signal: AbortSignal): Promise<LinePlace | null> {
    const { tenants, openSource, clock, costListener } = this.#options;
    for (const tenant of (await tenants(site, signal)).filter(isTenant).slice(0, MOST_TENANTS)) {
      const target: LogTarget = { kind: "loki", site, tenant };
      try {
        await using source = await openSource(target, signal);
        const selector = await findFrontendLines(source, clock.nowMs(), costListener(target), signal);
        if (selector !== null) return { from: "loki", site, tenant, selector };
      } catch (error) {
        if (signal.aborted || !isAppError(error)) throw error;
        // A tenant that cannot be asked is not the one; the pods are left.
        problems.push(error.code);
      }
    }
    return null;
  }
}

function isTenant(text: string): text is TenantId {
  return tenantIdProblem(text) === null;
}
