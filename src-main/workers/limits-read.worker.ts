import { parentPort } from "node:worker_threads";
import { LimitsReading } from "../core/tenants/limits/reading/limits-reading.ts";
import type { ReadingMessage, ReadingReply } from "../core/tenants/limits/reading/reading-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("limits-read.worker runs in a worker thread only");

const reading = new LimitsReading();

function answer({ id, request }: ReadingMessage): ReadingReply {
  try {
    return { id, answer: reading.answer(request) };
  } catch (error) {
    return { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Messages come from the limits reader of this program alone.
port.on("message", (message: ReadingMessage) => port.postMessage(answer(message)));
