import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { changeSubject } from "../../src-shared/api/tenants.api.ts";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import {
  type LimitChange,
  limitChangeReportSchema,
  type LimitPlan,
  limitPlanSchema,
} from "../../src-shared/model/tenants/limit-change.ts";
import type { PresentLimit } from "../../src-shared/model/tenants/limit-presets.ts";
import type { Job } from "../../src-shared/model/job.ts";
import { publishedLimits } from "../core/console-tenants-limits.ts";
import { openChanges } from "../core/console-changes.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { HealthSite } from "../core/health/health-site.ts";
import { JobEngine } from "../core/jobs/job-engine.ts";
import { JobStore } from "../core/jobs/job-store.ts";
import { findRuntimeConfig } from "../core/tenants/board/find-runtime-config.ts";
import type { ChangesService } from "../core/tenants/changes/changes.service.ts";
import { readSiteFacts, type ReadFacts } from "../core/tenants/changes/read-site-facts.ts";
import { readPublishedLimits } from "../core/tenants/limits/reading/config-facts.ts";
import { effectiveLimits } from "../core/tenants/limits/effective-limits.ts";
import { readRuntimeOverrides } from "../core/tenants/limits/runtime-overrides.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { followedJob } from "./followed-job.ts";
import { changeOf, splitSettings, type LimitsChangeOptions } from "./limits-change-options.ts";
import { limitPlanText, limitReportText } from "./limits-change-printing.ts";
import { commandHealthSite } from "./open-health-site.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const INTERVAL_MS = 5_000;
const PERMISSION = "tenants.limits";

/** Prints what a change would do. Writes nothing. */
export async function runLimitsPlan(given: CommandContext, options: LimitsChangeOptions): Promise<void> {
  const { context, limits } = splitSettings(given);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const desk = await openDesk(base, context, options, stack);
  const plan = await desk.plan(await desk.changeOf(limits));
  await printPlan(context, options, plan);
  if (plan.problems.some(({ weight }) => weight === "stops")) throw new ExitWith(EXIT_CODES.invalid);
}

/** Plans, applies and prints the report. Ctrl-C stops the watching; what was written stays. */
export async function runLimitsApply(given: CommandContext, options: LimitsChangeOptions): Promise<void> {
  const { context, limits } = splitSettings(given);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const saved = options.plan === undefined ? null : await savedPlan(context, options.plan);
  const site = options.site ?? saved?.site;
  const desk = await openDesk(base, context, site === undefined ? options : { ...options, site }, stack);
  const plan = await desk.plan(saved?.change ?? (await desk.changeOf(limits)));
  if (saved !== null) requireSame(saved, plan);
  // One document on standard output: the report carries its plan.
  if (options.output === "text" || options.yes !== true) await printPlan(context, options, plan);
  if (options.yes !== true) throw new AppError("request.invalid", { path: "--yes", problem: "nothing was done" });
  const job = await desk.apply(plan);
  const report = limitChangeReportSchema.safeParse(job.output);
  const { stdout, stderr } = context.terminal;
  if (report.success) {
    const told =
      options.output === "text"
        ? limitReportText(context.text, job.id, job.state, report.data)
        : jsonLine({ job: job.id, state: job.state, ...report.data });
    await write(stdout, told);
  }
  if (job.state === "cancelled") throw new ExitWith(EXIT_CODES.interrupted);
  if (job.error === undefined) return;
  await write(stderr, `kubemate: ${terminalSafe(context.text.error(job.error))}\n`);
  throw new ExitWith(exitCodeOf(job.error.category));
}

/** Prints the changes that this profile made, with their jobs. */
export async function runLimitsChanges(given: CommandContext, options: LimitsChangeOptions): Promise<void> {
  const { context } = splitSettings(given);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const desk = await openDesk(base, context, options, stack);
  const changes = desk.service.list(desk.site.id, 200);
  const { stdout } = context.terminal;
  if (options.output === "json") await write(stdout, jsonLine(changes));
  else if (options.output === "ndjson") await write(stdout, changes.map(jsonLine).join(""));
  else {
    const lines = changes.map(({ job, atMs, principal, state, report }) => {
      const back = report.rolledBackBy === undefined ? "" : ` ← ${report.rolledBackBy}`;
      return terminalSafe(
        `${new Date(atMs).toISOString()} ${job} ${state} ${principal} ${changeSubject(report.plan.change)}${back}`,
      );
    });
    await write(stdout, lines.map((line) => `${line}\n`).join(""));
  }
}

interface CommandDesk {
  readonly site: HealthSite;
  readonly service: ChangesService;
  changeOf(set: readonly string[]): Promise<LimitChange>;
  plan(change: LimitChange): Promise<LimitPlan>;
  /** The job when it has ended. */
  apply(plan: LimitPlan): Promise<Job>;
}

