import { parentPort } from "node:worker_threads";
import { batchBuffers } from "../../src-shared/model/log-batch.ts";
import { parseLokiPage } from "../core/logs/adapters/loki/loki-page.ts";
import type { PageJob, PageReply } from "../core/logs/adapters/loki/page-parser.ts";

const port = parentPort;
if (port === null) throw new Error("loki-page.worker runs in a worker thread only");

port.on("message", (job: PageJob) => {
  try {
    const outcome = parseLokiPage(job.body, job.direction);
    const reply: PageReply = { id: job.id, outcome };
    // All of a page's buffers are made by `orderedBatch` and none is shared memory.
    const buffers = outcome.kind === "page" ? (batchBuffers(outcome.page.batch) as ArrayBuffer[]) : [];
    port.postMessage(reply, buffers);
  } catch (error) {
    const reply: PageReply = {
      id: job.id,
      failure: error instanceof Error ? (error.stack ?? error.message) : "unknown",
    };
    port.postMessage(reply);
  }
});
