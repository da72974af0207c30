import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { planIdSchema, type JobId } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import { restoreReportSchema, type RestorePlan, type RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import {
  discardPlannedRestore,
  keptPlan,
  type KeptRestorePlan,
} from "../core/storage/restore/plan/planned-restore-files.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { openRestores, type CommandRestores } from "./open-restores.ts";
import { restorePlanText, restoreReportText } from "./restore-printing.ts";
import { storeSubject } from "./open-storage-store.ts";
import { restoreRequestOf, type RestoreOptions } from "./storage-restore-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

const PERMISSION = "storage.restore";

/**
 * Carries out a plan, or makes one of the options and carries it out; one that was begun by the same command and did not come to
 * its end is gone on with. Ctrl-C pauses it.
 */
export async function runStorageRestoreApply(
  context: CommandContext,
  plan: string | undefined,
  options: RestoreOptions,
): Promise<void> {
  using base = openBase(context);
  let ended: Ended;
  {
    await using stack = new AsyncDisposableStack();
    const restores = await openRestores(base, context, stack);
    const planned = await plannedOf(base, context, restores, plan, options);
    if (options.yes !== true || options.output === "text") await printPlan(context, options, planned.plan);
    requireGoable(planned.plan);
    if (options.yes !== true) throw new AppError("request.invalid", { path: "--yes", problem: "nothing was done" });
    ended = await apply(base, context, restores, planned, options);
  }
  // Its job's file is closed now.
  if (ended.job.state === "succeeded") discardPlannedRestore(ended.planned.directory);
  await tell(context, options, ended);
}

interface Ended {
  readonly planned: KeptRestorePlan;
  readonly job: Job;
}

async function plannedOf(
  base: ConsoleBase,
  context: CommandContext,
  restores: CommandRestores,
  plan: string | undefined,
  options: RestoreOptions,
): Promise<KeptRestorePlan> {
  if (plan !== undefined) {
    const id = planIdSchema.safeParse(plan);
    if (!id.success) throw new AppError("request.invalid", { path: "plan", problem: plan.slice(0, 200) });
    return keptPlan(base.profile.file("storage/plans"), id.data, base.clock.nowMs());
  }
  if (options.store === undefined)
    throw new AppError("request.invalid", { path: "--store", problem: "plan | --store" });
  const store = await restores.named(options.store, options.indexPrefix);
  const source = options.fromStore === undefined ? null : await restores.named(options.fromStore, options.indexPrefix);
  const request = restoreRequestOf(options, { store, source }, base.clock.nowMs());
  const begun = restores.begun().find((each) => isSame(each.plan.request, request, options));
  if (begun !== undefined) return begun;
  const subject = { store: storeSubject(options.store), source: request.source.kind, into: null };
  const act = { action: "recovery.planRestore", permission: PERMISSION, auditClass: "access", subject } as const;
  const { signal } = context.terminal;
  return audited(base, context, act, () => restores.plans.make(request, () => undefined, signal));
}

/** A time that is told by the distance from now (`now-2h`) is another one now: what counts is what was asked for. */
function isSame(one: RestoreRequest, other: RestoreRequest, { asOf = "" }: RestoreOptions): boolean {
  const relative = !/^\d/.test(asOf) || !/[-:T]/.test(asOf);
  const plain = ({ source, ...rest }: RestoreRequest) => {
    const of = source.kind === "versions" && relative ? { kind: "versions" } : source;
    return JSON.stringify({ ...rest, source: of });
  };
  return plain(one) === plain(other);
}

/** @throws AppError `storage.plan-stopped`; `request.invalid` for a drill's plan */
function requireGoable({ problems, purpose }: RestorePlan): void {
  if (purpose === "drill") throw new AppError("request.invalid", { path: "plan", problem: "kubemate storage drill" });
  const stopping = problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
  if (stopping.length > 0) throw new AppError("storage.plan-stopped", { problems: [...new Set(stopping)].join(", ") });
}

async function apply(
  base: ConsoleBase,
  context: CommandContext,
  restores: CommandRestores,
  planned: KeptRestorePlan,
  options: RestoreOptions,
): Promise<Ended> {
  const { signal, stdout } = context.terminal;
  const { plan, directory } = planned;
  // Before its own is made: a plan that is taken and has none is a window's.
  if (existsSync(join(directory, "taken")) && !existsSync(join(directory, "job.db"))) {
    throw new AppError("request.invalid", { path: "plan", problem: "a job of the window has this plan" });
  }
  const reason = options.reason?.trim() || "command line";
  const subject = { plan: plan.id, reason };
  const act = { action: "recovery.applyRestore", permission: PERMISSION, auditClass: "change", subject } as const;
  return audited(base, context, act, async () => {
    const { service, engine } = restores.open(planned);
    const [left] = engine.list(null, 1);
    if (left?.state === "cancelled" || left?.state === "succeeded") return { planned, job: left };
    const onChange = engine.onChange((job) => {
      if (options.output === "ndjson" && job.progress !== null) {
        stdout.write(jsonLine({ kind: "progress", state: job.state, ...job.progress }));
      }
    });
    try {
      const caller = { principal: context.principal };
      const id = left?.id ?? (await service.apply(plan.id, reason, caller, signal));
      if (left !== undefined && left.state !== "queued") engine.resume(id);
      else engine.begin();
      return { planned, job: await pausedOrEnded(engine, id, signal) };
    } finally {
      onChange();
    }
  });
}

/** The job when it has ended; Ctrl-C pauses it, and waits until what it paused itself is given back. */
async function pausedOrEnded(engine: JobEngine, id: JobId, signal: AbortSignal): Promise<Job> {
  const ended = (): boolean => !["queued", "running"].includes(engine.get(id).state);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const pause = (): void =>
    void engine.pause(id).catch((error: unknown) => (ended() ? resolve(undefined) : reject(error)));
  const stop = engine.onChange((job) => {
    if (job.id === id && ended()) resolve(undefined);
  });
  if (signal.aborted) pause();
  else signal.addEventListener("abort", pause, { once: true });
  try {
    if (!ended()) await promise;
    return engine.get(id);
  } finally {
    stop();
    signal.removeEventListener("abort", pause);
  }
}

async function tell(context: CommandContext, { output }: RestoreOptions, { planned, job }: Ended): Promise<void> {
  const { terminal, text } = context;
  const report = restoreReportSchema.safeParse(job.output);
  if (report.success) {
    const told =
      output === "text"
        ? restoreReportText(text, job.id, job.state, report.data)
        : jsonLine({
            ...(output === "ndjson" ? { kind: "report" } : {}),
            job: job.id,
            state: job.state,
            ...report.data,
          });
    await write(terminal.stdout, told);
  }
  const again = `kubemate storage restore apply ${planned.plan.id} --yes`;
  if (job.error !== undefined) {
    await write(terminal.stderr, `kubemate: ${terminalSafe(text.error(job.error))}\n`);
    await write(terminal.stderr, `${text.sentence("storage.restore.goesOn", { command: again })}\n`);
    throw new ExitWith(exitCodeOf(job.error.category));
  }
  if (job.state !== "succeeded") {
    await write(terminal.stderr, `${text.sentence("storage.restore.goesOn", { command: again })}\n`);
    throw new ExitWith(EXIT_CODES.interrupted);
  }
  if (report.success && report.data.failedCount > 0) throw new ExitWith(EXIT_CODES.incomplete);
}

async function printPlan({ terminal, text }: CommandContext, { output }: RestoreOptions, plan: RestorePlan) {
  await write(terminal.stdout, output === "text" ? restorePlanText(text, plan) : jsonLine(plan));
}
