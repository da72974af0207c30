import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Job } from "../../src-shared/model/job.ts";
import {
  quarantineReportSchema,
  type QuarantinePlan,
  type QuarantineRequest,
} from "../../src-shared/model/storage/quarantine.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { followedJob } from "./followed-job.ts";
import { openQuarantine, type CommandQuarantine } from "./open-quarantine.ts";
import { storeSubject } from "./open-storage-store.ts";
import { batchText, quarantinePlanText, quarantineReportText } from "./quarantine-printing.ts";
import { quarantineRequest, type QuarantineOptions } from "./storage-quarantine-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

const PERMISSION = "storage.quarantine";
/** Why an old job of the same command will never come to its end: it is planned anew. */
const SPENT: ReadonlySet<string> = new Set(["operation.plan-expired", "storage.plan-outdated", "files.unreadable"]);

/** Prints what setting objects aside would do. Leaves nothing behind in the bucket. */
export async function runQuarantinePlan(context: CommandContext, options: QuarantineOptions): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const quarantine = await openQuarantine(base, context, options, stack);
  const plan = await planned(base, context, quarantine, quarantineRequest(options, quarantine.store.id), options);
  await printPlan(context, options, plan);
  if (plan.problems.some(({ weight }) => weight === "stops")) throw new ExitWith(EXIT_CODES.invalid);
}

/**
 * Plans, applies and prints the report; a job of the same command that was killed or failed is taken up again. Ctrl-C ends it
 * where it is: the same command goes on with the batch.
 */
export async function runQuarantineApply(context: CommandContext, options: QuarantineOptions): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const quarantine = await openQuarantine(base, context, options, stack);
  const request = quarantineRequest(options, quarantine.store.id);
  const left = options.yes === true ? leftBehind(quarantine, request) : null;
  const gone = left === null ? null : await goOn(left);
  const isSpent = gone === null || SPENT.has(gone.error?.code ?? "");
  const job = isSpent ? await planAndApply(base, context, quarantine, request, options) : gone;
  await tell(context, options, job);

  async function goOn(id: Job["id"]): Promise<Job> {
    const subject = { store: storeSubject(options.store), job: id };
    const act = { action: "recovery.applyQuarantine", permission: PERMISSION, auditClass: "change", subject } as const;
    return audited(base, context, act, async () => {
      const engine = quarantine.engine();
      engine.resume(id);
      const ended = await followedJob(engine, id, context.terminal.signal);
      if (SPENT.has(ended.error?.code ?? "")) engine.remove(id);
      return ended;
    });
  }
}

/** Prints the batches in a bucket. */
export async function runQuarantineList(context: CommandContext, options: QuarantineOptions): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { service, store } = await openQuarantine(base, context, options, stack);
  const subject = { store: storeSubject(options.store) };
  const act = { action: "recovery.batches", permission: "storage.read", auditClass: "access", subject } as const;
  const { stdout, signal } = context.terminal;
  const batches = await audited(base, context, act, () => service.batches(store.id, signal));
  if (options.output === "json") await write(stdout, jsonLine(batches));
  else if (options.output === "ndjson") await write(stdout, batches.map(jsonLine).join(""));
  else await write(stdout, batches.map((batch) => batchText(context.text, batch)).join(""));
}

async function planned(
  base: ConsoleBase,
  context: CommandContext,
  { service }: CommandQuarantine,
  request: QuarantineRequest,
  options: QuarantineOptions,
): Promise<QuarantinePlan> {
  const subject = { store: storeSubject(options.store), kind: request.kind };
  const act = { action: "recovery.planQuarantine", permission: PERMISSION, auditClass: "access", subject } as const;
  const { terminal, principal } = context;
  return audited(base, context, act, () => service.plan(request, { principal }, terminal.signal));
}

async function planAndApply(
  base: ConsoleBase,
  context: CommandContext,
  quarantine: CommandQuarantine,
  request: QuarantineRequest,
  options: QuarantineOptions,
): Promise<Job> {
  const { signal } = context.terminal;
  const plan = await planned(base, context, quarantine, request, options);
  // One document on standard output: the report carries its plan.
  if (options.output === "text" || options.yes !== true) await printPlan(context, options, plan);
  if (options.yes !== true) throw new AppError("request.invalid", { path: "--yes", problem: "nothing was done" });
  const given = options.reason?.trim() ?? "";
  const doubts = plan.problems.filter(({ weight }) => weight === "doubts").map(({ code }) => code);
  if (given === "" && doubts.length > 0) {
    throw new AppError("request.invalid", { path: "--reason", problem: `the plan doubts: ${doubts.join(", ")}` });
  }
  const reason = (given === "" ? "command line" : given).slice(0, 500);
  const subject = { store: storeSubject(options.store), plan: plan.id, batch: plan.batch, reason };
  const act = { action: "recovery.applyQuarantine", permission: PERMISSION, auditClass: "change", subject } as const;
  return audited(base, context, act, async () => {
    const engine = quarantine.engine();
    const job = await quarantine.service.apply(plan.id, reason, { principal: context.principal }, signal);
    return followedJob(engine, job, signal);
  });
}

/** A job that the same request began and that did not come to its end: killed, or failed. */
function leftBehind({ engine }: CommandQuarantine, request: QuarantineRequest): Job["id"] | null {
  const wanted = JSON.stringify(request);
  const left = engine()
    .list(["interrupted", "failed", "paused"], 50)
    .find(({ output }) => {
      const report = quarantineReportSchema.safeParse(output);
      return report.success && JSON.stringify(report.data.plan.request) === wanted;
    });
  return left?.id ?? null;
}

async function tell({ terminal, text }: CommandContext, { output }: QuarantineOptions, job: Job): Promise<void> {
  const report = quarantineReportSchema.safeParse(job.output);
  if (report.success) {
    const { plan: _plan, ...told } = report.data;
    const printed =
      output === "text"
        ? quarantineReportText(text, job.id, job.state, report.data)
        : jsonLine({ job: job.id, state: job.state, batch: report.data.plan.batch, ...told, plan: report.data.plan });
    await write(terminal.stdout, printed);
  }
  if (job.error !== undefined) {
    await write(terminal.stderr, `kubemate: ${terminalSafe(text.error(job.error))}\n`);
    throw new ExitWith(exitCodeOf(job.error.category));
  }
  if (job.state !== "succeeded") throw new ExitWith(EXIT_CODES.interrupted);
  if (report.success && !report.data.done) throw new ExitWith(EXIT_CODES.incomplete);
}

async function printPlan({ terminal, text }: CommandContext, { output }: QuarantineOptions, plan: QuarantinePlan) {
  await write(terminal.stdout, output === "text" ? quarantinePlanText(text, plan) : jsonLine(plan));
}
