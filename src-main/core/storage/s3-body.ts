import type { Readable } from "node:stream";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import { s3Failure, throughForward, type S3Request } from "./s3-failure.ts";
import { endIfCancelled } from "./store-retries.ts";

async function* read(
  body: Readable,
  lengthBytes: number,
  request: S3Request,
  timeoutSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let gotBytes = 0;
  try {
    // What node's HTTP client hands out are buffers; nobody set an encoding.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      gotBytes += chunk.length;
      if (gotBytes > lengthBytes) break;
      yield chunk;
    }
  } catch (error) {
    endIfCancelled(signal);
    throw isAppError(error) ? throughForward(error, request.store) : s3Failure(error, request, timeoutSeconds).error;
  }
  endIfCancelled(signal);
  if (gotBytes === lengthBytes) return;
  throw new AppError("storage.body-wrong", {
    store: request.store,
    key: request.key,
    expectedBytes: lengthBytes,
    gotBytes,
  });
}

/** The body of an answer, counted, ended by the signal, and let go of by disposal. */
export function s3Body(
  body: Readable,
  lengthBytes: number,
  request: S3Request,
  timeoutSeconds: number,
  signal: AbortSignal,
): { readonly chunks: AsyncIterable<Uint8Array>; [Symbol.asyncDispose](): Promise<void> } {
  const onAbort = () => body.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  body.once("close", () => signal.removeEventListener("abort", onAbort));
  // An error nobody reads any more must not end the process; a reader gets it from the iterator.
  body.on("error", () => undefined);
  return {
    chunks: read(body, lengthBytes, request, timeoutSeconds, signal),
    [Symbol.asyncDispose]: async () => {
      body.destroy();
    },
  };
}
