import { parentPort } from "node:worker_threads";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { createBlockReaders } from "../core/archive/scan/block-readers.ts";
import { BlockScanner } from "../core/archive/scan/block-scanner.ts";
import type { ScanMessage, ScanReply } from "../core/archive/scan/scan-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("archive-scan.worker runs in a worker thread only");

const scanner = new BlockScanner(createBlockReaders());
/** Requests are answered one after the other, in their order. */
let previous = Promise.resolve();

async function answer({ id, request }: ScanMessage): Promise<void> {
  try {
    const outcome = await scanner.run(request);
    port?.postMessage({ id, answer: outcome.answer } satisfies ScanReply, [...outcome.transfer]);
  } catch (error) {
    const reply: ScanReply = isAppError(error)
      ? { id, error: error.toWire() }
      : { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    port?.postMessage(reply);
  }
}

// Messages come from the scan pool of this program alone.
port.on("message", (message: ScanMessage) => {
  previous = previous.then(() => answer(message));
});
