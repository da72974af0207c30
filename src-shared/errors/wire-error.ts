import { z } from "zod";
import { isErrorCode, type ErrorCode } from "./error-codes.ts";
import type { ErrorCategory } from "./error-definition.ts";

/** An error as it crosses the door, and as the page and the CLI hold it. */
export interface WireError {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly reference?: string;
}

export const wireErrorSchema: z.ZodType<WireError> = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === "string" && isErrorCode(value)),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  category: z.custom<ErrorCategory>((value) => typeof value === "string"),
  retryable: z.boolean(),
  reference: z.string().exactOptional(),
});
