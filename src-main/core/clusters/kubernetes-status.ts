import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** What a request was about, for the error that may come of it. */
export interface RequestSubject {
  /** `get`, `list`, `create`, … as RBAC names it. */
  readonly verb: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** `meta/v1 Status`: how an API server words a failure of its own. */
const statusSchema = z.object({
  kind: z.literal("Status"),
  apiVersion: z.literal("v1"),
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.number().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});
export type KubernetesStatus = z.infer<typeof statusSchema>;

const MAX_PROBLEM_CHARACTERS = 300;

/** The Status in a body, or `null` when the body is something else (HTML of a load balancer, a proxied program's answer). */
export function readStatus(body: Uint8Array): KubernetesStatus | null {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** An answer that is no success, as an error of `cluster.*`. */
export function statusFailure(
  status: number,
  body: Uint8Array,
  subject: RequestSubject,
  host: string,
  retryAfter: string,
): AppError {
  const found = readStatus(body);
  if (found === null) return withoutStatus(status, host);
  const problem = (found.message ?? found.reason ?? "").slice(0, MAX_PROBLEM_CHARACTERS);
  const { resource, name, namespace, verb } = subject;
  switch (status) {
    case 401:
      return new AppError("cluster.unauthorized", { host });
    case 403:
      // Where anonymous access is on, a request without a valid login is not refused with 401.
      if (problem.includes('User "system:anonymous"')) return new AppError("cluster.unauthorized", { host });
      return new AppError("cluster.forbidden", { verb, resource, namespace });
    case 404:
      return new AppError("cluster.gone", { resource, name });
    case 409:
      return new AppError("cluster.conflict", { resource, name });
    case 410:
      return new AppError("cluster.expired", { resource });
    case 429: {
      const seconds = found.details?.retryAfterSeconds ?? (Number(retryAfter) || 1);
      return new AppError("cluster.rate-limited", { retryAfterMs: seconds * 1_000 });
    }
    default:
      return status >= 500
        ? new AppError("cluster.failed", { status, problem })
        : new AppError("cluster.rejected", { status, problem });
  }
}

/** Some servers refuse a login or overload without a Status; everything else without one is not an API server's answer. */
function withoutStatus(status: number, host: string): AppError {
  if (status === 401) return new AppError("cluster.unauthorized", { host });
  if (status === 429) return new AppError("cluster.rate-limited", { retryAfterMs: 1_000 });
  if (status >= 300 && status < 400) return new AppError("cluster.bad-response", { status, problem: "redirect" });
  return new AppError("cluster.bad-response", { status, problem: "no Status of the Kubernetes API" });
}
