import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { RestoreReport } from "../../../../../src-shared/model/storage/restore.ts";
import type { LokiControl } from "../../loki/loki-control.ts";
import { endIfCancelled } from "../../store-retries.ts";
import { SCRATCH_MARKER_KEY } from "../plan/scratch-marker.ts";
import { RateBucket } from "../../../common/rate-bucket.ts";
import { slowest } from "./slowest.ts";
import { countAfter, countBefore } from "./canary-counts.ts";
import { leaveCompactor, pauseCompactor, resumeCompactor } from "./compactor-pause.ts";
import { copyChunks, copyIndexFiles, lookAtAll, type CopyWork } from "./copy-objects.ts";
import { graceSignal } from "./grace-signal.ts";
import { Patience } from "./patience.ts";
import { openRenewedStore, type RenewedStore } from "./renewed-store.ts";
import { RestoreJournal } from "./restore-journal.ts";
import type { RestoreRunOptions } from "./restore-parts.ts";
import type { RestoreWay } from "./restore-object.ts";

/** How long what must be set back may take once the restore was told to stop; a command that is told to end has 10 s. */
const GRACE_MS = 5_000;
/** Leases that were lost one after the other with nothing done between: it will not get better. */
const MOST_IDLE_LEASES = 3;

const NOBODY_TO_ASK = { key: "no-loki", params: {} };

/**
 * Carries out a plan: chunks first, index files last, each object read back; the compactor is paused meanwhile, where the plan
 * says so, and resumed in every way out. Told to stop, it commits what it has and returns it, not `done`; taken up again with its
 * checkpoint it goes on, also after a kill. A report that is `done` may tell of objects that were not brought back.
 * @throws AppError why it did not come to its end; the checkpoint that was committed last has it as `error`
 */
export class RestoreRun {
  readonly #options: RestoreRunOptions;
  readonly #journal: RestoreJournal;
  #loki: LokiControl | null = null;

  constructor(options: RestoreRunOptions) {
    this.#options = options;
    this.#journal = new RestoreJournal(options);
  }

  async run(): Promise<RestoreReport> {
    const journal = this.#journal;
    const { signal, parts } = this.#options;
    let failure: AppError | null = null;
    await journal.commit();
    try {
      await using opened = new AsyncDisposableStack();
      await this.#restore(opened);
      await this.#afterwards();
      journal.change({ done: true });
      await journal.commit();
    } catch (error) {
      if (!isAppError(error)) throw await this.#bug(error);
      if (!signal.aborted) failure = error;
      await journal.endRunning(failure);
    }
    try {
      using late = graceSignal(signal, parts.clock, GRACE_MS);
      await this.#giveBack(failure, late.signal);
    } catch (error) {
      if (!isAppError(error)) throw error;
      failure ??= error;
      await journal.endRunning(failure);
    }
    if (failure !== null) throw failure;
    return journal.report();
  }

