/** The bytes that came are no proper HTTP answer, or more than was allowed. */
export class HttpBodyError extends Error {
  readonly reason: "too-long" | "undecodable" | "cut-short";

  constructor(reason: HttpBodyError["reason"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "HttpBodyError";
    this.reason = reason;
  }
}

/** Whether an answer was refused only because it was longer than allowed: asking for less may help. */
export function isTooLong(error: unknown): boolean {
  if (error instanceof HttpBodyError) return error.reason === "too-long";
  return error instanceof Error && error.cause !== undefined && isTooLong(error.cause);
}
