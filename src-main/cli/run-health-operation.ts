import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operationSubject } from "../../src-shared/api/health.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { type OperationPlan, operationReportSchema } from "../../src-shared/model/health/operation.ts";
import type { Job } from "../../src-shared/model/job.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { previewLines } from "../core/console-health.ts";
import { sourceFactory } from "../core/console-sites.ts";
import type { HealthSite } from "../core/health/health-site.ts";
import { OperationsService } from "../core/health/operations/operations.service.ts";
import { ringPages } from "../core/health/site-pages.ts";
import { JobEngine } from "../core/jobs/job-engine.ts";
import { JobStore } from "../core/jobs/job-store.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { secondsOption } from "./health-options.ts";
import { followedJob } from "./followed-job.ts";
import { commandHealthSite } from "./open-health-site.ts";
import { operationOf, type OperationOptions } from "./operation-options.ts";
import { planText, reportText } from "./operation-printing.ts";
import { openWatch, watched } from "./run-health.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const INTERVAL_MS = 5_000;
const LONGEST_WAIT_SECONDS = 3_600;

/** Prints what an operation would do and whether it is safe now. Sends nothing that acts. */
export async function runHealthPlan(context: CommandContext, options: OperationOptions, kind: string): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const desk = await openDesk(base, context, options, kind, stack);
  await printPlan(context, options, await desk.plan());
}

/** Plans, does it and prints the report. Ctrl-C begins nothing further, and sets back what must be. */
export async function runHealthApply(context: CommandContext, options: OperationOptions, kind: string): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const desk = await openDesk(base, context, options, kind, stack);
  const plan = await desk.plan();
  // One document on standard output: the report carries its plan.
  if (options.output === "text" || options.yes !== true) await printPlan(context, options, plan);
  if (options.yes !== true) throw new AppError("request.invalid", { path: "--yes", problem: "nothing was done" });
  const job = await desk.apply(plan);
  const report = operationReportSchema.safeParse(job.output);
  const { stdout, stderr } = context.terminal;
  if (report.success) {
    await write(
      stdout,
      options.output === "text" ? reportText(context.text, job.state, report.data) : jsonLine(report.data),
    );
  }
  if (job.state === "cancelled") throw new ExitWith(EXIT_CODES.interrupted);
  if (job.error === undefined) return;
  await write(stderr, `kubemate: ${terminalSafe(context.text.error(job.error))}\n`);
  throw new ExitWith(exitCodeOf(job.error.category));
}

interface CommandDesk {
  plan(): Promise<OperationPlan>;
  /** The job when it has ended. */
  apply(plan: OperationPlan): Promise<Job>;
}

async function openDesk(
  base: ConsoleBase,
  context: CommandContext,
  options: OperationOptions,
  kind: string,
  stack: AsyncDisposableStack,
): Promise<CommandDesk> {
  const waitMs = secondsOption("--wait", options.wait, 0, LONGEST_WAIT_SECONDS);
  const { signal } = context.terminal;
  // Said before anything is opened; the namespace is not known yet, and none is at fault for it.
  operationOf(kind, options, "default");
  const open = await commandHealthSite(base, context, options, INTERVAL_MS, stack);
  const site = await open(signal);
  const operation = operationOf(kind, options, site.cluster?.namespace ?? "default");
  const watch = stack.use(openWatch(base, open, INTERVAL_MS));
  await watched(context, base, watch, waitMs);
  const { service, engine } = openOperations(base, context, site, watch, stack);
  const caller = { principal: context.principal, role: base.settings.get("safety.role") };
  const subject = { site: site.id, operation: operation.kind, subject: operationSubject(operation) };
  const permission = "health.operate";
  return {
    plan: () =>
      audited(base, context, { action: "health.plan", permission, auditClass: "access", subject }, () =>
        service.plan(site.id, operation, caller, signal),
      ),
    apply: (plan) => {
      const reason = options.reason?.trim() ?? null;
      const act = {
        action: "health.applyPlan",
        permission,
        auditClass: "change",
        subject: { ...subject, plan: plan.id, reason },
      } as const;
      return audited(base, context, act, async () => {
        const job = await service.apply(plan.id, reason, caller, signal);
        return followedJob(engine, job, signal);
      });
    },
  };
}

function openOperations(
  base: ConsoleBase,
  context: CommandContext,
  site: HealthSite,
  watch: ReturnType<typeof openWatch>,
  stack: AsyncDisposableStack,
): { readonly service: OperationsService; readonly engine: JobEngine } {
  const { clock, logger, announcements: announcer, settings } = base;
  const folder = mkdtempSync(join(tmpdir(), "kubemate-operation-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { environment, locateWorker } = context.terminal;
  const sources = sourceFactory({ version: KUBEMATE_VERSION, environment, locateWorker }, base, stack);
  const service: OperationsService = new OperationsService({
    openSite: () => Promise.resolve(site),
    board: () => watch.board,
    rings: (of, names, signal) => ringPages(of, names, watch.memory?.latest ?? null, clock, signal),
    lastFlush: () => Promise.resolve(null),
    previewLines: (question, signal) =>
      previewLines(
        () =>
          Promise.resolve(
            sources.loki({
              transport: site.transport,
              site: site.id,
              tenant: tenantIdSchema.parse(question.tenant),
            }),
          ),
        question,
        signal,
      ),
    jobs: () => engine,
    may: (role, permission) => decide({ role, readOnly: settings.get("safety.readOnly") }, permission).allowed,
    clock,
    announcer,
    logger: logger.child("operations"),
  });
  const engine = stack.use(
    new JobEngine({
      store: new JobStore(join(folder, "jobs.db")),
      definitions: [service.job],
      maxRunning: 1,
      clock,
      logger: logger.child("jobs"),
      announcer,
    }),
  );
  return { service, engine };
}

async function printPlan({ terminal, text }: CommandContext, { output }: OperationOptions, plan: OperationPlan) {
  await write(terminal.stdout, output === "text" ? planText(text, plan) : jsonLine(plan));
}