async function openDesk(
  base: ConsoleBase,
  context: CommandContext,
  options: LimitsChangeOptions,
  stack: AsyncDisposableStack,
): Promise<CommandDesk> {
  const { signal, stdin } = context.terminal;
  if (options.site === undefined) throw new AppError("request.invalid", { path: "--site", problem: "--site ID" });
  const open = await commandHealthSite(base, context, { site: options.site }, INTERVAL_MS, stack);
  const site = await open(signal);
  let known: ReadFacts | null = null;
  const facts = async (inner: AbortSignal): Promise<ReadFacts> => {
    known ??= await readSiteFacts(site, await roundOf(site, inner), inner);
    return known;
  };
  const findRuntime = (of: HealthSite, inner: AbortSignal) =>
    findRuntimeConfig(of, async (asked) => (await facts(asked)).config?.runtimeFiles ?? null, inner);
  const askPublished = publishedLimits(base, KUBEMATE_VERSION);
  const engineFolder = mkdtempSync(join(tmpdir(), "kubemate-limits-"));
  stack.defer(() => rmSync(engineFolder, { recursive: true, force: true }));
  const service: ChangesService = openChanges(
    {
      base,
      openSite: () => Promise.resolve(site),
      findRuntime,
      facts: async (_site, inner) => (await facts(inner)).facts,
      publishedLimits: async (of, tenant, inner) => readPublishedLimits(await askPublished(of, tenant, inner)),
      jobs: () => engine,
    },
    stack,
  );
  const engine = stack.use(
    new JobEngine({
      store: new JobStore(join(engineFolder, "jobs.db")),
      definitions: [service.job],
      maxRunning: 1,
      clock: base.clock,
      logger: base.logger.child("jobs"),
      announcer: base.announcements,
    }),
  );
  const caller = {
    principal: context.principal,
    role: base.settings.get("safety.role"),
    tenants: { kind: "every" },
  } as const;
  const subjectOf = (change: LimitChange) => ({ site: site.id, change: change.kind, subject: changeSubject(change) });
  const present = async (tenant: string): Promise<PresentLimit> => {
    const { facts: read } = await facts(signal);
    const { text } = await findRuntime(site, signal);
    const { config, defaults } = read;
    const limits = effectiveLimits(tenant, {
      config,
      defaults,
      overrides: readRuntimeOverrides(text),
      published: null,
    });
    const values = new Map(limits.map(({ key, value }) => [key, value]));
    return (key) => {
      const value = values.get(key) ?? null;
      return value === null ? null : { value: value.text, number: value.number };
    };
  };
  const readText = async (file: string) => (file === "-" ? textOf(stdin) : fileText(file));
  return {
    site,
    service,
    changeOf: (set) => changeOf(options, set, { present, readText, nowMs: base.clock.nowMs() }),
    plan: (change) =>
      audited(
        base,
        context,
        { action: "tenants.plan", permission: PERMISSION, auditClass: "access", subject: subjectOf(change) },
        () => service.plan(site.id, change, caller, signal),
      ),
    apply: (plan) => {
      const reason = options.reason?.trim() || "command line";
      const subject = { ...subjectOf(plan.change), plan: plan.id, reason };
      const act = { action: "tenants.applyPlan", permission: PERMISSION, auditClass: "change", subject } as const;
      return audited(base, context, act, async () => {
        const job = await service.apply(plan.id, reason, caller, signal);
        return followedJob(engine, job, signal);
      });
    },
  };
}

/** One round; a site whose processes cannot be listed has none. */
async function roundOf(site: HealthSite, signal: AbortSignal) {
  try {
    return (await site.rounds.round(signal)).round;
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}

async function savedPlan(context: CommandContext, file: string): Promise<LimitPlan> {
  const text = file === "-" ? await textOf(context.terminal.stdin) : await fileText(file);
  try {
    return limitPlanSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      "request.invalid",
      { path: "--plan", problem: "no plan of `limits plan --output json`" },
      { cause: error },
    );
  }
}

/** @throws AppError `operation.plan-stale` when the ConfigMap is another one than the plan was made of */
function requireSame(saved: LimitPlan, now: LimitPlan): void {
  const { namespace, name, resourceVersion } = now.place;
  const same = saved.place.resourceVersion === resourceVersion && saved.diff === now.diff && saved.place.name === name;
  if (!same) throw new AppError("operation.plan-stale", { what: `ConfigMap ${namespace}/${name}` });
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 200) }, { cause: error });
  }
}

async function printPlan({ terminal, text }: CommandContext, { output }: LimitsChangeOptions, plan: LimitPlan) {
  await write(terminal.stdout, output === "text" ? limitPlanText(text, plan) : jsonLine(plan));
}
