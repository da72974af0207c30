import { isAppError, type AppError } from "../../src-shared/errors/app-error.ts";
import type { AuditSubject } from "../../src-shared/api/procedure.ts";
import { refusalReason } from "../core/identity/refusals.ts";

/** The status that tells of a refusal; why exactly is for the audit. */
export function refusalStatus({ category }: AppError): number {
  if (category === "forbidden") return 403;
  return category === "unreachable" || category === "incompatible" ? 503 : 401;
}

/** What the audit says of a refusal beside its code. */
export function refusalSubject(error: AppError): AuditSubject {
  const reason = refusalReason(error);
  return reason === null ? {} : { reason };
}

/** The failure of a sign-in as one of the closed list; anything else is a bug and thrown on. */
export function signInFailure(error: unknown): AppError {
  if (isAppError(error)) return error;
  throw error;
}
