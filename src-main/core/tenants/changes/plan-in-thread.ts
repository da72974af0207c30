import { Worker } from "node:worker_threads";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { PlanChange, PlannedChange, PlanRequest } from "./plan-change.ts";

/** What the thread says: a plan, or why there is none. */
export type PlanReply =
  | { readonly planned: PlannedChange }
  | { readonly job: string; readonly impossible: string }
  | { readonly fault: string };

/** Answers in the form that leaves a thread. `plan` is what makes the plan there. */
export function planReply(request: PlanRequest, plan: (request: PlanRequest) => PlannedChange): PlanReply {
  try {
    return { planned: plan(request) };
  } catch (error) {
    if (isAppError(error) && "job" in error.params && "problem" in error.params) {
      return { job: String(error.params.job), impossible: String(error.params.problem) };
    }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/**
 * Makes each plan in a thread of its own, which ends with it: plans are rare, and the console does not stand still for a large file.
 * @throws AppError `tenants.rollback-impossible`, `request.cancelled`; an error of the thread is a fault of the program
 */
export function planInThread(worker: () => URL): PlanChange {
  return async (request, signal) => {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    const thread = new Worker(worker(), { name: "limits-plan", execArgv: [], workerData: request });
    const { promise, resolve, reject } = Promise.withResolvers<PlanReply>();
    const cancel = (): void => reject(new AppError("request.cancelled", {}));
    thread.on("message", resolve);
    thread.on("error", reject);
    thread.on("exit", (code) => reject(new Error(`the thread that makes plans ended with ${code}`)));
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return plannedOf(await promise);
    } finally {
      signal.removeEventListener("abort", cancel);
      await thread.terminate();
    }
  };
}

function plannedOf(reply: PlanReply): PlannedChange {
  if ("planned" in reply) return reply.planned;
  if ("impossible" in reply) {
    throw new AppError("tenants.rollback-impossible", { job: reply.job, problem: reply.impossible });
  }
  throw new Error(reply.fault);
}
