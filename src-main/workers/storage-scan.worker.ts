import { parentPort } from "node:worker_threads";
import { ScanHost } from "../core/storage/scans/scan-host.ts";
import type { ToScan } from "../core/storage/scans/scan-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("storage-scan.worker runs in a worker thread only");

const host = new ScanHost((message) => port.postMessage(message));

// Messages come from `scanInThread` of this program alone.
port.on("message", (message: ToScan) => void host.take(message));
