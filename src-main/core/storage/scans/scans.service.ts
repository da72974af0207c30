import { join } from "node:path";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import type {
  BucketOverview,
  FindingFilter,
  KeptFinding,
  ScanRequest,
  ScanSummary,
} from "../../../../src-shared/model/storage/scan.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import type { JobEngine } from "../../jobs/job-engine.ts";
import { readForInspection } from "../inspect/inspect-object.ts";
import type { ScansDesk } from "../storage-desks.ts";
import type { StoreOpener } from "../stores/opened-store.ts";
import type { ExportFormat } from "./desk-protocol.ts";
import { DeskThread } from "./desk-thread.ts";
import { idBytes } from "./finding-id.ts";
import { rowOfId, rowsOf, type FindingRow } from "./finding-rows.ts";
import { FindingsStore } from "./findings.store.ts";
import { LiveScans } from "./live-scans.ts";
import type { ScanFiles } from "./scan-files.ts";
import { runScanJob } from "./run-scan-job.ts";
import type { ScanResults } from "./scan-results.ts";
import { ScanRunner } from "./scan-runner.ts";
import { daysOfScan, growthOf, lastFinished, scanRow, scanRows, type ScanRow } from "./scan-rows.ts";
import { SetAsideMarks } from "./set-aside-marks.store.ts";
import { createStorageScanJob, type ScanJob } from "./storage-scan.job.ts";

export interface ScansParts {
  readonly stores: StoreOpener;
  readonly files: ScanFiles;
  /** The profile's folder for exports. */
  readonly exports: string;
  /** The engine is made of the scan's job, so it is asked for when one is submitted. */
  readonly jobs: () => Pick<JobEngine, "submit" | "get">;
  readonly locateWorker: WorkerLocator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
  /** Scans of each store that are kept. */
  readonly keepScans: () => number;
  /** For how long a store may be away before a scan fails, to be resumed. */
  readonly patienceMs: number;
  /** Writes the Indexed Job that scans in shards; refused without. */
  readonly jobManifest?: ScansDesk["jobManifest"];
}

const MAX_DAYS = 5_000;

/** Scans of a profile's stores, and what they found. */
export class ScansService implements ScansDesk, ScanResults, AsyncDisposable {
  readonly #parts: ScansParts;
  readonly #findings: FindingsStore;
  readonly #marks: SetAsideMarks;
  readonly #desk: DeskThread;
  readonly #runner: ScanRunner;
  readonly #live: LiveScans;
  readonly job: ScanJob;

  constructor(parts: ScansParts) {
    this.#parts = parts;
    const { clock, logger, files, locateWorker, patienceMs, announcer } = parts;
    const onDamaged = (told: AppError): void => this.#tellDamage(told);
    this.#findings = new FindingsStore({ file: files.findings, clock, onDamaged });
    this.#marks = new SetAsideMarks(files.setAside, () => clock.nowMs());
    this.#desk = new DeskThread({ worker: locateWorker("storage-desk"), clock, logger, onDamaged });
    this.#runner = new ScanRunner({ locateWorker, clock, logger, patienceMs, onDamaged });
    this.#live = new LiveScans(announcer, clock);
    this.job = createStorageScanJob((context) =>
      runScanJob(context, { ...parts, findings: this.#findings, runner: this.#runner, live: this.#live }),
    );
  }

  overview(store: StoreId): BucketOverview {
    return this.#findings.run((database) => {
      const finished = lastFinished(database, store, false);
      const scans = this.list(store, 50);
      return {
        store,
        last: finished === null ? null : this.#shown(finished),
        current: scans.find(({ state }) => state === "running" || state === "paused") ?? null,
        days: finished === null ? [] : [...daysOfScan(database, finished.number, MAX_DAYS)],
        daysLeftOut: finished?.daysLeftOut ?? 0,
        growth: [...growthOf(database, store)],
      };
    });
  }

