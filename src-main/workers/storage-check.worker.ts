import { parentPort } from "node:worker_threads";
import { answerCheck } from "../core/storage/check/answer-check.ts";
import type { CheckMessage, CheckReply } from "../core/storage/check/check-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("storage-check.worker runs in a worker thread only");

function answer({ id, request }: CheckMessage): CheckReply {
  try {
    return { id, verdicts: answerCheck(request) };
  } catch (error) {
    return { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Messages come from the check pool of this program alone.
port.on("message", (message: CheckMessage) => port.postMessage(answer(message)));
