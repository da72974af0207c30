import { z } from "zod";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { DeleteRequest } from "../../../../../src-shared/model/health/delete-request.ts";
import type { LokiTransport } from "../../../clusters/loki-transport.ts";
import type { DeleteRequestActions } from "../pod-actions.ts";
import { answerOf, MAX_ANSWER_BYTES, sendFailure } from "./acting-request.ts";

export const DELETE_PATH = "/loki/api/v1/delete";
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 2 ** 20;
const MAX_REQUESTS = 5_000;

/** `pkg/compactor/deletion/delete_request.go`; times are seconds, whole or with a fraction. */
const listSchema = z
  .array(
    z.object({
      request_id: z.string(),
      start_time: z.number(),
      end_time: z.number(),
      query: z.string(),
      status: z.string(),
      created_at: z.number(),
    }),
  )
  .nullable();

/** A tenant's delete requests, newest first. @throws AppError `loki.bad-response`, or what the transport rejects with */
export async function listDeleteRequests(
  transport: LokiTransport,
  tenant: string,
  signal: AbortSignal,
): Promise<DeleteRequest[]> {
  const answer = await transport.request({
    role: "admin",
    method: "GET",
    path: DELETE_PATH,
    headers: { "x-scope-orgid": tenant },
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  const body = await answer.bytes(MAX_BYTES);
  const { status } = answer;
  if (status === 401 || status === 403) throw new AppError("loki.unauthorized", { status });
  if (status !== 200) {
    throw new AppError("loki.bad-response", { status, problem: answerOf(status, body).text.slice(0, 200) });
  }
  return requestsOf(body, tenant);
}

function requestsOf(body: Uint8Array, tenant: string): DeleteRequest[] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new AppError("loki.bad-response", { status: 200, problem: "no JSON" }, { cause: error });
  }
  const parsed = listSchema.safeParse(json);
  if (!parsed.success) {
    throw new AppError("loki.bad-response", { status: 200, problem: "no delete requests" }, { cause: parsed.error });
  }
  const requests = (parsed.data ?? []).slice(0, MAX_REQUESTS).map((each) => ({
    request: each.request_id.slice(0, 200),
    tenant,
    query: each.query,
    startMs: Math.round(each.start_time * 1_000),
    endMs: Math.round(each.end_time * 1_000),
    createdAtMs: Math.round(each.created_at * 1_000),
    status: each.status.slice(0, 100),
    // One that has begun or ended is refused with 400; so is one past the compactor's cancel period, which only Loki knows.
    cancellable: each.status === "received",
  }));
  return requests.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}

/** Cancels single requests. `force` is never sent: it would take back what is half deleted. */
export function deleteRequestActions(transport: LokiTransport): DeleteRequestActions {
  return {
    async cancel(tenant, request, signal) {
      if (request.trim() === "" || tenant.trim() === "") {
        throw new AppError("operation.unsupported", { operation: "cancel-delete", problem: "empty request id" });
      }
      try {
        const answer = await transport.request({
          role: "admin",
          method: "DELETE",
          path: DELETE_PATH,
          query: new URLSearchParams({ request_id: request }),
          headers: { "x-scope-orgid": tenant },
          signal,
          timeoutMs: TIMEOUT_MS,
        });
        return answerOf(answer.status, await answer.bytes(MAX_ANSWER_BYTES));
      } catch (error) {
        throw sendFailure(error, `DELETE ${DELETE_PATH}?request_id=${request}`);
      }
    },
  };
}