  /** @throws AppError `storage.scan-running`, `storage.store-unknown`, and what opening the store rejects with */
  async begin(request: ScanRequest, principal: string, signal: AbortSignal): Promise<JobId> {
    const { stores, jobs, clock } = this.#parts;
    const { from, title } = await titleOf(stores, request.store, signal);
    if (this.#live.running(request.store) !== null) throw new AppError("storage.scan-running", { store: title });
    const scan = jobs().submit(this.job, { ...request, title: from }, principal);
    this.#live.begun({ scan, request, title: from, principal, startedAtMs: clock.nowMs() });
    return scan;
  }

  list(store: StoreId, limit: number): readonly ScanSummary[] {
    const rows = this.#findings.run((database) => scanRows(database, store, limit));
    const known = new Set(rows.map(({ summary }) => summary.scan));
    const waiting = this.#live.of(store).filter(({ scan }) => !known.has(scan));
    return [...waiting, ...rows.map((row) => this.#shown(row))]
      .toSorted((a, b) => b.startedAtMs - a.startedAtMs)
      .slice(0, limit);
  }

  async page(scan: JobId, filter: FindingFilter, offset: number, limit: number): ReturnType<ScansDesk["page"]> {
    const { request } = this.summary(scan);
    if (this.#row(scan) === null) return { findings: [], total: 0, kinds: {} };
    const file = this.#parts.files.findings;
    const never = new AbortController().signal;
    const page = await this.#desk.ask({ kind: "page", file, scan, filter, offset, limit }, never);
    return { ...page, findings: this.#marked(request.store, page.findings) };
  }

  async export(scan: JobId, filter: FindingFilter, format: ExportFormat, signal: AbortSignal) {
    const { files, exports, clock } = this.#parts;
    this.summary(scan);
    const stamp = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, "-");
    const target = join(exports, `storage-findings-${stamp}.${format}`);
    const { findings } = await this.#desk.ask(
      { kind: "export", file: files.findings, scan, filter, format, target },
      signal,
    );
    return { file: target, findings };
  }

  async inspect(store: StoreId, key: string, version: string | null, signal: AbortSignal): Promise<ObjectInspection> {
    await using opened = await this.#parts.stores.open(store, signal);
    const { layout } = opened;
    const options = { layout, ...(version === null ? {} : { versionId: version }) };
    const bytes = await readForInspection(opened.store, key, signal, options);
    return this.#desk.ask({ kind: "inspect", key, layout, bytes }, signal, [bytes.buffer]);
  }

  async jobManifest(...asked: Parameters<ScansDesk["jobManifest"]>): Promise<string> {
    const { jobManifest } = this.#parts;
    if (jobManifest === undefined)
      throw new AppError("storage.unsupported", { store: asked[0], action: "jobManifest" });
    return jobManifest(...asked);
  }

  summary(scan: JobId): ScanSummary {
    const row = this.#row(scan);
    if (row !== null) return this.#shown(row);
    const live = this.#live.get(scan);
    if (live === null) throw new AppError("storage.scan-unknown", { scan });
    return live;
  }

  lastWhole(store: StoreId): ScanSummary | null {
    const row = this.#findings.run((database) => lastFinished(database, store, true));
    return row === null ? null : this.#shown(row);
  }

  *findings(scan: JobId, filter: FindingFilter): Generator<KeptFinding> {
    const { range, summary } = this.#known(scan);
    const batchOf = this.#marks.of(summary.request.store);
    for (const { row: _row, ...kept } of rowsOf(this.#findings, range, filter)) {
      yield { ...kept, quarantine: batchOf(kept.finding.key) };
    }
  }

  byId(scan: JobId, ids: readonly string[]): readonly KeptFinding[] {
    const { range, summary } = this.#known(scan);
    const rows = this.#findings.run((database) =>
      ids.flatMap((id) => {
        const bytes = idBytes(id);
        return bytes === null ? [] : (rowOfId(database, range, bytes) ?? []);
      }),
    );
    return this.#marked(summary.request.store, rows);
  }

  setAside(store: StoreId, keys: readonly string[], batch: string | null): void {
    this.#marks.mark(store, keys, batch);
    this.#parts.announcer.changed("storage");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desk[Symbol.asyncDispose]();
    await this.#runner[Symbol.asyncDispose]();
    this.#findings[Symbol.dispose]();
    this.#marks[Symbol.dispose]();
  }

  #row(scan: JobId): ScanRow | null {
    return this.#findings.run((database) => scanRow(database, scan));
  }

  /** One that has not begun yet has found nothing. */
  #known(scan: JobId): Pick<ScanRow, "range" | "summary"> {
    return this.#row(scan) ?? { range: { first: 0, last: -1 }, summary: this.summary(scan) };
  }

  /** A scan that is not finished is in the state of its job, and as far as it has told. */
  #shown({ summary }: ScanRow): ScanSummary {
    if (summary.state === "finished") return summary;
    const told = this.#live.get(summary.scan) ?? summary;
    return { ...told, ...this.#stateOf(summary.scan) };
  }

  #stateOf(scan: JobId): Pick<ScanSummary, "state" | "error" | "endedAtMs"> {
    try {
      const { state, error, endedAtMs } = this.#parts.jobs().get(scan);
      if (state === "failed") return { state, endedAtMs, ...(error === undefined ? {} : { error }) };
      if (state === "cancelled") return { state, endedAtMs };
      return { state: state === "paused" || state === "interrupted" ? "paused" : "running", endedAtMs: null };
    } catch (error) {
      // Jobs that are over can be removed from the list of jobs.
      if (!hasCode(error, "jobs.unknown")) throw error;
      return { state: "cancelled", endedAtMs: null };
    }
  }

  #marked(store: StoreId, rows: readonly FindingRow[]): readonly KeptFinding[] {
    const batchOf = this.#marks.of(store);
    return rows.map(({ row: _row, ...kept }) => ({ ...kept, quarantine: batchOf(kept.finding.key) }));
  }

  #tellDamage(told: AppError): void {
    const { logger, announcer } = this.#parts;
    logger.warn("findings were damaged and begun anew", { problem: isAppError(told) ? told.params : {} });
    announcer.notice({ key: "storage.findings-damaged", severity: "warning", params: told.params });
    announcer.changed("storage");
  }
}

async function titleOf(stores: StoreOpener, store: StoreId, signal: AbortSignal) {
  await using opened = await stores.open(store, signal);
  return { from: opened.store.title, title: opened.config.name };
}
