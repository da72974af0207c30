import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LokiTransport } from "../../../clusters/loki-transport.ts";
import type { PodActions } from "../pod-actions.ts";
import { answerOf, MAX_ANSWER_BYTES, requestText, requireActing, sendFailure } from "./acting-request.ts";

/** A Loki reached by its URL is one process as far as anybody can tell. */
const ONLY_INSTANCE = "all";

/** Acting on a Loki that is reached by its URL alone. */
export function transportActions(transport: LokiTransport): PodActions {
  return {
    async send(request) {
      requireActing(request);
      const { instance, method, path, query, form, signal, timeoutMs } = request;
      if (instance !== ONLY_INSTANCE) throw new AppError("health.instance-unknown", { instance });
      try {
        const answer = await transport.request({
          role: "admin",
          method,
          path,
          ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
          ...(form === undefined
            ? {}
            : {
                headers: { "content-type": "application/x-www-form-urlencoded" },
                body: new URLSearchParams(form).toString(),
              }),
          signal,
          timeoutMs,
        });
        return answerOf(answer.status, await answer.bytes(MAX_ANSWER_BYTES));
      } catch (error) {
        throw sendFailure(error, requestText(request));
      }
    },
  };
}
