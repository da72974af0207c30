import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId, PlanId } from "../../../../src-shared/model/ids.ts";
import type {
  QuarantineBatch,
  QuarantinePlan,
  QuarantineReport,
  QuarantineRequest,
} from "../../../../src-shared/model/storage/quarantine.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { PlanBook } from "../../common/plan-book.ts";
import { acquireLease } from "../lease/acquire-lease.ts";
import type { BucketLease } from "../lease/bucket-lease.ts";
import type { LokiControl } from "../loki/loki-control.ts";
import type { QuarantineDesk, RecoveryCaller } from "../recovery-desks.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import type { BatchManifest } from "./batch-manifest.ts";
import { describedBatch, listBatches } from "./batch-store.ts";
import { RateBucket } from "../../common/rate-bucket.ts";
import { LeasedBucket } from "./leased-bucket.ts";
import { planSetAside, planUndo, type PlannedQuarantine } from "./make-plan.ts";
import { createQuarantineJob, type QuarantineContext, type QuarantineJob } from "./quarantine.job.ts";
import type { QuarantineParts } from "./quarantine-parts.ts";
import { QuarantineProgress } from "./quarantine-progress.ts";
import { runSetAside } from "./run-set-aside.ts";
import { runUndo } from "./run-undo.ts";

/** Each may hold a hundred thousand objects. */
const MOST_PLANS = 20;

type KeptPlan = PlannedQuarantine & { readonly title: string };

/**
 * Objects of a bucket that are set aside, and brought back: planned, looked at, applied as a job, verified. Nothing leaves its
 * place before a copy of it was read back; what has changed since the plan stays.
 */
export class QuarantineService implements QuarantineDesk {
  readonly job: QuarantineJob;
  readonly #parts: QuarantineParts;
  readonly #plans: PlanBook<KeptPlan>;

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
    this.#plans = new PlanBook(parts.clock, MOST_PLANS);
    this.job = createQuarantineJob((context) => this.#run(context));
  }

  /**
   * What would be done, with what stops it or speaks against it. Leaves nothing behind in the bucket.
   * @throws AppError `storage.*`
   */
  async plan(request: QuarantineRequest, _caller: RecoveryCaller, signal: AbortSignal): Promise<QuarantinePlan> {
    await using bucket = await this.#parts.stores.open(request.store, signal);
    const opened = { bucket, loki: await this.#lokiOf(bucket, signal), parts: this.#parts };
    const planned =
      request.kind === "undo" ? await planUndo(request, opened, signal) : await planSetAside(request, opened, signal);
    this.#plans.keep({ ...planned, title: bucket.store.title });
    return planned.plan;
  }

  /**
   * @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `storage.plan-stopped`, `storage.preflight-failed`
   */
  async apply(id: PlanId, reason: string, { principal }: RecoveryCaller, _signal: AbortSignal): Promise<JobId> {
    const { plan, items, title } = this.#plans.get(id);
    const stopping = plan.problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
    if (stopping.length > 0)
      throw new AppError("storage.plan-stopped", { problems: [...new Set(stopping)].join(", ") });
    const failed = plan.preflight.filter(({ state }) => state === "failed").map(({ check }) => check);
    if (failed.length > 0) throw new AppError("storage.preflight-failed", { checks: failed.join(", ") });
    await this.#parts.planned.keep(id, items);
    const job = this.#parts.jobs().submit(this.job, { plan, reason, principal, title }, principal);
    this.#plans.spend(id);
    return job;
  }

  async batches(store: StoreId, signal: AbortSignal): Promise<readonly QuarantineBatch[]> {
    await using bucket = await this.#parts.stores.open(store, signal);
    return await listBatches(bucket.store, signal);
  }

  /** @throws AppError `storage.batch-unknown`, `storage.*` */
  async batch(store: StoreId, batch: string, signal: AbortSignal): Promise<QuarantineBatch> {
    await using bucket = await this.#parts.stores.open(store, signal);
    return await describedBatch(bucket.store, batch, signal);
  }

  async #run(context: QuarantineContext): Promise<QuarantineReport> {
    const { clock, announcer, stores, planned } = this.#parts;
    const { plan } = context.input;
    const progress = new QuarantineProgress(context, clock);
    let lease: BucketLease | null = null;
    try {
      await using opened = await stores.open(plan.request.store, context.signal);
      await using stack = new AsyncDisposableStack();
      await progress.step("take-lease", async () => {
        lease = stack.use(await this.#lease(opened, context));
        return { key: "leased", params: { holder: lease.holder } };
      });
      // For the compiler: the step has set it, or thrown.
      if (lease === null) throw new AppError("storage.lease-lost", { store: opened.store.title, holder: "-" });
      const bucket = new LeasedBucket(opened.store, lease, clock, context.signal);
      const shared = {
        context,
        bucket,
        progress,
        clock,
        loki: await this.#lokiOf(opened, context.signal),
        pace: new RateBucket(opened.config.bytesPerSecond, clock),
      };
      const closed =
        plan.request.kind === "undo"
          ? await runUndo(shared)
          : await runSetAside({ ...shared, items: () => planned.read(plan.id) });
      this.#remember(plan.request.store, closed);
      await planned.forget(plan.id);
      return await progress.finish();
    } catch (error) {
      // For the compiler: the step may have set it. That it was lost says more than that a request was cut off.
      const held = lease as BucketLease | null;
      return await this.#ended(held?.lost.aborted === true ? held.lost.reason : error, context, progress);
    } finally {
      announcer.changed("storage");
      announcer.changed("recovery");
    }
  }

  /** What was cancelled has done what it has done; everything else is told. */
  async #ended(error: unknown, { signal }: QuarantineContext, progress: QuarantineProgress): Promise<QuarantineReport> {
    if (!isAppError(error)) throw error;
    if (signal.aborted && error.category === "cancelled") return await progress.fail(null);
    await progress.fail(error);
    throw error;
  }

  #lease({ store }: OpenedStore, { id, input, signal }: QuarantineContext): Promise<BucketLease> {
    const { clock, holder } = this.#parts;
    const { plan, principal } = input;
    const what = plan.request.kind === "undo" ? "quarantine undo" : "quarantine";
    const purpose = `${what} ${plan.batch}`;
    return acquireLease({ store, holder: holder(principal), purpose, clock, nonce: id }, signal);
  }

  /** Scans of this profile tell what stands in a batch. */
  #remember(store: StoreId, { batch, items }: BatchManifest): void {
    const { scans } = this.#parts;
    const keysOf = (wanted: string) => items.filter(({ state }) => state === wanted).map(({ key }) => key);
    scans.setAside(store, keysOf("set-aside"), batch);
    scans.setAside(store, keysOf("back"), null);
  }

  /** Nothing depends on Loki: where it cannot be reached, its questions stay open. */
  async #lokiOf({ config }: OpenedStore, signal: AbortSignal): Promise<LokiControl | null> {
    if (config.site === null) return null;
    try {
      return await this.#parts.openLoki(config.site, signal);
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      this.#parts.logger.warn("Loki is not asked", { code: error.code });
      return null;
    }
  }
}
