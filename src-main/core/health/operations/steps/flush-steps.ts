import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { IngesterReading } from "../ingester-reading.ts";
import {
  numberParam,
  requireAccepted,
  textParam,
  waitUntil,
  type StepContext,
  type StepDetail,
  type StepExecutor,
} from "./step-executor.ts";

const SEND_TIMEOUT_MS = 60_000;
/** Two thousand chunks of an ingester that puts four a second take eight minutes. */
const DRAIN_LIMIT_MS = 20 * 60_000;
const POLL_MS = 2_000;
/** A queue that short is empty but for what falls due meanwhile. */
const SHORT_QUEUE = 10;
const SHORT_SHARE = 0.05;
/** Where the queue fills as fast as it drains, a flush is over when it has made no chunk for this long. */
const SETTLED_MS = 15_000;

interface Baseline {
  readonly queue: number;
  readonly chunks: number;
  readonly flushed: number;
  readonly forced: number;
  readonly failures: number;
  readonly processAtMs: number;
}

/** @throws AppError `operation.unsupported` for a process that is no ingester */
function baselineOf({ instance, queue, chunks, flushed, forced, failures, startedAtMs }: IngesterReading): Baseline {
  if (queue === null || chunks === null || forced === null) {
    throw new AppError("operation.unsupported", { operation: "flush", problem: `${instance} has no flush queue` });
  }
  return {
    queue,
    chunks,
    flushed: flushed ?? 0,
    forced,
    failures: failures ?? 0,
    processAtMs: startedAtMs ?? 0,
  };
}

function before(context: StepContext): Baseline {
  const detail = context.earlier("read-flush");
  if (detail === null) throw new Error("nothing was read before the flush");
  const of = (name: string) => numberParam(detail, name);
  return {
    queue: of("queue"),
    chunks: of("chunks"),
    flushed: of("flushed"),
    forced: of("forced"),
    failures: of("failures"),
    processAtMs: of("processAtMs"),
  };
}

/** A reading of the process that was flushed. @throws AppError `operation.not-verified` for a new one */
async function readSame(context: StepContext, base: Baseline): Promise<Baseline> {
  const instance = textParam(context, "instance");
  const now = baselineOf(await context.pages.reading(instance, context.signal));
  if (now.processAtMs === base.processAtMs) return now;
  const seconds = Math.round((context.clock.nowMs() - context.startedAtMs) / 1_000);
  throw new AppError("operation.not-verified", { what: `${instance}: restarted meanwhile`, seconds });
}

async function drained(context: StepContext): Promise<StepDetail> {
  const { clock } = context;
  const base = before(context);
  const instance = textParam(context, "instance");
  let peak = base.queue;
  let last = { forced: -1, atMs: clock.nowMs() };
  const look = async (): Promise<StepDetail | null> => {
    const now = await readSame(context, base);
    peak = Math.max(peak, now.queue);
    if (now.forced !== last.forced) last = { forced: now.forced, atMs: clock.nowMs() };
    const made = now.forced - base.forced;
    const detail = {
      key: "flush-queue",
      params: { queue: Math.round(now.queue), peak: Math.round(peak), flushed: Math.round(made) },
    };
    await context.tell(detail, peak === 0 ? 1 : 1 - now.queue / peak);
    const short = now.queue <= Math.max(SHORT_QUEUE, peak * SHORT_SHARE);
    const settled = clock.nowMs() - last.atMs >= SETTLED_MS && now.queue <= Math.max(SHORT_QUEUE, base.queue);
    const began = made > 0 || base.chunks === 0;
    return began && (short || settled) ? detail : null;
  };
  const what = `${instance}: flush queue drained`;
  return waitUntil(context, { everyMs: POLL_MS, limitMs: DRAIN_LIMIT_MS, what }, look);
}

export const FLUSH_STEPS: Readonly<Record<string, StepExecutor>> = {
  "read-flush": {
    async run(context) {
      const read = baselineOf(await context.pages.reading(textParam(context, "instance"), context.signal));
      return { key: "flush-before", params: { ...read } };
    },
  },
  "send-flush": {
    async run(context) {
      const answer = await context.site.pods.send({
        instance: textParam(context, "instance"),
        method: "POST",
        path: "/flush",
        signal: context.signal,
        timeoutMs: SEND_TIMEOUT_MS,
      });
      return requireAccepted(answer);
    },
    async look(context) {
      // Nothing else makes chunks for this reason.
      const made = (await readSame(context, before(context))).forced - before(context).forced;
      return { done: made > 0 ? true : null, detail: { key: "seen-flushing", params: { flushed: Math.round(made) } } };
    },
  },
  "wait-flushed": { run: drained },
  "verify-flush": {
    async run(context) {
      const base = before(context);
      const now = await readSame(context, base);
      const failures = Math.round(now.failures - base.failures);
      const params = { flushed: Math.round(now.forced - base.forced), failures, queue: Math.round(now.queue) };
      if (failures === 0) return { key: "flush-verified", params };
      await context.tell({ key: "flush-failures", params });
      const seconds = Math.round((context.clock.nowMs() - context.plan.createdAtMs) / 1_000);
      const what = `${textParam(context, "instance")}: flushed without failures (${failures})`;
      throw new AppError("operation.not-verified", { what, seconds });
    },
  },
};
