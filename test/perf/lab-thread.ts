import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { createLab } from "../../src-main/lab/lab.ts";
import { seedRequestSchema } from "../../src-main/lab/seed.ts";

// A lab in a thread of its own, filled as the bench asked, so that it does not share the reader's.
const lab = await createLab({ clock: systemClock, historyHours: 0 });
lab.seed(seedRequestSchema.parse(workerData));
const port = parentPort;
port?.postMessage(lab.lokiUrl);
