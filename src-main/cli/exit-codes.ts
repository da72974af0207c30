import type { ErrorCategory } from "../../src-shared/errors/error-definition.ts";

/** How the command line ends; the list is part of its interface and stands in `kubemate help exit-codes`. */
export const EXIT_CODES = {
  ok: 0,
  /** A bug of ours, or a resource of this machine (disk, profile) that failed. */
  failed: 1,
  /** What was asked cannot be: usage, a query with errors, a range, a tenant id. */
  invalid: 2,
  /** Credentials, RBAC, a role, a plugin that was not confirmed. */
  refused: 3,
  /** No such site, job, setting, file. */
  notFound: 4,
  /** Loki or the cluster did not answer, or not as it should. */
  upstream: 5,
  /** With `--require-complete` or `--require-whole`: the answer was printed, and lines may be missing. */
  incomplete: 6,
  /** What was looked at is not well: a verdict worse than degraded, or a critical finding. */
  unwell: 7,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

const BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  "invalid-input": EXIT_CODES.invalid,
  conflict: EXIT_CODES.failed,
  "not-found": EXIT_CODES.notFound,
  auth: EXIT_CODES.refused,
  forbidden: EXIT_CODES.refused,
  upstream: EXIT_CODES.upstream,
  unreachable: EXIT_CODES.upstream,
  timeout: EXIT_CODES.upstream,
  "rate-limited": EXIT_CODES.upstream,
  integrity: EXIT_CODES.failed,
  cancelled: EXIT_CODES.interrupted,
  incompatible: EXIT_CODES.failed,
  resource: EXIT_CODES.failed,
  internal: EXIT_CODES.failed,
};

export function exitCodeOf(category: ErrorCategory): number {
  return BY_CATEGORY[category];
}
