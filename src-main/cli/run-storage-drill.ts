import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { LOCALES } from "../../src-shared/i18n/catalogue.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { RestorePlan } from "../../src-shared/model/storage/restore.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { drillJob, openDrillBooks, type DrillBooks } from "../core/console-drill-job.ts";
import { restorePlans } from "../core/console-restore-plans.ts";
import { JobEngine } from "../core/jobs/job-engine.ts";
import { JobStore } from "../core/jobs/job-store.ts";
import { drillOutputSchema } from "../core/storage/drills/drill-checkpoint.ts";
import { readableReport, writeReport, type ReadableReport } from "../core/storage/drills/drills.service.ts";
import { acquireLease } from "../core/storage/lease/acquire-lease.ts";
import type { RestoreParts } from "../core/storage/restore/apply/restore-parts.ts";
import { IndexReader } from "../core/storage/restore/plan/index-reader.ts";
import type { RestorePlansService } from "../core/storage/restore/plan/restore-plans.service.ts";
import { AddressedStores } from "./addressed-stores.ts";
import { terminalLocale } from "./cli-text.ts";
import { NO_SCANS } from "./command-scans.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { drillRequest, type StorageDrillOptions } from "./drill-options.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { followedJob } from "./followed-job.ts";
import { storeSubject } from "./open-storage-store.ts";
import { recoveryFactsOf } from "./command-recovery-facts.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

/** Plans a drill, carries it out, and prints its signed report. Ends with 7 where it has not passed. */
export async function runStorageDrill(context: CommandContext, options: StorageDrillOptions): Promise<void> {
  const { signal, environment } = context.terminal;
  const language = LOCALES.find((locale) => locale === (options.language ?? terminalLocale(environment)));
  if (language === undefined)
    throw new AppError("request.invalid", { path: "--language", problem: LOCALES.join(" | ") });
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const books = openDrillBooks(base, stack);
  const stores = new AddressedStores(base, context, { indexPrefix: options.indexPrefix });
  const { request, title, into } = await drillRequest(options, stores, base.clock.nowMs());
  const subject = { store: storeSubject(options.store ?? ""), into: storeSubject(into), source: request.source.kind };
  const act = { action: "storage.drill", permission: "storage.restore", auditClass: "change", subject } as const;
  // Restored from a copy, it is the copy that the recovery point is measured against.
  const dr = request.source.kind === "store" ? request.source.store : null;
  const parts = { base, context, stores, books, dr };
  const job = await audited(base, context, act, async () => {
    const plans = plansOf(parts);
    const planned = await plans.make(request, () => undefined, signal);
    stopUnlessPossible(planned.plan);
    const reason = options.reason?.trim() || "command line";
    const input = { directory: planned.directory, store: title, into, reason, principal: context.principal };
    const { engine, definition } = engineOf(parts, plans, stack);
    plans.take(planned.plan.id);
    return followedJob(engine, engine.submit(definition, input, context.principal), signal);
  });
  const output = drillOutputSchema.safeParse(job.output);
  const drill = output.success ? output.data.drill : null;
  if (drill !== null) {
    const report = await readableReport(books.history.signed(drill.drill), language);
    if (options.reportDir !== undefined) {
      mkdirSync(options.reportDir, { recursive: true });
      for (const file of await writeReport(report, options.reportDir, signal)) {
        await write(context.terminal.stderr, `${terminalSafe(file)}\n`);
      }
    }
    await write(context.terminal.stdout, printed(report, options.output));
  }
  if (job.state === "cancelled") throw new ExitWith(EXIT_CODES.interrupted);
  if (job.error !== undefined) {
    await write(context.terminal.stderr, `kubemate: ${terminalSafe(context.text.error(job.error))}\n`);
    throw new ExitWith(exitCodeOf(job.error.category));
  }
  if (drill?.result !== "passed") throw new ExitWith(EXIT_CODES.unwell);
}

interface CommandParts {
  readonly base: ConsoleBase;
  readonly context: CommandContext;
  readonly stores: AddressedStores;
  readonly books: DrillBooks;
  readonly dr: StoreId | null;
}

/** A scratch bucket has no Loki, and no scan has said anything of one that is named by its address. */
function plansOf({ base, context, stores }: CommandParts): RestorePlansService {
  return restorePlans({
    base,
    stores,
    scans: NO_SCANS,
    locateWorker: context.terminal.locateWorker,
    rate: () => null,
    loki: () => Promise.resolve(null),
    freeBytes: () => Promise.resolve(null),
  });
}

function engineOf(parts: CommandParts, plans: RestorePlansService, stack: AsyncDisposableStack) {
  const { base, context, stores, books, dr } = parts;
  const { clock, announcements } = base;
  const { locateWorker } = context.terminal;
  const logger = base.logger.child("drills");
  const restore: RestoreParts = {
    stores,
    acquireLease: ({ store }, { principal, purpose, nonce }, signal) =>
      acquireLease({ store, holder: `${principal}@${hostname()}`, purpose, nonce, clock }, signal),
    lokiControl: () => Promise.resolve(null),
    preflight: (planned, job, signal) => plans.preflight(planned, job, signal),
    openIndexReader: () => new IndexReader({ locate: locateWorker, logger }),
    clock,
    logger,
  };
  const facts = recoveryFactsOf({ base, context, stores, books, dr }, stack);
  const definition = drillJob({
    base,
    locateWorker,
    version: KUBEMATE_VERSION,
    books,
    restore: () => restore,
    facts: (store, signal) => facts.facts(store, signal),
  });
  const folder = mkdtempSync(join(tmpdir(), "kubemate-drill-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const engine = stack.use(
    new JobEngine({
      store: new JobStore(join(folder, "jobs.db")),
      definitions: [definition],
      maxRunning: 1,
      clock,
      logger: base.logger.child("jobs"),
      announcer: announcements,
    }),
  );
  return { engine, definition };
}

function stopUnlessPossible({ problems }: RestorePlan): void {
  const stopping = problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
  if (stopping.length > 0) throw new AppError("storage.plan-stopped", { problems: stopping.join(", ") });
}

function printed({ signed, markdown, html, plain }: ReadableReport, output: StorageDrillOptions["output"]): string {
  switch (output) {
    case "json":
      return jsonLine(signed);
    case "html":
      return html;
    case "markdown":
      return markdown;
    case "text":
      return plain.split("\n").map(terminalSafe).join("\n");
  }
}
