import { parentPort } from "node:worker_threads";
import { SliceEncoders } from "../core/archive/parquet/slice-encoders.ts";
import type { WriteMessage } from "../core/archive/parquet/write-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("archive-write.worker runs in a worker thread only");

const encoders = new SliceEncoders();

// Messages come from the archive writer of this program alone.
port.on("message", (message: WriteMessage) => port.postMessage(encoders.answer(message)));
