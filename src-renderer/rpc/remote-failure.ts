import { TRPCClientError } from "@trpc/client";
import { z } from "zod";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ErrorCode, ErrorParams } from "../../src-shared/errors/error-codes.ts";
import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import { wireErrorSchema } from "../../src-shared/errors/wire-error.ts";

const answeredSchema = z.object({ wire: wireErrorSchema });

/** A failure found on this side of the door, told as those from the other side are. */
export function localFailure<Code extends ErrorCode>(code: Code, params: ErrorParams<Code>): RemoteError {
  return new RemoteError(new AppError(code, params).toWire());
}

/** What a call failed with: the core's own word, or that there was nobody to answer. */
export function toRemoteError(error: unknown): RemoteError {
  if (error instanceof RemoteError) return error;
  // Without data it never reached the core or never came back.
  if (error instanceof TRPCClientError && error.shape !== undefined && error.shape !== null) {
    const answered = answeredSchema.safeParse(error.data);
    return answered.success ? new RemoteError(answered.data.wire) : localFailure("internal", {});
  }
  return localFailure("rpc.disconnected", {});
}
