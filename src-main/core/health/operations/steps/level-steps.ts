import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import { readLogLevel } from "../log-level.ts";
import {
  numberParam,
  requireAccepted,
  textParam,
  type StepContext,
  type StepDetail,
  type StepExecutor,
} from "./step-executor.ts";

const SEND_TIMEOUT_MS = 30_000;
const TELL_EVERY_MS = 15_000;

async function setLevel(context: StepContext): Promise<StepDetail> {
  const answer = await context.site.pods.send({
    instance: textParam(context, "instance"),
    method: "POST",
    path: "/log_level",
    form: { log_level: textParam(context, "level") },
    signal: context.signal,
    timeoutMs: SEND_TIMEOUT_MS,
  });
  return requireAccepted(answer);
}

async function currentLevel(context: StepContext): Promise<StepDetail> {
  const level = await readLogLevel(context.pages, textParam(context, "instance"), context.signal);
  return { key: "level", params: { level } };
}

async function verifyLevel(context: StepContext): Promise<StepDetail> {
  const detail = await currentLevel(context);
  const wanted = textParam(context, "level");
  if (detail.params["level"] === wanted) return detail;
  const what = `${textParam(context, "instance")}: ${wanted}, not ${detail.params["level"] ?? ""}`;
  throw new AppError("operation.not-verified", { what, seconds: 0 });
}

async function lookLevel(context: StepContext) {
  const detail = await currentLevel(context);
  return { done: detail.params["level"] === textParam(context, "level"), detail };
}

/** A pod that is gone has taken its level with it; the one in its place starts with its configuration's. */
function orGone(work: (context: StepContext) => Promise<StepDetail>): (context: StepContext) => Promise<StepDetail> {
  return async (context) => {
    try {
      return await work(context);
    } catch (error) {
      if (hasCode(error, "health.instance-unknown")) return { key: "pod-gone", params: {} };
      throw error;
    }
  };
}

export const LEVEL_STEPS: Readonly<Record<string, StepExecutor>> = {
  "read-level": { run: currentLevel },
  "send-level": { run: setLevel, look: lookLevel },
  "verify-level": { run: verifyLevel },
  "wait-minutes": {
    async run(context) {
      const { clock, signal, startedAtMs } = context;
      const untilAtMs = startedAtMs + numberParam(context.step, "minutes") * 60_000;
      const detail = { key: "until", params: { untilAtMs } };
      for (let leftMs = untilAtMs - clock.nowMs(); leftMs > 0; leftMs = untilAtMs - clock.nowMs()) {
        if (signal.aborted) throw new AppError("request.cancelled", {});
        // oxlint-disable-next-line no-await-in-loop -- minutes pass one after the other
        await context.tell(detail, 1 - leftMs / (untilAtMs - startedAtMs));
        // oxlint-disable-next-line no-await-in-loop -- as above
        await clock.sleep(Math.min(leftMs, TELL_EVERY_MS), signal).catch(() => undefined);
      }
      return detail;
    },
  },
  "restore-level": { run: orGone(setLevel), look: lookLevel, setsBack: { of: "send-level" } },
  "verify-restored": { run: orGone(verifyLevel), setsBack: { of: "send-level" } },
};
