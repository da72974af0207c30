import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { RING_PAGES, ringNameSchema } from "../../../../../src-shared/model/health/ring.ts";
import {
  readRing,
  requireAccepted,
  textParam,
  waitUntil,
  type StepContext,
  type StepExecutor,
} from "./step-executor.ts";

/** An id that is in no ring takes Loki nine seconds to refuse. */
const SEND_TIMEOUT_MS = 60_000;
const READS = 3;
/** A healthy member was back after 2.3 s in a real cluster; its next heartbeat is at most this far. */
const BETWEEN_READS_MS = 5_000;
const READ_LIMIT_MS = 120_000;

function ringOf(context: StepContext) {
  return ringNameSchema.parse(textParam(context, "ring"));
}

/** `null` when nobody tells. */
async function isThere(context: StepContext): Promise<boolean | null> {
  const ring = await readRing(context, ringOf(context));
  return ring === null ? null : ring.members.some(({ id }) => id === textParam(context, "member"));
}

export const FORGET_STEPS: Readonly<Record<string, StepExecutor>> = {
  "send-forget": {
    async run(context) {
      const answer = await context.site.pods.send({
        instance: textParam(context, "instance"),
        method: "POST",
        path: RING_PAGES[ringOf(context)],
        form: { forget: textParam(context, "member") },
        signal: context.signal,
        timeoutMs: SEND_TIMEOUT_MS,
      });
      // Loki sends the browser back to the page.
      return requireAccepted(answer, [302, 303]);
    },
    async look(context) {
      const there = await isThere(context);
      const detail = { key: "ring-member", params: { state: there === true ? "there" : "-" } };
      return { done: there === null ? null : !there, detail };
    },
  },
  "verify-forgotten": {
    async run(context) {
      const member = textParam(context, "member");
      let absent = 0;
      let lastAtMs = Number.NEGATIVE_INFINITY;
      const what = `${member}: out of the ${ringOf(context)} ring`;
      return waitUntil(context, { everyMs: BETWEEN_READS_MS, limitMs: READ_LIMIT_MS, what }, async () => {
        const there = await isThere(context);
        if (there === null) return null;
        if (there && absent > 0) {
          const seconds = Math.round((context.clock.nowMs() - context.startedAtMs) / 1_000);
          throw new AppError("operation.not-verified", { what: `${what}; it came back`, seconds });
        }
        // Gossip takes a few seconds to reach whoever tells.
        if (there) return null;
        if (context.clock.nowMs() - lastAtMs >= BETWEEN_READS_MS) {
          absent += 1;
          lastAtMs = context.clock.nowMs();
        }
        const detail = { key: "absent-reads", params: { reads: absent, of: READS } };
        await context.tell(detail, absent / READS);
        return absent >= READS ? detail : null;
      });
    },
  },
};
