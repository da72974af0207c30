import { parentPort, workerData } from "node:worker_threads";
import { answerIndex } from "../core/storage/restore/plan/answer-index.ts";
import {
  BATCHES_AHEAD,
  type IndexReply,
  type IndexRequest,
  type IndexThreadData,
} from "../core/storage/restore/plan/index-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("restore-index.worker runs in a worker thread only");

// Given by the reader that started this thread.
const { taken } = workerData as IndexThreadData;
let sent = 0;

function post(reply: IndexReply): void {
  port?.postMessage(reply);
}

/** Waits where the reader is behind: an index may name ten million chunks. */
function waitForRoom(): void {
  for (let seen = Atomics.load(taken, 0); sent - seen >= BATCHES_AHEAD; seen = Atomics.load(taken, 0)) {
    Atomics.wait(taken, 0, seen);
  }
}

// Messages come from the index reader of this program alone.
port.on("message", (request: IndexRequest) => {
  const { id } = request;
  try {
    const verdict = answerIndex(request, (batch) => {
      waitForRoom();
      sent += 1;
      post({ id, kind: "batch", batch });
    });
    post({ id, kind: "verdict", verdict });
  } catch (error) {
    post({ id, kind: "failed", problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