  /** Whatever a bug leaves undone, the compactor is not left paused by it. */
  async #bug(error: unknown): Promise<unknown> {
    using late = graceSignal(this.#options.signal, this.#options.parts.clock, GRACE_MS);
    await resumeCompactor(this.#loki, this.#journal, this.#options.parts.clock, late.signal);
    return error;
  }

  async #restore(opened: AsyncDisposableStack): Promise<void> {
    const { planned, parts, job, signal } = this.#options;
    const journal = this.#journal;
    const { request, purpose } = planned.plan;
    const patience = new Patience(parts.clock, (error, sinceMs) => this.#away(error, sinceMs));
    const target = opened.use(await openRenewedStore(parts.stores, request.into ?? request.store, signal));
    const sourceId = request.source.kind === "versions" ? request.store : request.source.store;
    const source = sourceId === target.id ? target : opened.use(await openRenewedStore(parts.stores, sourceId, signal));
    if (purpose === "restore") this.#loki = await parts.lokiControl(target.config.site, signal);
    await this.#preflight();
    const way: RestoreWay = {
      source: source.store,
      target: target.store,
      layout: target.opened.layout,
      copiesInside: request.source.kind === "versions" && source === target,
      keepsVersions: (await patience.until(() => target.store.versioning(signal), signal)) === "enabled",
      job,
      crc32c: (await import("@node-rs/crc32")).crc32c,
      noteUpload: (upload, begun) => journal.noteUpload(upload, begun),
    };
    const rates = [request.bytesPerSecond, target.config.bytesPerSecond, source.config.bytesPerSecond];
    const pace = new RateBucket(slowest(rates), parts.clock);
    const work: CopyWork = { way, planned, journal, patience, pace, lanes: this.#options.lanes };
    await this.#underLease(target, patience, (inner) => this.#write(work, inner));
  }

  async #preflight(): Promise<void> {
    const { parts, planned, job, signal } = this.#options;
    const journal = this.#journal;
    await journal.begin("restore-preflight");
    const checks = await parts.preflight(planned, job, signal);
    const failed = checks.filter(({ state }) => state === "failed").map(({ check }) => check);
    const warned = checks.filter(({ state }) => state === "warned" || state === "unknown").length;
    const detail = { key: "preflight", params: { passed: checks.length - failed.length - warned, warned } };
    if (failed.length === 0) return await journal.end("restore-preflight", "done", detail);
    await journal.end("restore-preflight", "failed", detail);
    throw new AppError("storage.preflight-failed", { checks: failed.join(", ") });
  }

  /**
   * Works while it has the lease. A bucket that was away for longer than a lease stands takes the lease with it: when it is back,
   * and nobody else has it, the work goes on from where it was.
   */
  async #underLease(
    target: RenewedStore,
    patience: Patience,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { parts, principal, planned, job, signal } = this.#options;
    const journal = this.#journal;
    const about = { principal, purpose: `${planned.plan.purpose} ${job}`, nonce: job };
    for (let position = -1, idle = 0; ;) {
      await journal.begin("restore-lease");
      await using lease = await patience.until(() => parts.acquireLease(target.opened, about, signal), signal);
      await journal.end("restore-lease", "done", { key: "lease", params: { holder: lease.holder.slice(0, 200) } });
      try {
        await work(AbortSignal.any([signal, lease.lost]));
        return;
      } catch (error) {
        endIfCancelled(signal);
        if (!lease.lost.aborted) throw error;
        const lost: unknown = lease.lost.reason;
        const byAnother = hasCode(lost, "storage.lease-lost") && lost.params.holder !== "-";
        idle = journal.now.position === position ? idle + 1 : 0;
        if (byAnother || idle >= MOST_IDLE_LEASES) throw isAppError(lost) ? lost : error;
        position = journal.now.position;
      }
    }
  }

