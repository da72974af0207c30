import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { JobId, PlanId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { LimitChange, LimitChangeReport, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { PlanBook } from "../../common/plan-book.ts";
import type { JobContext } from "../../jobs/job-definition.ts";
import type { HealthSite } from "../../health/health-site.ts";
import { freshReport, stepOf } from "./change-report.ts";
import type { BookedChange } from "./change-book.ts";
import type { ChangeCaller, ChangesDesk, ListedChange } from "./changes-desk.ts";
import type { ChangesParts, FoundRuntime } from "./changes-parts.ts";
import { agreedHash } from "./converge.ts";
import { expiredEdits } from "./draft-change.ts";
import { parseExpiries, printExpiries, sameOverride, type LimitExpiry } from "./expiry-annotation.ts";
import {
  createLimitsChangeJob,
  LIMITS_CHANGE_JOB,
  type LimitsChangeInput,
  type LimitsChangeJob,
} from "./limits-change.job.ts";
import { plannedExpiries } from "./make-plan.ts";
import { planChange, type PlanRequest } from "./plan-change.ts";
import { ChangeRun } from "./run-change.ts";
import type { MapName, RuntimeMap, RuntimeMapStore } from "./runtime-map.ts";
import { conflict, isThere } from "./write-map.ts";

/** Of a diff in a list; the whole of it is in the job. */
const LISTED_DIFF = 20_000;
/** No change takes longer. */
const LONGEST_MS = 60 * 60_000;
/** How long it is believed where a runtime configuration is, when it is only looked at. */
const PLACE_KEPT_MS = 10 * 60_000;
/** Each holds two files of up to 1 MiB. */
const MOST_PLANS = 50;
/** How the console calls itself where it acts by itself. */
export const SYSTEM_PRINCIPAL = "system";
/** `preset` of a change that lets values go back whose time is over. */
export const EXPIRY_PRESET = "expiry";

/** What a plan is applied with; who does it and why comes with the apply. */
type KeptPlan = Omit<LimitsChangeInput, "reason" | "principal">;

interface Opened {
  readonly site: HealthSite;
  readonly found: FoundRuntime;
  readonly store: RuntimeMapStore;
  readonly map: RuntimeMap;
}

/**
 * Changes of a site's limits: planned, looked at, applied as a job, verified, taken back. A plan writes nothing. Applying writes
 * the ConfigMap once, provided it still is what the plan saw, and watches every component take it. A site has one at a time.
 */
export class ChangesService implements ChangesDesk {
  readonly job: LimitsChangeJob;
  readonly #parts: ChangesParts;
  readonly #plans: PlanBook<KeptPlan>;
  readonly #places = new Map<SiteId, { readonly place: MapName; readonly foundAtMs: number }>();
  /** By site, the plan that is being carried out. */
  readonly #running = new Map<SiteId, PlanId>();

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    this.#plans = new PlanBook(parts.clock, MOST_PLANS);
    this.job = createLimitsChangeJob((context) => this.#run(context));
  }

  /**
   * What a change would do. What stops it is in the plan, too.
   * @throws AppError `tenants.runtime-config-missing`, `tenants.rollback-impossible`, `identity.tenant-refused`, `cluster.*`
   */
  async plan(site: SiteId, change: LimitChange, caller: ChangeCaller, signal: AbortSignal): Promise<LimitPlan> {
    const kept = await this.#planned(await this.#open(site, signal), change, caller, signal);
    this.#plans.keep(kept);
    return kept.plan;
  }

  /**
   * @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `operation.other-running`, `tenants.change-stopped`,
   * `tenants.change-conflict` when the ConfigMap is not what the plan saw
   */
  async apply(id: PlanId, reason: string, caller: ChangeCaller, signal: AbortSignal): Promise<JobId> {
    const kept = this.#plans.get(id);
    const { plan } = kept;
    const stopping = plan.problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
    if (stopping.length > 0) {
      throw new AppError("tenants.change-stopped", { problems: [...new Set(stopping)].join(", ") });
    }
    this.#take(plan);
    try {
      const opened = await this.#open(plan.site, signal);
      const { map } = opened;
      const same = isThere(map, { uid: kept.uid, content: kept.before });
      if (!same || map.resourceVersion !== plan.place.resourceVersion) throw conflict(plan.place, map);
      // What stands for two hours does so from now on, and not from when it was looked at.
      const passedMs = this.#parts.clock.nowMs() - plan.createdAtMs;
      const after = { ...kept.after, annotation: postponed(kept.after.annotation, plan.expiry, passedMs) };
      const expiry = plannedExpiries(map.annotation, after.annotation, this.#parts.clock.nowMs());
      const input = { ...kept, plan: { ...plan, expiry }, after, reason, principal: caller.principal };
      const job = this.#submit(input);
      this.#plans.spend(id);
      return job;
    } catch (error) {
      this.#release(plan);
      throw error;
    }
  }

  list(site: SiteId, limit: number): readonly ListedChange[] {
    return this.#parts.book.list(site, limit).map((booked) => ({
      job: booked.job,
      atMs: booked.atMs,
      principal: booked.input.principal,
      state: this.#stateOf(booked),
      report: listed(booked.report),
    }));
  }

  /** How many values stand longer than they should. @throws AppError as `plan` */
  async overdue(id: SiteId, signal: AbortSignal): Promise<number> {
    const site = await this.#parts.openSite(id, signal);
    const nowMs = this.#parts.clock.nowMs();
    const known = this.#places.get(id);
    const kept = known !== undefined && nowMs - known.foundAtMs < PLACE_KEPT_MS ? known.place : null;
    // Finding the place lists pods; reading it is one request.
    const place = kept ?? (await this.#parts.findRuntime(site, signal)).place;
    if (kept === null) this.#places.set(id, { place, foundAtMs: nowMs });
    try {
      const reading = parseExpiries((await this.#storeOf(site).read(place, signal)).annotation);
      return reading.ok ? reading.entries.filter(({ expiresAtMs }) => expiresAtMs <= nowMs).length : 0;
    } catch (error) {
      this.#places.delete(id);
      throw error;
    }
  }

  /** Lets values go back whose time is over, as a change by `system`; `null` where none is. @throws AppError as `plan`, `apply` */
  async restoreExpired(site: SiteId, signal: AbortSignal): Promise<JobId | null> {
    const opened = await this.#open(site, signal);
    const edits = expiredEdits(opened.map, this.#parts.clock.nowMs());
    if (edits.length === 0) return null;
    const caller = { principal: SYSTEM_PRINCIPAL, role: "admin", tenants: { kind: "every" } } as const;
    const kept = await this.#planned(opened, { kind: "edits", edits, preset: EXPIRY_PRESET }, caller, signal);
    this.#plans.keep(kept);
    const reading = parseExpiries(opened.map.annotation);
    const due = (reading.ok ? reading.entries : []).filter((entry) => edits.some((each) => sameOverride(each, entry)));
    const setBy = [...new Set(due.map(({ by }) => by))].join(", ");
    return this.apply(kept.plan.id, `expired; set by ${setBy}`.slice(0, 500), caller, signal);
  }

  async #planned(opened: Opened, change: LimitChange, caller: ChangeCaller, signal: AbortSignal): Promise<KeptPlan> {
    const { site, found, map } = opened;
    const facts = await this.#parts.facts(site.id, signal);
    const booked = change.kind === "rollback" ? this.#parts.book.get(change.job) : null;
    const plan = this.#parts.planChange ?? ((request: PlanRequest) => Promise.resolve(planChange(request)));
    const planned = await plan(
      {
        site: site.id,
        change,
        found,
        map,
        booked,
        facts,
        audited: this.#parts.auditedChanges(site.id),
        principal: caller.principal,
        nowMs: this.#parts.clock.nowMs(),
      },
      signal,
    );
    for (const { tenant } of planned.plan.edits) {
      if (!this.#parts.mayUse(caller, tenant)) throw new AppError("identity.tenant-refused", { tenant });
    }
    const known = planned.asBefore && booked !== null ? stepOf(booked.report, "look-again").detail : null;
    return {
      plan: planned.plan,
      uid: map.uid,
      before: { text: map.text, annotation: map.annotation ?? null },
      after: { ...planned.after },
      hashChanges: planned.hashChanges,
      // The components had it before the change that is taken back.
      expectedHash: agreedHash(known),
    };
  }

  /** The book first: what is not in it cannot be taken back. */
  #submit(input: LimitsChangeInput): JobId {
    const { book, clock, jobs } = this.#parts;
    const { plan, principal } = input;
    book.begin(clock.nowMs(), input, freshReport(plan));
    try {
      const job = jobs().submit(this.job, input, principal);
      book.named(plan.id, job);
      return job;
    } catch (error) {
      book.forget(plan.id);
      throw error;
    }
  }

  async #run(context: JobContext<LimitsChangeInput, LimitChangeReport>): Promise<LimitChangeReport> {
    const { input, checkpoint, signal, commit, report: progress } = context;
    const { book, announcer } = this.#parts;
    const { plan } = input;
    if (this.#running.get(plan.site) !== plan.id) this.#take(plan);
    let last = checkpoint ?? freshReport(plan);
    try {
      const site = await this.#parts.openSite(plan.site, signal);
      const run = new ChangeRun({
        input,
        before: checkpoint,
        site,
        store: this.#storeOf(site),
        parts: this.#parts,
        signal,
        commit: async (report) => {
          last = report;
          await commit(report);
          book.keep(report, "running");
          announcer.changed("tenants");
        },
        progress,
      });
      const ended = await run.run();
      book.keep(ended, signal.aborted && !ended.verified ? "cancelled" : "succeeded");
      return ended;
    } catch (error) {
      book.keep(last, signal.aborted ? "cancelled" : "failed");
      throw error;
    } finally {
      const stands = last.writtenVersion !== null && stepOf(last, "put-back").state !== "done";
      if (plan.change.kind === "rollback" && stands) book.rolledBack(plan.change.job, plan.id);
      this.#release(plan);
      announcer.changed("tenants");
    }
  }

  async #open(id: SiteId, signal: AbortSignal): Promise<Opened> {
    const site = await this.#parts.openSite(id, signal);
    const found = await this.#parts.findRuntime(site, signal);
    const store = this.#storeOf(site);
    return { site, found, store, map: await store.read(found.place, signal) };
  }

  #storeOf({ id, cluster }: HealthSite): RuntimeMapStore {
    if (cluster === null) throw new AppError("sites.no-cluster", { site: id });
    return this.#parts.maps(cluster.client);
  }

  #stateOf({ job, state, atMs }: BookedChange): string {
    try {
      return this.#parts.jobs().get(job).state;
    } catch (error) {
      if (!hasCode(error, "jobs.unknown")) throw error;
      // Of another process of this profile: one that was killed cannot say so.
      const over = state === "running" && this.#parts.clock.nowMs() - atMs > LONGEST_MS;
      return over ? "interrupted" : state;
    }
  }

  #take({ site, id }: LimitPlan): void {
    if (this.#running.has(site)) throw new AppError("operation.other-running", { operation: LIMITS_CHANGE_JOB });
    this.#running.set(site, id);
  }

  #release({ site, id }: LimitPlan): void {
    if (this.#running.get(site) === id) this.#running.delete(site);
  }
}

/** Values that the plan sets an end for get as much time from now as they were promised. */
function postponed(annotation: string | null, expiry: LimitPlan["expiry"], passedMs: number): string | null {
  const reading = parseExpiries(annotation ?? undefined);
  if (!reading.ok || expiry.length === 0) return annotation;
  const isNew = (entry: LimitExpiry) => expiry.some((each) => sameOverride(each, entry));
  return printExpiries(
    reading.entries.map((entry) => (isNew(entry) ? { ...entry, expiresAtMs: entry.expiresAtMs + passedMs } : entry)),
  );
}

function listed(report: LimitChangeReport): LimitChangeReport {
  const { diff } = report.plan;
  return diff.length <= LISTED_DIFF
    ? report
    : { ...report, plan: { ...report.plan, diff: diff.slice(0, LISTED_DIFF) } };
}
