import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import type {
  CardinalityReport,
  CardinalityRequest,
  EmergencyPlan,
  LabelChange,
  WhatIf,
} from "../../../../src-shared/model/tenants/cardinality.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import { alertRule } from "./alert-rule.ts";
import { assembleWhatIf } from "./assemble-what-if.ts";
import type { CardinalityDay, CardinalityDesk, KeptReport, ReportPlace } from "./cardinality-desk.ts";
import type { CardinalityHistory } from "./cardinality-history.ts";
import { createCardinalityJob, type SampleContext, type SampleJob, type SampleOutput } from "./cardinality.job.ts";
import { emergencyPlan } from "./emergency-plan.ts";
import { rememberSample } from "./remember-sample.ts";
import type { ReportStore } from "./report-store.ts";
import type { SeriesSource } from "./series-source.ts";
import { TableThread } from "./table-thread.ts";
import { requestMatchers, takeSample } from "./take-sample.ts";
import type { TenantFacts } from "./tenant-facts.ts";

/** What cardinality is made of besides itself; whoever composes the console passes it in. */
export interface CardinalityParts {
  readonly store: ReportStore;
  readonly history: CardinalityHistory;
  readonly openSource: (site: SiteId, tenant: string, signal: AbortSignal) => Promise<SeriesSource>;
  /** @throws AppError when the site cannot be looked at; what it does not tell is `null` */
  readonly facts: (site: SiteId, tenant: string, signal: AbortSignal) => Promise<TenantFacts>;
  /** `max_global_streams_per_user` of the tenant; `null` where nobody tells, 0 without a limit. */
  readonly streamLimit: (site: SiteId, tenant: string, signal: AbortSignal) => Promise<number | null>;
  /** Read when it is needed: an engine is made of the job that this service defines. */
  readonly jobs: () => {
    submit(definition: SampleJob, input: CardinalityRequest, principal: string): JobId;
    /** @throws AppError `jobs.unknown` */
    get(id: JobId): Job;
  };
  readonly worker: URL;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
  readonly random: () => number;
}

/** A table that nobody asks any more is let go of. */
const IDLE_MS = 60_000;
/** What metrics say stays true for the length of a scrape or two. */
const FACTS_AGE_MS = 30_000;
const FACTS_KEPT = 20;
const DAYS_SHOWN = 90;

const NOTHING_KNOWN: TenantFacts = {
  memoryStreams: null,
  copies: null,
  storedBytesPerSecond: null,
  heapBytesPerStream: null,
  chunkTargetBytes: null,
  maxChunkAgeSeconds: null,
};

/** Labels, values and streams of tenants: samples as jobs, and questions about them. */
export class CardinalityService implements CardinalityDesk, AsyncDisposable {
  readonly job: SampleJob;
  readonly #parts: CardinalityParts;
  readonly #tables: TableThread;
  readonly #facts = new Map<string, { readonly atMs: number; readonly facts: Promise<TenantFacts> }>();

  constructor(parts: CardinalityParts) {
    this.#parts = parts;
    const { worker, clock, logger } = parts;
    this.#tables = new TableThread({ worker, clock, logger, idleMs: IDLE_MS });
    this.job = createCardinalityJob((context) => this.#sample(context));
  }

  /** @throws AppError `request.invalid` for a selector that is none */
  start(request: CardinalityRequest, principal: string): JobId {
    requestMatchers(request);
    return this.#parts.jobs().submit(this.job, request, principal);
  }

  reports(site: SiteId, tenant: string): Promise<readonly KeptReport[]> {
    return this.#parts.store.list(site, tenant);
  }

  report(place: ReportPlace): Promise<CardinalityReport> {
    return this.#parts.store.read(place);
  }

  async whatIf(place: ReportPlace, changes: readonly LabelChange[], signal: AbortSignal): Promise<WhatIf> {
    const [{ file }, facts] = await Promise.all([
      this.#parts.store.table(place),
      this.#factsOf(place.site, place.tenant, signal),
    ]);
    const {
      tookMs,
      series: _series,
      ...prediction
    } = await this.#tables.ask({ kind: "what-if", file, changes }, signal);
    return assembleWhatIf(changes, prediction, facts, tookMs);
  }

  growth(site: SiteId, tenant: string): Promise<readonly CardinalityDay[]> {
    return this.#parts.history.days({ site, tenant }, DAYS_SHOWN);
  }

  async emergency(place: ReportPlace, label: string, signal: AbortSignal): Promise<EmergencyPlan> {
    const [report, facts] = await Promise.all([this.report(place), this.#factsOf(place.site, place.tenant, signal)]);
    return emergencyPlan(report, label, facts);
  }

  async alertRule(
    site: SiteId,
    tenant: string,
    signal: AbortSignal,
  ): Promise<{ readonly yaml: string; readonly threshold: number; readonly from: string }> {
    const [facts, days, limit] = await Promise.all([
      this.#factsOf(site, tenant, signal),
      this.growth(site, tenant),
      this.#parts.streamLimit(site, tenant, signal),
    ]);
    const copies = facts.copies?.value ?? 1;
    const open = facts.memoryStreams === null ? null : Math.round(facts.memoryStreams.value / copies);
    const known = [...(open === null ? [] : [open]), ...days.slice(-7).map(({ series }) => series)];
    return alertRule({ tenant, seen: known.length === 0 ? null : Math.max(...known), limit, copies });
  }

  /** Files of samples that can never go on are removed; those of jobs that may stay. */
  async tidy(): Promise<void> {
    await this.#parts.store.tidy((job) => this.#mayGoOn(job));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tables[Symbol.asyncDispose]();
  }

  async #sample(context: SampleContext): Promise<SampleOutput> {
    const { openSource, worker, clock, logger, random, store, history, announcer } = this.#parts;
    const { site, tenant } = context.input;
    await using source = await openSource(site, tenant, context.signal);
    await using thread = new TableThread({ worker, clock, logger });
    const taken = await takeSample({ source, thread, clock, random, directory: store.directory }, context);
    const facts = await this.#factsOf(site, tenant, context.signal);
    const report = await rememberSample(history, taken, facts);
    await store.keep(report);
    announcer.changed("cardinality");
    const { takenAtMs, series, labels, sampledShare } = report;
    return { takenAtMs, series, labels: labels.length, sampledShare };
  }

  /** What metrics and configuration say; nothing where they cannot be read: an estimate less, no failure. */
  #factsOf(site: SiteId, tenant: string, signal: AbortSignal): Promise<TenantFacts> {
    const { clock, facts: ask, logger } = this.#parts;
    const key = JSON.stringify([site, tenant]);
    const known = this.#facts.get(key);
    if (known !== undefined && clock.nowMs() - known.atMs < FACTS_AGE_MS) return known.facts;
    const facts = ask(site, tenant, signal).catch((error: unknown) => {
      this.#facts.delete(key);
      if (!isAppError(error) || signal.aborted) throw error;
      logger.info("nothing is known of a tenant's ingestion", { site, code: error.code });
      return NOTHING_KNOWN;
    });
    this.#facts.set(key, { atMs: clock.nowMs(), facts });
    for (const old of this.#facts.keys()) if (this.#facts.size > FACTS_KEPT) this.#facts.delete(old);
    return facts;
  }

  #mayGoOn(job: JobId): boolean {
    try {
      const { state } = this.#parts.jobs().get(job);
      return state !== "succeeded" && state !== "cancelled";
    } catch (error) {
      if (isAppError(error) && error.code === "jobs.unknown") return false;
      throw error;
    }
  }
}
