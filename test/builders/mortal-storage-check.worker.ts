import { parentPort } from "node:worker_threads";
import { answerCheck } from "../../src-main/core/storage/check/answer-check.ts";
import type { CheckMessage, CheckReply } from "../../src-main/core/storage/check/check-protocol.ts";

/** Tenant of chunks that this thread does not survive. */
const POISON = "poison";

const port = parentPort;
if (port === null) throw new Error("runs in a worker thread only");

port.on("message", ({ id, request }: CheckMessage) => {
  const chunks = request.kind === "files" ? request.chunks.map(({ chunk }) => chunk) : [request.chunk];
  if (chunks.some(({ tenant }) => tenant === POISON)) process.exit(3);
  port.postMessage({ id, verdicts: answerCheck(request) } satisfies CheckReply);
});
