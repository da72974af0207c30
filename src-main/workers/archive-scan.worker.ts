import { parentPort } from "node:worker_threads";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import { createBlockReaders } from "../core/archive/scan/block-readers.ts";
import { BlockScanner } from "../core/archive/scan/block-scanner.ts";
import type { ScanMessage, ScanReply, ScanRequest } from "../core/archive/scan/scan-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("archive-scan.worker runs in a worker thread only");

const scanner = new BlockScanner(createBlockReaders());
/** Requests are answered one after the other, in their order. */
let previous = Promise.resolve();
/** Ids count up. */
let answered = 0;

const forgotten = new Set<number>();

async function answer(id: number, request: ScanRequest): Promise<void> {
  // What came meanwhile is heard before the next one is begun.
  await new Promise((resolve) => setImmediate(resolve));
  try {
    if (forgotten.delete(id)) throw new AppError("request.cancelled", {});
    const outcome = await scanner.run(request);
    port?.postMessage({ id, answer: outcome.answer } satisfies ScanReply, [...outcome.transfer]);
  } catch (error) {
    const reply: ScanReply = isAppError(error)
      ? { id, error: error.toWire() }
      : { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    port?.postMessage(reply);
  }
  answered = id;
}

// Messages come from the scan pool of this program alone.
port.on("message", (message: ScanMessage) => {
  if (message.kind === "forget") {
    if (message.id > answered) forgotten.add(message.id);
    return;
  }
  previous = previous.then(() => answer(message.id, message.request));
});
