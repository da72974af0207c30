import { parentPort } from "node:worker_threads";
import { RowScanner } from "../core/logs/scan/row-scanner.ts";
import type { ScanMessage, ScanReply } from "../core/logs/scan/scan-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("row-scan.worker runs in a worker thread only");

const scanner = new RowScanner();

// Messages come from the scan pool of this program alone.
port.on("message", ({ id, request }: ScanMessage) => {
  try {
    const { answer, transfer } = scanner.run(request);
    port.postMessage({ id, answer } satisfies ScanReply, transfer);
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id, problem } satisfies ScanReply);
  }
});
