import { parentPort, workerData } from "node:worker_threads";
import { planChange, type PlanRequest } from "../core/tenants/changes/plan-change.ts";
import { planReply } from "../core/tenants/changes/plan-in-thread.ts";

const port = parentPort;
if (port === null) throw new Error("limits-plan.worker runs in a worker thread only");

// Given by the console that started this thread, in the form that it has there.
const request = workerData as PlanRequest;
port.postMessage(planReply(request, planChange));
