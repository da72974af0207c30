import { hasCode, isAppError, type AppError } from "../../../../src-shared/errors/app-error.ts";
import type { RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";
import { restoreReportSchema } from "../../../../src-shared/model/storage/restore.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { SecretStore } from "../../secrets/secret-store.ts";
import type { JobContext } from "../../jobs/job-definition.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import { scanInto } from "../integrity/integrity-scan.ts";
import { freshCheckpoint, type RestoreCheckpoint } from "../restore/apply/restore-checkpoint.ts";
import type { RestoreParts } from "../restore/apply/restore-parts.ts";
import { RestoreRun } from "../restore/apply/restore-run.ts";
import type { PlannedRestore } from "../restore/planned-restore.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import { clearDrill } from "./clear-scratch.ts";
import { planOfDrill, type DrillCheckpoint, type DrillInput, type DrillOutput } from "./drill-checkpoint.ts";
import type { DrillHistory } from "./drill-history.ts";
import { drillOf, isPassed, isWhole } from "./drill-result.ts";
import { signingKey, signReport } from "./report-signing.ts";
import type { ScratchHistory } from "./scratch-history.ts";
import { ScratchTally } from "./verify-scratch.ts";

export interface DrillParts {
  /** Asked for when a drill begins: restores are composed after drills. */
  readonly restore: () => RestoreParts;
  /** Opens a plan's folder again. @throws AppError `files.unreadable` */
  readonly openPlan: (directory: string) => PlannedRestore;
  readonly discardPlan: (directory: string) => void;
  /** Threads that check chunks; disposed with the scan. */
  readonly checker: (opened: OpenedStore) => { readonly checker: ChunkChecker } & AsyncDisposable;
  readonly history: DrillHistory;
  readonly scratch: ScratchHistory;
  readonly secrets: Pick<SecretStore, "get" | "put">;
  readonly facts: (store: StoreId, signal: AbortSignal) => Promise<RecoveryFacts>;
  readonly onDrill: () => void;
  readonly version: string;
}

type Context = JobContext<DrillInput, DrillCheckpoint>;

/**
 * Rehearses a restore: clears what the drill before wrote, restores into the scratch bucket, scans all of that, and keeps a signed
 * report, also of a drill that failed. Told to stop, it returns as far as it is.
 */
export async function runDrill(context: Context, parts: DrillParts): Promise<DrillOutput> {
  const drill = new DrillRun(context, parts);
  try {
    return await drill.run();
  } catch (error) {
    if (!context.signal.aborted && isAppError(error) && !hasCode(error, "request.cancelled")) await drill.failed(error);
    throw error;
  }
}

class DrillRun {
  readonly #context: Context;
  readonly #parts: DrillParts;
  readonly #planned: PlannedRestore;
  #now: DrillCheckpoint;

  constructor(context: Context, parts: DrillParts) {
    this.#context = context;
    this.#parts = parts;
    const opened = parts.openPlan(context.input.directory);
    this.#planned = { ...opened, plan: planOfDrill(opened.plan) };
    this.#now = context.checkpoint ?? {
      ...freshCheckpoint(this.#planned.plan, context.input.reason),
      beganAtMs: this.#nowMs(),
      cleared: false,
      restored: false,
      scratch: null,
    };
  }

  async run(): Promise<DrillOutput> {
    const { signal } = this.#context;
    const into = this.#planned.plan.request.into;
    if (into === null) throw new TypeError("a drill has a bucket of its own");
    await this.#commit(this.#now);
    await using target = await this.#parts.restore().stores.open(into, signal);
    if (!this.#now.cleared) await this.#clear(target, into);
    if (!this.#now.restored) await this.#restore();
    if (signal.aborted || !this.#now.restored) return this.#output(null);
    if (this.#now.scratch === null) await this.#scan(target);
    return this.#end();
  }

  /** Keeps what is known of a drill that did not come to its end. */
  async failed(error: AppError): Promise<void> {
    this.#now = { ...this.#now, done: false, error: error.toWire() };
    this.#context.logger.warn("a drill failed", { code: error.code });
    await this.#sign(false);
  }

  async #restore(): Promise<void> {
    const { id, input, signal, report } = this.#context;
    const run = new RestoreRun({
      parts: this.#parts.restore(),
      planned: this.#planned,
      job: id,
      reason: input.reason,
      principal: input.principal,
      before: this.#now,
      signal,
      commit: (checkpoint) => this.#commit(this.#with(checkpoint)),
      report,
    });
    await run.run();
  }

  /** What the restore commits, with what is the drill's own. An error of a run before is none of this one's. */
  #with({ error: failure, ...checkpoint }: RestoreCheckpoint): DrillCheckpoint {
    const { beganAtMs, cleared, scratch } = this.#now;
    const own = { beganAtMs, cleared, scratch, done: false, restored: checkpoint.done };
    return { ...checkpoint, ...own, ...(failure === undefined ? {} : { error: failure }) };
  }

  /** Under the lease that the restore takes afterwards by the same nonce. */
  async #clear(target: OpenedStore, into: StoreId): Promise<void> {
    const { id, input, signal } = this.#context;
    const { scratch, openPlan, discardPlan } = this.#parts;
    const about = { principal: input.principal, purpose: `drill ${id}`, nonce: id };
    await using lease = await this.#parts.restore().acquireLease(target, about, signal);
    const stop = AbortSignal.any([signal, lease.lost]);
    scratch.begin(id, into, input.directory, this.#nowMs());
    for (const before of scratch.before(id, into)) {
      let written: PlannedRestore;
      try {
        written = openPlan(before.directory);
      } catch (error) {
        if (!isAppError(error)) throw error;
        // Without its plan nobody can say what it wrote, so that all of it stays.
        this.#context.logger.warn("what a drill before wrote is not known", { drill: before.drill });
        scratch.forget(before.drill);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- one drill's objects after the other's
      const { removed, left } = await clearDrill(target.store, written, stop);
      this.#context.logger.info("scratch bucket cleared", { drill: before.drill, removed, left });
      scratch.forget(before.drill);
      discardPlan(before.directory);
    }
    await this.#commit({ ...this.#now, cleared: true });
  }

  async #scan(target: OpenedStore): Promise<void> {
    const { signal, report } = this.#context;
    await this.#step("drill-scan", { state: "running", startedAtMs: this.#nowMs(), endedAtMs: null, detail: null });
    const beganAtMs = this.#nowMs();
    await using pool = this.#parts.checker(target);
    const { scope, verify } = this.#planned.plan.request;
    const tally = new ScratchTally();
    const totals = await scanInto(
      {
        store: target.store,
        mode: verify,
        scope,
        layout: target.layout,
        checker: pool.checker,
        nowMs: this.#nowMs(),
        onProgress: ({ objects, bytes }) =>
          report({ phase: "drill-scan", fraction: null, done: objects, total: null, unit: "objects", bytes }),
      },
      (finding) => tally.add(finding),
      signal,
    );
    const scratch = tally.verdict(totals, this.#nowMs() - beganAtMs);
    this.#now = { ...this.#now, scratch };
    const whole = isWhole(scratch, this.#planned.plan);
    await this.#step("drill-scan", {
      state: whole ? "done" : "failed",
      startedAtMs: beganAtMs,
      endedAtMs: this.#nowMs(),
      detail: {
        key: "drill-scan",
        params: { objects: scratch.objects, damaged: scratch.damaged, missing: scratch.missing, gaps: scratch.gaps },
      },
    });
  }

  async #end(): Promise<DrillOutput> {
    const atMs = this.#nowMs();
    await this.#step("drill-sign", { state: "done", startedAtMs: atMs, endedAtMs: atMs, detail: null });
    this.#now = { ...this.#now, done: isPassed(this.#now) };
    const drill = await this.#sign(true);
    await this.#commit(this.#now);
    return this.#output(drill);
  }

  async #sign(asks: boolean) {
    const { id, input } = this.#context;
    const facts = asks ? await this.#facts() : null;
    const drill = drillOf(this.#now, {
      drill: id,
      title: input.store,
      into: input.into,
      principal: input.principal,
      endedAtMs: this.#nowMs(),
      rpoMs: facts?.rpo.bucketLostMs ?? null,
      bucketBytes: facts?.rto.bytes ?? null,
    });
    const restore = restoreReportSchema.parse(this.#now);
    const signed = signReport(
      { drill, restore, consoleVersion: this.#parts.version },
      await signingKey(this.#parts.secrets),
    );
    this.#parts.history.keep(signed);
    this.#parts.onDrill();
    return drill;
  }

  /** What could not be asked at the end is left out of the report: the drill itself counts. */
  async #facts(): Promise<RecoveryFacts | null> {
    try {
      return await this.#parts.facts(this.#planned.plan.request.store, this.#context.signal);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return null;
    }
  }

  async #step(key: string, step: RestoreCheckpoint["steps"][number]): Promise<void> {
    const at = this.#now.plan.steps.findIndex((planned) => planned.key === key);
    await this.#commit({ ...this.#now, steps: this.#now.steps.map((before, place) => (place === at ? step : before)) });
  }

  async #commit(next: DrillCheckpoint): Promise<void> {
    await this.#context.commit(next);
    this.#now = next;
  }

  #output(drill: DrillOutput["drill"]): DrillOutput {
    return { ...restoreReportSchema.parse(this.#now), drill };
  }

  #nowMs(): number {
    return this.#parts.restore().clock.nowMs();
  }
}
