import type { DatabaseSync } from "node:sqlite";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import { scanInto, type ScanProgress, type ScanTotals } from "../integrity/integrity-scan.ts";
import { ScanGaps } from "../integrity/scan-gaps.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import { couldSee, isWider } from "./could-see.ts";
import { isDatabaseDamage } from "./damaged-database.ts";
import { FindingStage } from "./finding-stage.ts";
import type { FindingsStore } from "./findings.store.ts";
import { ScanLedger } from "./scan-ledger.ts";
import { emptySummary, type ScanNews, type ScanOrder } from "./scan-order.ts";
import { finishScan, forgetScans, isWhole, keepNextSample, keepSummary, scanRows, type ScanRow } from "./scan-rows.ts";
import { sampledBy, windowBehind } from "./sample-window.ts";

/** What a scan works with, in whatever thread it runs. */
export interface ScanTools {
  readonly store: ScannedStore;
  readonly checker: ChunkChecker;
  readonly findings: FindingsStore;
  readonly nowMs: () => number;
  readonly onNews: (news: ScanNews) => void;
}

const NEWS_EVERY_MS = 250;
/** Finished scans that are looked through for one to compare with. */
const LOOKED_THROUGH = 200;

/**
 * Carries out a scan from its order to its findings being kept, and compared. What a run before it has read of the same scan is not
 * read again; the bucket is listed anew, for all keys have to be known. Rejects with what the store rejects with, with
 * `request.cancelled`, and with `storage.findings-damaged` for a database that turned out to be damaged on the way.
 */
export async function runScan(order: ScanOrder, tools: ScanTools, signal: AbortSignal): Promise<ScanSummary> {
  const { request, ledgerFile, scan } = order;
  const { nowMs, findings } = tools;
  const begun = emptySummary(order);
  findings.run((database) => {
    forgetScans(database, request.store, Math.max(1, order.keepScans - 1));
    keepSummary(database, begun);
  });
  using ledger =
    ledgerFile === null
      ? null
      : new ScanLedger({ file: ledgerFile, scan, mode: request.mode, incremental: request.incremental, nowMs });
  const news = new NewsTeller(begun, tools);
  try {
    return await findings.run((database) => scanAndKeep(order, tools, database, ledger, news, signal));
  } catch (error) {
    ledger?.flush();
    if (!isDatabaseDamage(error)) findings.run((database) => keepSummary(database, news.figures()));
    throw findings.afterDamage(error);
  }
}

async function scanAndKeep(
  order: ScanOrder,
  { store, checker, nowMs }: ScanTools,
  database: DatabaseSync,
  ledger: ScanLedger | null,
  { tell: onNews }: NewsTeller,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { request, layout } = order;
  const { scope, mode } = request;
  const window = { from: order.sampleFrom, percent: scope.samplePercent };
  const sampled = sampledBy(window);
  using stage = new FindingStage(database);
  const counts = { critical: 0, warning: 0, info: 0 };
  const kinds: Partial<Record<keyof ScanSummary["kinds"], number>> = {};
  const options = {
    store,
    mode,
    layout,
    checker,
    scope,
    sampled,
    onProgress: onNews,
    nowMs: nowMs(),
    ...(ledger === null ? {} : { memory: ledger }),
  };
  const totals = await scanInto(
    options,
    (finding) => {
      stage.add(finding);
      counts[finding.severity] += 1;
      kinds[finding.kind] = (kinds[finding.kind] ?? 0) + 1;
    },
    signal,
  );
  onNews("keep");
  stage.flush();
  const before = comparable(database, order);
  const compared =
    before === null ? null : { with: before.summary.scan, ...stage.compare(before.range, couldSee(request, sampled)) };
  const endedAtMs = nowMs();
  const summary: ScanSummary = {
    ...emptySummary(order),
    ...figuresOf(totals),
    state: "finished",
    endedAtMs,
    counts,
    kinds,
    compared,
    gaps: [...totals.gaps, ...ledgerGap(ledger)],
  };
  const { objects, bytes, tenants } = totals;
  const growth = scope.tenants === null ? { atMs: endedAtMs, objects, bytes, tenants } : null;
  const { days, daysLeftOut } = totals;
  finishScan(database, { summary, stage, days, daysLeftOut, growth }, endedAtMs);
  if (!isWhole(scope) && scope.samplePercent < 100) keepNextSample(database, request.store, windowBehind(window));
  return summary;
}

/** The newest finished scan that has looked at everything that this one looks at. */
function comparable(database: DatabaseSync, { scan, request }: ScanOrder): ScanRow | null {
  return (
    scanRows(database, request.store, LOOKED_THROUGH).find(
      ({ summary }) => summary.scan !== scan && summary.state === "finished" && isWider(summary.request, request),
    ) ?? null
  );
}

function figuresOf(
  totals: Omit<ScanTotals, "gaps" | "days" | "daysLeftOut" | "tenants">,
): Pick<
  ScanSummary,
  "objects" | "bytes" | "chunks" | "indexFiles" | "references" | "checked" | "reused" | "skipped" | "checkedBytes"
> {
  const { objects, bytes, chunks, indexFiles, references, checked, reused, skipped, checkedBytes } = totals;
  return { objects, bytes, chunks, indexFiles, references, checked, reused, skipped, checkedBytes };
}

function ledgerGap(ledger: ScanLedger | null): ScanSummary["gaps"] {
  const gaps = new ScanGaps();
  if (ledger !== null && ledger.keptAs !== null) gaps.add("ledger-damaged", ledger.keptAs);
  return gaps.list();
}

/** Tells of progress as often as somebody looks at it. */
class NewsTeller {
  readonly #begun: ScanSummary;
  readonly #tools: Pick<ScanTools, "nowMs" | "onNews">;
  #progress: ScanProgress | null = null;
  #phase: ScanNews["phase"] = "chunks";
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(begun: ScanSummary, tools: Pick<ScanTools, "nowMs" | "onNews">) {
    this.#begun = begun;
    this.#tools = tools;
  }

  readonly tell = (progress: ScanProgress | "keep"): void => {
    if (progress !== "keep") this.#progress = progress;
    const phase = progress === "keep" ? progress : progress.phase;
    const nowMs = this.#tools.nowMs();
    if (phase === this.#phase && nowMs - this.#toldAtMs < NEWS_EVERY_MS) return;
    this.#phase = phase;
    this.#toldAtMs = nowMs;
    const { bytes = 0, totalBytes = 0, listed = false, tenant = null } = this.#progress ?? {};
    const summary = { ...this.figures(), now: { phase, tenant, waiting: null } };
    this.#tools.onNews({ summary, phase, bytes, totalBytes, listed });
  };

  /** The scan as far as it is. */
  figures(): ScanSummary {
    if (this.#progress === null) return this.#begun;
    const { objects, bytes, checked, reused, skipped, checkedBytes } = this.#progress;
    return { ...this.#begun, objects, bytes, checked, reused, skipped, checkedBytes };
  }
}
