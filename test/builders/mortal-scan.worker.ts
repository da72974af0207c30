import { parentPort } from "node:worker_threads";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import type { ChunkHead } from "../../src-main/core/archive/archive-contents.ts";
import type { ScanMessage, ScanReply } from "../../src-main/core/archive/scan/scan-protocol.ts";

/** A scan thread that dies, fails or waits as a chunk's key says; `told` is what it was asked before. */
const told: string[] = [];

const port = parentPort;

port?.on("message", (message: ScanMessage) => {
  if (message.kind === "forget") return;
  const { id, request } = message;
  const key = request.kind === "chunk-head" ? request.place.key : "";
  if (key === "die") process.exit(7);
  if (key === "never") return;
  try {
    if (key === "damaged") throw new AppError("archive.damaged", { part: key, problem: "cut off" });
    if (key === "bug") throw new TypeError("a bug");
    const tenant = told.join(" ");
    told.push(key);
    const head = { tenant, labels: {}, minNs: 0n, maxNs: 1n, rows: 1, bytes: 1, format: key };
    const answer: ChunkHead = { readable: true, ...head, problems: [] };
    port?.postMessage({ id, answer } satisfies ScanReply);
  } catch (error) {
    const reply: ScanReply = isAppError(error) ? { id, error: error.toWire() } : { id, problem: String(error) };
    port?.postMessage(reply);
  }
});
