/** What kind of failure it is: decides the notice, the CLI's exit code, and whether trying again is offered. */
export type ErrorCategory =
  | "invalid-input"
  | "not-found"
  | "conflict"
  | "auth"
  | "forbidden"
  | "upstream"
  | "unreachable"
  | "timeout"
  | "rate-limited"
  | "integrity"
  | "cancelled"
  | "incompatible"
  | "resource"
  | "internal";

export type ErrorParamKind = "string" | "number";

/** One error code: its category, its typed parameters, and whether the same call may succeed later without a change. */
export interface ErrorDefinition {
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly params: Readonly<Record<string, ErrorParamKind>>;
}

export function defineErrors<const Codes extends Readonly<Record<string, ErrorDefinition>>>(codes: Codes): Codes {
  return codes;
}
