import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import { ACTING_PATHS, type ActingAnswer, type ActingRequest } from "../pod-actions.ts";

export const MAX_ANSWER_BYTES = 65_536;
const MAX_TEXT_CHARACTERS = 1_000;

/** As a person reviews it and a log names it: `POST /ingester/shutdown?flush=true`, with a form after a blank. */
export function requestText({
  method,
  path,
  query,
  form,
}: Pick<ActingRequest, "method" | "path" | "query" | "form">): string {
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  const body = form === undefined ? "" : ` ${new URLSearchParams(form).toString()}`;
  return `${method} ${path}${search}${body}`;
}

/** The types say it; this says it at run time to whoever comes without them. */
export function requireActing({ method, path }: ActingRequest): void {
  const known: readonly string[] = ACTING_PATHS;
  const acts = method === "POST" || method === "DELETE";
  if (acts && known.includes(path)) return;
  throw new AppError("operation.unsupported", { operation: `${method} ${path}`, problem: "no acting route" });
}

export function answerOf(status: number, body: Uint8Array): ActingAnswer {
  return { status, text: new TextDecoder().decode(body).slice(0, MAX_TEXT_CHARACTERS).trim() };
}

/** Failures by which it is certain that nobody received the request. */
const NOT_RECEIVED: ReadonlySet<string> = new Set([
  "cluster.unauthorized",
  "cluster.forbidden",
  "cluster.gone",
  "cluster.tls",
  "cluster.rate-limited",
  "cluster.rejected",
  "loki.tls",
  "loki.unauthorized",
  "health.instance-unknown",
  "operation.unsupported",
]);
/** Names of the system's for a connection that never stood. */
const NEVER_STOOD = /^(ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+)/;
/** What an API server says of a pod that it could not connect to. */
const NO_BACKEND = /dial tcp[^]*(refused|no such host|no route to host)|no endpoints available/;

/**
 * A failure of an acting request: as it is where nobody can have received it, else `operation.outcome-unknown`. In doubt it
 * is unknown, since looking costs nothing and sending twice may.
 */
export function sendFailure(error: unknown, request: string): AppError {
  if (!isAppError(error)) {
    const problem = error instanceof Error ? error.message.slice(0, 200) : "";
    return new AppError("operation.outcome-unknown", { request, problem }, { cause: error });
  }
  if (NOT_RECEIVED.has(error.code) || /^(plugin|oidc|kubeconfig|sites|forward)\./.test(error.code)) return error;
  const problem = "problem" in error.params ? String(error.params.problem) : "";
  if (hasCode(error, "cluster.unreachable") || hasCode(error, "loki.unreachable")) {
    if (NEVER_STOOD.test(problem)) return error;
  }
  if (hasCode(error, "cluster.backend-unavailable") && NO_BACKEND.test(problem)) return error;
  const said = problem === "" ? error.code : `${error.code}: ${problem}`;
  return new AppError("operation.outcome-unknown", { request, problem: said.slice(0, 200) }, { cause: error });
}
