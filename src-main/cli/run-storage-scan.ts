import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { jobIdSchema } from "../../src-shared/model/ids.ts";
import { NS_PER_MS } from "../../src-shared/model/nano-time.ts";
import { scanRequestSchema, type ScanRequest, type ScanSummary } from "../../src-shared/model/storage/scan.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { openScanResults } from "../core/console-scans.ts";
import type { OpenedStore } from "../core/storage/stores/opened-store.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { openCliStore, storeSubject } from "./open-storage-store.ts";
import { ScanStatusLine } from "./scan-status-line.ts";
import { printScan } from "./scan-printing.ts";
import { sizeArgument } from "./size-argument.ts";
import { parseInstant } from "./time-arguments.ts";

export interface StorageScanOptions {
  readonly store: string;
  readonly deep?: boolean;
  readonly requireWhole?: boolean;
  readonly tenant?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly sample: string;
  readonly rate?: string;
  readonly incremental?: boolean;
  readonly compare?: boolean;
  readonly indexPrefix: string;
  readonly output: OutputFormat;
}

/**
 * Scans a bucket or a copy of one and prints what is wrong with it, the worst first. What a later scan can go on from (`--incremental`,
 * `--compare`, `--sample`) is kept in the profile; without these, nothing is.
 */
export async function runStorageScan(context: CommandContext, options: StorageScanOptions): Promise<void> {
  const { terminal } = context;
  using base = openBase(context);
  const subject = { store: storeSubject(options.store), deep: options.deep === true };
  const act = { action: "storage.scan", permission: "storage.scan", auditClass: "access", subject } as const;
  const summary = await audited(base, context, act, async () => {
    await using opened = await openCliStore(options.store, base, context, { indexPrefix: options.indexPrefix });
    return await scanAndPrint(context, base, opened, options);
  });
  if (options.requireWhole === true && summary.counts.critical > 0) throw new ExitWith(EXIT_CODES.incomplete);
  terminal.signal.throwIfAborted();
}

async function scanAndPrint(
  context: CommandContext,
  base: ConsoleBase,
  opened: OpenedStore,
  options: StorageScanOptions,
): Promise<ScanSummary> {
  const { stdout, stderr, signal, locateWorker } = context.terminal;
  const { clock, profile, logger } = base;
  const request = requestOf(options, opened, clock.nowMs());
  const kept = request.incremental || options.compare === true || request.scope.samplePercent < 100;
  const scan = jobIdSchema.parse(randomUUID());
  const own = join(profile.spill, `scan-${scan}.db`);
  const status = new ScanStatusLine(stderr, clock);
  const results = openScanResults({ profile, clock, logger, locateWorker }, kept ? null : own);
  try {
    await using parts = results;
    const startedAtMs = clock.nowMs();
    const summary = await parts.runner.run(
      {
        opened,
        order: {
          scan,
          request,
          title: opened.store.title,
          principal: context.principal,
          startedAtMs,
          layout: opened.layout,
          findingsFile: parts.files.findings,
          ledgerFile: kept ? parts.files.ledger(opened.id) : null,
          sampleFrom: parts.sampleFrom(opened.id),
          keepScans: base.settings.get("storage.keptScans"),
        },
        bytesPerSecond: request.bytesPerSecond ?? opened.config.bytesPerSecond,
        onNews: (news) => status.news(news),
        onWaiting: (waiting) => status.waiting(waiting),
      },
      signal,
    );
    status.end();
    await printScan(stdout, { summary, findings: (filter) => parts.findings(scan, filter) }, options);
    return summary;
  } finally {
    status.end();
    if (!kept) for (const part of ["", "-wal", "-shm"]) rmSync(own + part, { force: true });
  }
}

function requestOf(options: StorageScanOptions, { id }: OpenedStore, nowMs: number): ScanRequest {
  const instant = (text: string | undefined): number | null =>
    text === undefined ? null : Number(parseInstant(text, nowMs) / NS_PER_MS);
  const parsed = scanRequestSchema.safeParse({
    store: id,
    mode: options.deep === true ? "deep" : "fast",
    scope: {
      tenants: options.tenant ?? null,
      fromMs: instant(options.from),
      throughMs: instant(options.to),
      samplePercent: Number(options.sample.replace(/%$/, "")),
    },
    incremental: options.incremental === true,
    bytesPerSecond: options.rate === undefined ? null : sizeArgument("--rate", options.rate),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError("request.invalid", {
      path: issue?.path.join(".") ?? "",
      problem: (issue?.message ?? "").slice(0, 300),
    });
  }
  return parsed.data;
}
