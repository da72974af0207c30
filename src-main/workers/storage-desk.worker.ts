import { parentPort } from "node:worker_threads";
import { FindingsDesk } from "../core/storage/scans/findings-desk.ts";
import type { DeskMessage } from "../core/storage/scans/desk-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("storage-desk.worker runs in a worker thread only");

const desk = new FindingsDesk((reply) => port.postMessage(reply));

// Messages come from `DeskThread` of this program alone.
port.on("message", (message: DeskMessage) => void desk.take(message));
