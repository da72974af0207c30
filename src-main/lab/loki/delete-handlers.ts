import { goJson } from "../format/go-json.ts";
import { formatGoDuration } from "../../../src-shared/logql/text/go-duration.ts";
import { emptyReply, errorReply, type Reply, textReply } from "../http/reply.ts";
import { CANCEL_PERIOD_MS, deletableQuery, type DeleteRequests, type StoredDeleteRequest } from "./delete-requests.ts";

const UI_LIMIT = 100;

/** `/loki/api/v1/delete`: POST and PUT add, GET lists, DELETE cancels. Parameters are those of the URL alone. */
export function deletesReply(
  requests: DeleteRequests,
  method: string,
  tenant: string,
  query: URLSearchParams,
  nowMs: number,
): Reply {
  switch (method) {
    case "POST":
    case "PUT":
      return addReply(requests, tenant, query, nowMs);
    case "DELETE":
      return cancelReply(requests, tenant, query);
    default:
      return listReply(requests.list(tenant), query);
  }
}

function addReply(requests: DeleteRequests, tenant: string, params: URLSearchParams, nowMs: number): Reply {
  const query = params.get("query") ?? "";
  if (query === "") return errorReply(400, "query not set\n");
  const expr = deletableQuery(query);
  if (expr === null) return errorReply(400, "invalid query expression\n");
  const startText = params.get("start") ?? "";
  if (startText === "") return errorReply(400, "start time not set\n");
  const startMs = timeMs(startText);
  if (startMs === null) return errorReply(400, "invalid start time: require unix seconds or RFC3339 format\n");
  const endText = params.get("end") ?? "";
  const endMs = endText === "" ? nowMs : timeMs(endText);
  if (endMs === null) return errorReply(400, "invalid end time: require unix seconds or RFC3339 format\n");
  if (endMs > nowMs) return errorReply(400, "deletes in the future are not allowed\n");
  if (startMs >= endMs) return errorReply(400, "start time can't be greater than or equal to end time\n");
  const id = requests.add({ tenant, query, startMs, endMs: Math.floor(endMs), createdMs: Math.floor(nowMs) }, expr);
  return { ...emptyReply(204), headers: { "X-Delete-Request-Id": id } };
}

function cancelReply(requests: DeleteRequests, tenant: string, params: URLSearchParams): Reply {
  switch (requests.cancel(tenant, params.get("request_id") ?? "", params.get("force") === "true")) {
    case "cancelled":
      return emptyReply(204);
    case "not-found":
      return errorReply(404, "could not find delete request with given id\n");
    case "processed":
      return errorReply(400, "deletion of request which is in process or already processed is not allowed\n");
    case "too-late": {
      const period = formatGoDuration(BigInt(CANCEL_PERIOD_MS) * 1_000_000n);
      return errorReply(
        400,
        `Cancellation of partially completed delete request or delete request past the deadline of ${period} since its creation is not allowed. To force, use the ?force query parameter\n`,
      );
    }
  }
}

function listReply(requests: readonly StoredDeleteRequest[], params: URLSearchParams): Reply {
  const [startMs, endMs] = [timeMs(params.get("start") ?? ""), timeMs(params.get("end") ?? "")];
  const overlapping = requests.filter(
    (each) => (endMs === null || each.startMs <= endMs) && (startMs === null || each.endMs >= startMs),
  );
  const rows = overlapping.map((each) => ({
    request_id: each.id,
    start_time: each.startMs / 1_000,
    end_time: each.endMs / 1_000,
    query: each.query,
    status: each.status,
    created_at: each.createdMs / 1_000,
    user_id: "",
  }));
  return { status: 200, contentType: "application/json", body: `${goJson(rows)}\n` };
}

/** `/compactor/ui/api/v1/deletes`: of all tenants, the newest first, without asking for one. */
export function uiDeletesReply(requests: DeleteRequests, status: string): Reply {
  const wanted = requests.list(null).filter((each) => status === "" || each.status === status);
  const rows = wanted
    .toReversed()
    .slice(0, UI_LIMIT)
    .map((each) => ({
      request_id: each.id,
      start_time: each.startMs,
      end_time: each.endMs,
      query: each.query,
      status: each.status,
      created_at: each.createdMs,
      user_id: each.tenant,
    }));
  return { status: 200, contentType: "application/json", body: `${goJson(rows)}\n` };
}

export function generationReply(requests: DeleteRequests, tenant: string): Reply {
  return textReply(`${JSON.stringify(String(requests.generation(tenant) ?? ""))}\n`);
}

/** Unix seconds of at most ten digits, or RFC 3339. */
function timeMs(text: string): number | null {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
