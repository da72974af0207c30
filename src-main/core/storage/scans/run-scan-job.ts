import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { FindingsStore } from "./findings.store.ts";
import type { LiveScans } from "./live-scans.ts";
import type { ScanNews } from "./scan-order.ts";
import type { ScanRunner } from "./scan-runner.ts";
import { nextSample } from "./scan-rows.ts";
import type { ScansParts } from "./scans.service.ts";
import type { StoreAway } from "./store-patience.ts";
import type { ScanContext } from "./storage-scan.job.ts";

export interface ScanJobParts extends Pick<ScansParts, "stores" | "jobs" | "files" | "clock" | "keepScans"> {
  readonly findings: FindingsStore;
  readonly runner: ScanRunner;
  readonly live: LiveScans;
}

/**
 * One run of a scan's job. Rejects with `storage.scan-running` where another scan of the store is under way; a job that failed is
 * resumed, and does not read again what it has read.
 */
export async function runScanJob(context: ScanContext, parts: ScanJobParts): Promise<ScanSummary> {
  const { id: scan, input, signal } = context;
  const { title, ...request } = input;
  const { live, clock, files, findings } = parts;
  const other = live.running(request.store);
  if (other !== null && other !== scan) throw new AppError("storage.scan-running", { store: title });
  const checkpoint = context.checkpoint ?? {
    startedAtMs: clock.nowMs(),
    sampleFrom: findings.run((database) => nextSample(database, request.store)),
  };
  if (context.checkpoint === null) await context.commit(checkpoint);
  const { principal } = parts.jobs().get(scan);
  const { startedAtMs, sampleFrom } = checkpoint;
  const told = { scan, request, title, principal, startedAtMs };
  live.begun(told);
  let finished = false;
  try {
    await using opened = await parts.stores.open(request.store, signal);
    const progress = new JobProgressTeller(context, live);
    const summary = await parts.runner.run(
      {
        opened,
        order: {
          ...told,
          layout: opened.layout,
          findingsFile: files.findings,
          ledgerFile: files.ledger(request.store),
          sampleFrom,
          keepScans: parts.keepScans(),
        },
        bytesPerSecond: slower(request.bytesPerSecond, opened.config.bytesPerSecond),
        onNews: (news) => progress.news(news),
        onWaiting: (waiting) => progress.waiting(waiting),
      },
      signal,
    );
    finished = true;
    return summary;
  } finally {
    live.ended(scan, finished);
  }
}

/** Nobody reads faster than the store's own bound. */
function slower(asked: number | null, own: number | null): number | null {
  if (asked === null || own === null) return asked ?? own;
  return Math.min(asked, own);
}

/** Tells the job and whoever lists scans how far it is, and that it waits for its store. */
class JobProgressTeller {
  readonly #context: ScanContext;
  readonly #live: LiveScans;
  #news: ScanNews | null = null;
  #waiting: StoreAway | null = null;

  constructor(context: ScanContext, live: LiveScans) {
    this.#context = context;
    this.#live = live;
  }

  news(news: ScanNews): void {
    this.#news = news;
    this.#tell();
  }

  waiting(waiting: StoreAway | null): void {
    this.#waiting = waiting;
    this.#tell();
  }

  #tell(): void {
    if (this.#news === null) return;
    const { summary, phase, bytes, totalBytes, listed } = this.#news;
    const away = this.#waiting;
    const waiting = away === null ? null : { sinceMs: away.sinceMs, untilMs: away.untilMs, error: away.error.toWire() };
    this.#live.tell({ ...summary, now: { phase, tenant: summary.now?.tenant ?? null, waiting } });
    this.#context.report({
      phase: waiting === null ? phase : "waiting",
      fraction: listed && totalBytes > 0 ? Math.min(1, bytes / totalBytes) : null,
      done: bytes,
      total: listed ? totalBytes : null,
      unit: "bytes",
    });
  }
}
