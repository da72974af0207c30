import { errorDefinition, type ErrorCode, type ErrorParams } from "./error-codes.ts";
import type { ErrorCategory } from "./error-definition.ts";
import type { WireError } from "./wire-error.ts";

/**
 * The one error that crosses the door. Its `message` is for logs only; a person reads the translated text of `code` with
 * `params`. `cause` never leaves the process.
 */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly params: ErrorParams<Code>;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  /** Where the whole story is in the log; set when it was written there. */
  reference: string | undefined;

  constructor(code: Code, params: ErrorParams<Code>, options?: { readonly cause?: unknown }) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = "AppError";
    this.code = code;
    this.params = params;
    const definition = errorDefinition(code);
    this.category = definition.category;
    this.retryable = definition.retryable;
  }

  /** An allow-list of fields: no stack, no cause, nothing of an upstream body but what a parameter names. */
  toWire(): WireError {
    return {
      code: this.code,
      params: this.params,
      category: this.category,
      retryable: this.retryable,
      ...(this.reference === undefined ? {} : { reference: this.reference }),
    };
  }
}

export function isAppError(value: unknown): value is AppError {
  return value instanceof AppError;
}

/** Whether it is this one code, with its parameters typed. */
export function hasCode<Code extends ErrorCode>(value: unknown, code: Code): value is AppError<Code> {
  return value instanceof AppError && value.code === code;
}
