import { setImmediate as nextTurn } from "node:timers/promises";
import { fireAndForget, type Logger } from "../core/common/logger.ts";
import { admit, type Admission, type AdmissionPolicy } from "./admission.ts";
import { releasedOutput } from "./answer-call.ts";
import { toAppError } from "./call-failure.ts";
import type { DoorConnection } from "./door-connection.ts";
import { nextOrAborted } from "./next-or-aborted.ts";
import type { ServedProcedure } from "./served-procedure.ts";

/** A stream does not yield while more than this waits for its reader. */
export const MAX_BUFFERED_FOR_STREAMS = 1_048_576;
/** Values after which other sockets, and this one's own "stop", get their turn, however fast the source is. */
const VALUES_A_TURN = 32;

/**
 * One stream from admission to its end. The handler is asked for the next value only when the reader has taken the ones
 * before, so a slow reader slows its source and nothing piles up. It ends as soon as the signal is aborted, also when the
 * handler does not listen to it.
 */
export async function* answerStream(
  procedure: ServedProcedure,
  rawInput: unknown,
  connection: DoorConnection,
  signal: AbortSignal,
  policy: AdmissionPolicy,
  logger: Logger,
): AsyncGenerator<unknown, void, void> {
  const { action } = procedure;
  const admission = await admit(procedure, rawInput, connection, policy, signal).catch((error: unknown) => {
    throw toAppError(error, action, signal, logger);
  });
  let ended = false;
  try {
    for await (const value of pull(procedure, admission, connection, signal, logger)) {
      yield await releasedOutput(procedure, value, admission, connection, logger);
    }
    ended = true;
    await admission.end(signal.aborted ? "cancelled" : "succeeded", null);
  } catch (error) {
    const failure = toAppError(error, action, signal, logger);
    if (!ended) {
      ended = true;
      await admission.end(failure.category === "cancelled" ? "cancelled" : "failed", failure.code);
    }
    logger.debug("stream failed", { action, code: failure.code });
    throw failure;
  } finally {
    // The reader let go between two values.
    if (!ended) await admission.end("cancelled", null);
  }
}

async function* pull(
  procedure: ServedProcedure,
  admission: Admission,
  { caller, socket }: DoorConnection,
  signal: AbortSignal,
  logger: Logger,
): AsyncGenerator<unknown, void, void> {
  // The handlers' types say that a stream's handler answers with an async iterable; the router keeps kinds apart.
  const source = procedure.handle(admission.input, { caller, signal }) as AsyncIterable<unknown>;
  const iterator = source[Symbol.asyncIterator]();
  let exhausted = false;
  try {
    for (let count = 1; !signal.aborted; count += 1) {
      if (count % VALUES_A_TURN === 0) await nextTurn();
      await socket.whenBelow(MAX_BUFFERED_FOR_STREAMS, signal);
      const next = await nextOrAborted(iterator, signal, (late) => {
        logger.error("a stream failed after it was stopped", late, { action: procedure.action });
      });
      if (next === "aborted") return;
      if (next.done === true) {
        exhausted = true;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    exhausted = true;
    throw error;
  } finally {
    // Not awaited: a handler that is stuck in a wait of its own must not hold the socket's stream open.
    if (!exhausted && iterator.return !== undefined) {
      fireAndForget(Promise.resolve(iterator.return()), logger, "a stream could not be let go");
    }
  }
}
