import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { DeleteRequest } from "../../../../../src-shared/model/health/delete-request.ts";
import { deleteRequestActions, listDeleteRequests } from "../adapters/delete-requests.ts";
import { requireAccepted, textParam, waitUntil, type StepContext, type StepExecutor } from "./step-executor.ts";

const VERIFY_LIMIT_MS = 30_000;
const POLL_MS = 2_000;

async function find(context: StepContext): Promise<DeleteRequest | null> {
  const requests = await listDeleteRequests(context.site.transport, textParam(context, "tenant"), context.signal);
  return requests.find(({ request }) => request === textParam(context, "request")) ?? null;
}

export const DELETE_STEPS: Readonly<Record<string, StepExecutor>> = {
  "send-cancel": {
    async run(context) {
      const actions = deleteRequestActions(context.site.transport);
      const tenant = textParam(context, "tenant");
      return requireAccepted(await actions.cancel(tenant, textParam(context, "request"), context.signal));
    },
    async look(context) {
      const found = await find(context);
      // A request that was cancelled is in the list no more; one that was processed stays.
      return { done: found === null, detail: { key: "request-state", params: { state: found?.status ?? "-" } } };
    },
  },
  "verify-cancelled": {
    run: (context) => {
      const what = `${textParam(context, "request")}: cancelled`;
      return waitUntil(context, { everyMs: POLL_MS, limitMs: VERIFY_LIMIT_MS, what }, async () => {
        const found = await find(context);
        if (found === null) return { key: "request-state", params: { state: "-" } };
        if (found.status === "received") return null;
        throw new AppError("operation.not-verified", { what: `${what}, not ${found.status}`, seconds: 0 });
      });
    },
  },
};
