import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import {
  restoreReportSchema,
  type RestoreItem,
  type RestoreReport,
} from "../../../../../src-shared/model/storage/restore.ts";
import type { StorageStep } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { MultipartUpload } from "../../object-store.ts";
import { freshCheckpoint, type RestoreCheckpoint } from "./restore-checkpoint.ts";
import type { ObjectOutcome } from "./restore-object.ts";
import type { RestoreRunOptions } from "./restore-parts.ts";
import type { RestoreStepKey } from "./restore-steps.ts";

const LISTED_FAILURES = 500;
/** Where so many chunks cannot be brought back, something else is wrong than chunks. */
const MOST_FAILED = 10_000;
const COMMIT_EVERY = 100;
/** Large objects are committed sooner. */
const COMMIT_BYTES = 256 * 2 ** 20;

type StepDetail = NonNullable<StorageStep["detail"]>;

/** What a restore has done so far, and what of that is on disk. */
export class RestoreJournal {
  readonly #options: RestoreRunOptions;
  #now: RestoreCheckpoint;
  #uncommitted = 0;
  #uncommittedBytes = 0;
  #copyingSinceMs: number | null = null;

  constructor(options: RestoreRunOptions) {
    const { before, planned, reason } = options;
    this.#options = options;
    this.#now = before === null ? freshCheckpoint(planned.plan, reason) : taken(before);
  }

  get now(): RestoreCheckpoint {
    return this.#now;
  }

  report(): RestoreReport {
    return restoreReportSchema.parse(this.#now);
  }

  /** Whether the plan has the step: what it does not show is not done. */
  has(key: RestoreStepKey): boolean {
    return this.#place(key) >= 0;
  }

  change(changes: Partial<RestoreCheckpoint>): void {
    this.#now = { ...this.#now, ...changes };
  }

  async begin(key: RestoreStepKey): Promise<void> {
    const startedAtMs = this.#options.parts.clock.nowMs();
    this.#step(key, (step) => ({
      ...step,
      state: "running",
      startedAtMs: step.startedAtMs ?? startedAtMs,
      endedAtMs: null,
    }));
    await this.commit();
  }

  tell(key: RestoreStepKey, detail: StepDetail): void {
    this.#step(key, (step) => ({ ...step, detail }));
  }

  async end(key: RestoreStepKey, state: "done" | "failed" | "skipped", detail?: StepDetail): Promise<void> {
    const endedAtMs = this.#options.parts.clock.nowMs();
    this.#step(key, (step) => ({ ...step, state, endedAtMs, detail: detail ?? step.detail }));
    await this.commit();
  }

  /** Steps that were begun did not come to their end, for that reason or because the restore was told to stop. */
  async endRunning(error: AppError | null): Promise<void> {
    const endedAtMs = this.#options.parts.clock.nowMs();
    const steps = this.#now.steps.map((step): StorageStep => {
      if (step.state !== "running") return step;
      return { ...step, state: error === null ? "waiting" : "failed", endedAtMs };
    });
    const { error: _before, ...rest } = this.#now;
    this.#now = { ...rest, steps, ...(error === null ? {} : { error: error.toWire() }) };
    await this.commit();
  }

  /** One object of the plan, in its order. */
  async settle(item: RestoreItem, outcome: ObjectOutcome): Promise<void> {
    const now = this.#now;
    const written = outcome.kind === "written" ? 1 : 0;
    this.#now = {
      ...now,
      position: now.position + 1,
      settledBytes: now.settledBytes + item.sizeBytes,
      written: now.written + written,
      writtenBytes: now.writtenBytes + written * item.sizeBytes,
      found: now.found + (outcome.kind === "found" ? 1 : 0),
      // Each was read back before it counted.
      verified: now.verified + (outcome.kind === "failed" ? 0 : 1),
    };
    if (outcome.kind === "failed") this.fail(item, outcome.problem);
    this.#uncommitted += 1;
    this.#uncommittedBytes += item.sizeBytes;
    const { commitEvery = COMMIT_EVERY } = this.#options;
    if (this.#uncommitted >= commitEvery || this.#uncommittedBytes >= COMMIT_BYTES) await this.commit();
    this.progress();
  }

  /** @throws AppError `storage.not-verified` where too many are */
  fail({ key, kind }: RestoreItem, problem: string): void {
    const { failed, failedCount, failedChunks, plan } = this.#now;
    this.#now = {
      ...this.#now,
      failedCount: failedCount + 1,
      failed: failed.length < LISTED_FAILURES ? [...failed, { key, problem }] : failed,
      failedChunks: kind === "chunk" ? [...failedChunks, key] : failedChunks,
    };
    if (this.#now.failedChunks.length <= MOST_FAILED) return;
    throw new AppError("storage.not-verified", { store: plan.request.into ?? plan.request.store, key });
  }

  async noteUpload(upload: MultipartUpload, begun: boolean): Promise<void> {
    const others = this.#now.uploads.filter(({ uploadId }) => uploadId !== upload.uploadId);
    this.#now = { ...this.#now, uploads: begun ? [...others, upload] : others };
    await this.commit();
  }

  copying(isCopying: boolean): void {
    this.#countTime();
    this.#copyingSinceMs = isCopying ? this.#options.parts.clock.nowMs() : null;
  }

  async commit(): Promise<void> {
    this.#uncommitted = 0;
    this.#uncommittedBytes = 0;
    this.#countTime();
    await this.#options.commit(this.#now);
  }

  progress(phase = "restoring"): void {
    const { plan, position, settledBytes } = this.#now;
    // Among them what is neither chunk nor index.
    const total = Math.max(plan.chunks + plan.indexFiles, plan.counts.restorable);
    // Small index files come last: bytes alone would stand still.
    const share = plan.bytes === 0 ? 1 : settledBytes / plan.bytes;
    const fraction = total === 0 ? 1 : Math.min(1, (share + position / total) / 2);
    this.#options.report({ phase, fraction, done: position, total, unit: "objects", bytes: settledBytes });
  }

  #countTime(): void {
    if (this.#copyingSinceMs === null) return;
    const nowMs = this.#options.parts.clock.nowMs();
    const copyingMs = this.#now.copyingMs + nowMs - this.#copyingSinceMs;
    this.#copyingSinceMs = nowMs;
    const { written, writtenBytes } = this.#now;
    const perSecond = (count: number) => (copyingMs <= 0 || written === 0 ? null : (count / copyingMs) * 1_000);
    this.#now = {
      ...this.#now,
      copyingMs,
      bytesPerSecond: perSecond(writtenBytes),
      objectsPerSecond: perSecond(written),
    };
  }

  #place(key: RestoreStepKey): number {
    return this.#now.plan.steps.findIndex((step) => step.key === key);
  }

  #step(key: RestoreStepKey, next: (step: StorageStep) => StorageStep): void {
    const place = this.#place(key);
    const steps = this.#now.steps.map((step, at) => (at === place ? next(step) : step));
    this.#now = { ...this.#now, steps };
  }
}

/** An earlier run's, gone on with: what it failed with is past. */
function taken({ error: _error, ...before }: RestoreCheckpoint): RestoreCheckpoint {
  return before;
}
