import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../core/common/clock.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { LabMessage, LabRequest, LabWorkerData } from "../lab/lab-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("lab.worker runs in a worker thread only");

function post(message: LabMessage): void {
  port?.postMessage(message);
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function answer(lab: Lab, request: LabRequest): Promise<void> {
  switch (request.kind) {
    case "set-fault":
      lab.setFault(request.fault, request.on);
      await lab.settled();
      post({ kind: "answer", id: request.id, status: lab.status() });
      return;
    case "seed":
      post({ kind: "answer", id: request.id, seeded: lab.seed(request.request), status: lab.status() });
      return;
    case "status":
      post({ kind: "answer", id: request.id, status: lab.status() });
      return;
    case "close":
      await lab.close();
      post({ kind: "answer", id: request.id, status: { ...lab.status(), running: false } });
      port?.close();
  }
}

async function run(data: LabWorkerData): Promise<void> {
  const lab = await createLab({ clock: systemClock, ...data });
  // Messages come from the lab service of this program alone.
  port?.on("message", (request: LabRequest) => {
    answer(lab, request).catch((error: unknown) => post({ kind: "refused", id: request.id, problem: explain(error) }));
  });
  post({ kind: "started", status: lab.status(), controlUrl: lab.controlUrl, kubeconfig: lab.kubeconfig });
}

// Handed over by the lab service of this program alone.
run(workerData as LabWorkerData).catch((error: unknown) => {
  post({ kind: "failed", problem: explain(error) });
  port?.close();
});
