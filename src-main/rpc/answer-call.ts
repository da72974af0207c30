import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Logger } from "../core/common/logger.ts";
import { admit, type Admission, type AdmissionPolicy } from "./admission.ts";
import { internalError, toAppError } from "./call-failure.ts";
import type { DoorConnection } from "./door-connection.ts";
import type { ServedProcedure } from "./served-procedure.ts";
import { maskTenants } from "./tenant-reach.ts";

/** An answer is held back while more than this waits for a slow reader: eight answers of the largest kind. */
const MAX_BUFFERED_FOR_ANSWERS = 32 * 1_048_576;

/** One query or command from admission to answer. Rejects with an `AppError`, nothing else. */
export async function answerCall(
  procedure: ServedProcedure,
  rawInput: unknown,
  connection: DoorConnection,
  signal: AbortSignal,
  policy: AdmissionPolicy,
  logger: Logger,
): Promise<unknown> {
  const { action } = procedure;
  try {
    const bufferedBytes = connection.socket.bufferedAmount;
    if (bufferedBytes > MAX_BUFFERED_FOR_ANSWERS) throw new AppError("rpc.slow-reader", { bufferedBytes });
    const admission = await admit(procedure, rawInput, connection, policy, signal);
    let output: unknown;
    try {
      const answer = await procedure.handle(admission.input, { caller: connection.caller, signal });
      output = await releasedOutput(procedure, answer, admission, connection, logger);
    } catch (error) {
      const failure = toAppError(error, action, signal, logger);
      await admission.end(failure.category === "cancelled" ? "cancelled" : "failed", failure.code);
      throw failure;
    }
    await admission.end("succeeded", null);
    return output;
  } catch (error) {
    const failure = toAppError(error, action, signal, logger);
    logger.debug("call failed", { action, code: failure.code });
    throw failure;
  }
}

/** An answer as it may leave: by its schema, and without the tenants that are not its caller's. */
export async function releasedOutput(
  procedure: ServedProcedure,
  answer: unknown,
  admission: Admission,
  { caller }: DoorConnection,
  logger: Logger,
): Promise<unknown> {
  const output = checkedOutput(procedure, answer, logger);
  await admission.mayLeave(output);
  return maskTenants(procedure, output, caller);
}

/**
 * What the schema lets through, and nothing beside it: an unknown field of an answer does not cross the door. An answer
 * against its own schema is a bug of the handler.
 */
function checkedOutput({ contract, action }: ServedProcedure, answer: unknown, logger: Logger): unknown {
  const output = contract.output.safeParse(answer);
  if (output.success) return output.data;
  throw internalError("a handler answered against its schema", output.error, action, logger);
}
