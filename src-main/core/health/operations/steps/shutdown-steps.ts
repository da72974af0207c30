import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { RingMemberView } from "../../../../../src-shared/model/health/ring.ts";
import {
  numberParam,
  readRing,
  requireAccepted,
  textParam,
  waitUntil,
  type Sighting,
  type StepContext,
  type StepDetail,
  type StepExecutor,
} from "./step-executor.ts";

const SEND_TIMEOUT_MS = 30_000;
/** It answers when everything is flushed. */
const SHUTDOWN_TIMEOUT_MS = 20 * 60_000;
const LEAVE_LIMIT_MS = 20 * 60_000;
const BACK_LIMIT_MS = 15 * 60_000;
const POLL_MS = 1_000;

/** `set` or `unset`, by `GET`, which only tells. */
async function readPrepared(context: StepContext): Promise<string> {
  return context.pages.text(textParam(context, "instance"), "/ingester/prepare_shutdown", context.signal);
}

function preparing(method: "POST" | "DELETE", setsBack?: StepExecutor["setsBack"]): StepExecutor {
  const wanted = method === "POST" ? "set" : "unset";
  return {
    ...(setsBack === undefined ? {} : { setsBack }),
    async run(context) {
      const answer = await context.site.pods.send({
        instance: textParam(context, "instance"),
        method,
        path: "/ingester/prepare_shutdown",
        signal: context.signal,
        timeoutMs: SEND_TIMEOUT_MS,
      });
      return requireAccepted(answer);
    },
    async look(context) {
      const state = await readPrepared(context);
      return { done: state === wanted, detail: { key: "prepared-state", params: { state } } };
    },
  };
}

async function member(context: StepContext): Promise<RingMemberView | "absent" | null> {
  const ring = await readRing(context, "ingester");
  if (ring === null) return null;
  return ring.members.find(({ id }) => id === textParam(context, "instance")) ?? "absent";
}

function processBefore(context: StepContext): number {
  const detail = context.earlier("read-process");
  if (detail === null) throw new Error("nothing was read before the shutdown");
  return numberParam(detail, "processAtMs");
}

/** Whether another process answers than the one that was told to shut down; `null` when nobody does. */
async function isNewProcess(context: StepContext): Promise<boolean | null> {
  try {
    const { startedAtMs } = await context.pages.reading(textParam(context, "instance"), context.signal);
    return startedAtMs === null ? null : startedAtMs > processBefore(context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof AppError)) throw error;
    return null;
  }
}

/** It has left when it is in the ring no more, or is there as another process already. */
async function left(context: StepContext): Promise<StepDetail | null> {
  const seen = await member(context);
  if (seen === null) return null;
  if (seen === "absent") return { key: "ring-state", params: { state: "-" } };
  const detail = { key: "ring-state", params: { state: seen.state } };
  await context.tell(detail);
  return (await isNewProcess(context)) === true ? detail : null;
}

async function back(context: StepContext): Promise<StepDetail | null> {
  const instance = textParam(context, "instance");
  const [seen, fresh, ready] = await Promise.all([
    member(context),
    isNewProcess(context),
    context.pages.ready(instance, context.signal),
  ]);
  const state = seen === null || seen === "absent" ? "-" : seen.state;
  const detail = { key: "process-back", params: { state, ready: ready ? "ready" : "not ready" } };
  await context.tell(detail);
  return fresh === true && ready && state === "ACTIVE" ? detail : null;
}

async function lookShutdown(context: StepContext): Promise<Sighting> {
  const seen = await member(context);
  if (seen === "absent") return { done: true, detail: { key: "ring-state", params: { state: "-" } } };
  const state = seen?.state ?? "?";
  const detail = { key: "ring-state", params: { state } };
  const gone = state === "LEAVING" || (await isNewProcess(context)) === true;
  // Still ACTIVE says nothing yet: it leaves a second or more after it was told to.
  return { done: gone ? true : null, detail };
}

export const SHUTDOWN_STEPS: Readonly<Record<string, StepExecutor>> = {
  "send-prepare": preparing("POST"),
  "send-unprepare": preparing("DELETE"),
  "take-back-prepare": preparing("DELETE", { of: "send-prepare", unless: "patch-scale" }),
  "verify-prepared": {
    async run(context) {
      const wanted = textParam(context, "state");
      const state = await readPrepared(context);
      if (state === wanted) return { key: "prepared-state", params: { state } };
      const what = `${textParam(context, "instance")}: ${wanted}, not ${state.slice(0, 20)}`;
      throw new AppError("operation.not-verified", { what, seconds: 0 });
    },
  },
  "read-process": {
    async run(context) {
      const instance = textParam(context, "instance");
      const { startedAtMs, chunks, queue } = await context.pages.reading(instance, context.signal);
      if (startedAtMs === null) {
        throw new AppError("operation.unsupported", {
          operation: "shutdown-ingester",
          problem: `${instance} does not tell when it started`,
        });
      }
      const params = { processAtMs: startedAtMs, chunks: chunks ?? 0, queue: Math.round(queue ?? 0) };
      return { key: "process-before", params };
    },
  },
  "send-shutdown": {
    async run(context) {
      const answer = await context.site.pods.send({
        instance: textParam(context, "instance"),
        method: "POST",
        path: "/ingester/shutdown",
        query: { flush: "true", delete_ring_tokens: textParam(context, "deleteRingTokens"), terminate: "true" },
        signal: context.signal,
        timeoutMs: SHUTDOWN_TIMEOUT_MS,
      });
      return requireAccepted(answer);
    },
    look: lookShutdown,
  },
  "wait-left": {
    run: (context) => {
      const what = `${textParam(context, "instance")}: left the ring`;
      return waitUntil(context, { everyMs: POLL_MS, limitMs: LEAVE_LIMIT_MS, what }, () => left(context));
    },
  },
  "wait-back": {
    run: (context) => {
      const what = `${textParam(context, "instance")}: back as a new process`;
      return waitUntil(context, { everyMs: 2 * POLL_MS, limitMs: BACK_LIMIT_MS, what }, () => back(context));
    },
  },
  "verify-back": {
    run: (context) => {
      const what = `${textParam(context, "instance")}: ACTIVE and ready`;
      return waitUntil(context, { everyMs: POLL_MS, limitMs: 30_000, what }, () => back(context));
    },
  },
  "verify-gone": {
    run: (context) => {
      const what = `${textParam(context, "instance")}: out of the ring`;
      return waitUntil(context, { everyMs: POLL_MS, limitMs: 30_000, what }, () => left(context));
    },
  },
};
