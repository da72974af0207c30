import { AppError } from "../../../src-shared/errors/app-error.ts";

/** Why a token or a sign-in was refused, for the log and the audit. Never told to whoever presented it. */
export type RefusalReason =
  | "malformed"
  | "algorithm"
  | "unknown-key"
  | "signature"
  | "issuer"
  | "audience"
  | "not-yet-valid"
  | "expired"
  | "claims"
  | "type"
  | "authorized-party"
  | "nonce"
  | "state"
  | "callback"
  | "code";

/** The cause of an `identity.*` refusal. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: { readonly cause?: unknown }) {
    super(`refused: ${reason}`, options);
    this.name = "Refusal";
    this.reason = reason;
  }
}

/** The reason behind a failure of this domain; `null` for any other failure. */
export function refusalReason(error: unknown): RefusalReason | null {
  return error instanceof AppError && error.cause instanceof Refusal ? error.cause.reason : null;
}

export function tokenRefused(reason: RefusalReason, cause?: unknown): AppError {
  const code = reason === "expired" ? "identity.token-expired" : "identity.token-refused";
  return new AppError(code, {}, { cause: new Refusal(reason, { cause }) });
}

export function signInRefused(reason: RefusalReason, cause?: unknown): AppError {
  return new AppError("identity.sign-in-refused", {}, { cause: new Refusal(reason, { cause }) });
}

/** `problem` is for the log. */
export function providerUnavailable(problem: string, cause?: unknown): AppError {
  return new AppError("identity.provider-unavailable", {}, { cause: new Error(problem, { cause }) });
}

/** `problem` is for the log. */
export function providerUnfit(problem: string): AppError {
  return new AppError("identity.provider-unfit", {}, { cause: new Error(problem) });
}