  async #write(work: CopyWork, signal: AbortSignal): Promise<void> {
    const journal = this.#journal;
    const { planned } = this.#options;
    if (planned.plan.purpose === "drill") await this.#markScratch(work, signal);
    await this.#abortUploads(work, signal);
    await this.#countBefore(signal);
    await pauseCompactor(this.#loki, journal, signal);
    journal.copying(true);
    try {
      await journal.begin("restore-chunks");
      await copyChunks(work, signal);
      await journal.end("restore-chunks", "done", this.#counted());
      await journal.begin("restore-index");
      await using reader = this.#options.parts.openIndexReader();
      const lost = await copyIndexFiles(work, reader, signal);
      await journal.end("restore-index", "done", { key: "index-copied", params: { ...this.#counted().params, lost } });
    } finally {
      journal.copying(false);
    }
    await journal.begin("restore-verify");
    const missing = await lookAtAll(work, signal);
    const { verified, failedCount } = journal.now;
    const state = missing > 0 || failedCount > 0 ? "failed" : "done";
    await journal.end("restore-verify", state, { key: "verified", params: { verified, failed: failedCount } });
  }

  /** Without the bucket's lease: nothing of it is written any more. */
  async #afterwards(): Promise<void> {
    const { parts, signal } = this.#options;
    const journal = this.#journal;
    const loki = this.#loki;
    if (journal.has("restore-caches")) {
      await journal.begin("restore-caches");
      const [note] = loki === null ? [] : await this.#asked(() => loki.refreshCaches(signal));
      const detail = note === undefined ? undefined : { key: note.key, params: { ...note.params } };
      await journal.end("restore-caches", detail === undefined ? "skipped" : "done", detail);
    }
    await resumeCompactor(loki, journal, parts.clock, signal);
    if (!journal.has("restore-canaries")) return;
    if (loki === null) return await journal.end("restore-canaries", "skipped", NOBODY_TO_ASK);
    await journal.begin("restore-canaries");
    const tell = async (canaries: RestoreReport["canaries"]): Promise<void> => {
      journal.change({ canaries: [...canaries] });
      await journal.commit();
    };
    const canaries = await countAfter(
      loki,
      journal.now.canaries,
      { clock: parts.clock, tell: (now) => tell([...now]) },
      signal,
    );
    const works = canaries.filter(({ state }) => state === "works").length;
    const failed = canaries.some(({ state }) => state === "fails");
    const params = { works, asked: canaries.length };
    await journal.end("restore-canaries", failed ? "failed" : "done", { key: "canaries", params });
  }

  async #asked<Value>(ask: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
    try {
      return await ask();
    } catch (error) {
      endIfCancelled(this.#options.signal);
      if (!isAppError(error)) throw error;
      return [];
    }
  }

  async #countBefore(signal: AbortSignal): Promise<void> {
    const journal = this.#journal;
    if (!journal.has("restore-count-before")) return;
    if (this.#loki === null) return await journal.end("restore-count-before", "skipped", NOBODY_TO_ASK);
    await journal.begin("restore-count-before");
    const canaries = await countBefore(this.#loki, journal.now.canaries, signal);
    journal.change({ canaries: [...canaries] });
    const counted = canaries.filter(({ before }) => before !== null).length;
    await journal.end("restore-count-before", "done", { key: "counted", params: { counted, asked: canaries.length } });
  }

  /** From before the first object of the first drill: what has it may be written over. */
  async #markScratch({ way, patience }: CopyWork, signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify({ purpose: "drills", job: this.#options.job })}\n`);
    try {
      await patience.until(() => way.target.put(SCRATCH_MARKER_KEY, bytes, { ifAbsent: true }, signal), signal);
    } catch (error) {
      // It has it already.
      if (!hasCode(error, "storage.changed")) throw error;
    }
  }

  /** What a killed run has begun and not completed costs room, and nothing lists it. */
  async #abortUploads({ way, patience }: CopyWork, signal: AbortSignal): Promise<void> {
    for (const upload of this.#journal.now.uploads) {
      try {
        await patience.until(() => way.target.abortUpload(upload, signal), signal);
      } catch (error) {
        if (!hasCode(error, "storage.upload-unknown")) throw error;
      }
      await this.#journal.noteUpload(upload, false);
    }
  }

  #counted(): { key: string; params: Record<string, number> } {
    const { written, found, failedCount } = this.#journal.now;
    return { key: "copied", params: { written, found, failed: failedCount } };
  }

  /** In every way out. Whoever took the lease over relies on the compactor being paused: then it is left to them and told. */
  async #giveBack(failure: AppError | null, signal: AbortSignal): Promise<void> {
    const { parts } = this.#options;
    const journal = this.#journal;
    if (failure !== null && isLeaseError(failure)) return await leaveCompactor(journal);
    await resumeCompactor(this.#loki, this.#journal, parts.clock, signal);
  }

  #away(error: AppError, sinceMs: number): void {
    const { clock, logger } = this.#options.parts;
    const seconds = Math.round((clock.nowMs() - sinceMs) / 1_000);
    logger.warn("a store is away", { code: error.code, seconds });
    this.#journal.progress("waiting");
  }
}

function isLeaseError(error: AppError): boolean {
  return hasCode(error, "storage.lease-lost") || hasCode(error, "storage.lease-held");
}
