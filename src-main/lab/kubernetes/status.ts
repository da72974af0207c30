import type { Reply } from "../http/reply.ts";

/** Thrown by whatever serves a Kubernetes request; written as a `Status` object. */
export class StatusProblem extends Error {
  readonly code: number;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;

  constructor(
    code: number,
    reason: string | null,
    message: string,
    details: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(message);
    this.name = "StatusProblem";
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export function statusObject(problem: StatusProblem): Record<string, unknown> {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: problem.message,
    ...(problem.reason === null ? {} : { reason: problem.reason }),
    ...(problem.details === null ? {} : { details: problem.details }),
    code: problem.code,
  };
}

export function jsonReply(status: number, value: unknown): Reply {
  return {
    status,
    contentType: "application/json",
    body: `${JSON.stringify(value)}\n`,
    headers: { "Cache-Control": "no-cache, private" },
  };
}

export function problemReply(problem: StatusProblem): Reply {
  const reply = jsonReply(problem.code, statusObject(problem));
  return problem.code === 403
    ? { ...reply, headers: { ...reply.headers, "X-Content-Type-Options": "nosniff" } }
    : reply;
}

export function notFound(plural: string, group: string, name: string): StatusProblem {
  const resource = group === "" ? plural : `${plural}.${group}`;
  return new StatusProblem(404, "NotFound", `${resource} "${name}" not found`, {
    name,
    ...(group === "" ? {} : { group }),
    kind: plural,
  });
}

const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

export function conflict(plural: string, group: string, name: string, why = MODIFIED): StatusProblem {
  const resource = group === "" ? plural : `${plural}.${group}`;
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
  return new StatusProblem(409, "Conflict", message, { name, ...(group === "" ? {} : { group }), kind: plural });
}

export function badRequest(message: string): StatusProblem {
  return new StatusProblem(400, "BadRequest", message);
}
