import type { LabStatus } from "../../src-shared/api/lab.api.ts";
import type { LabFault } from "../../src-shared/model/lab-fault.ts";
import type { SeedRequest, SeedResult } from "./seed.ts";

/** How the lab in its worker thread is told what to be; handed over as `workerData`. */
export interface LabWorkerData {
  readonly seed: number;
  readonly lokiPort: number;
  readonly kubernetesPort: number;
  readonly controlPort: number;
  readonly historyHours: number;
}

/** What the lab's thread is asked. Each is answered with the same `id`. */
export type LabRequest =
  | { readonly id: number; readonly kind: "set-fault"; readonly fault: LabFault; readonly on: boolean }
  | { readonly id: number; readonly kind: "seed"; readonly request: SeedRequest }
  | { readonly id: number; readonly kind: "status" }
  | { readonly id: number; readonly kind: "close" };

/** What the lab's thread says: once that it runs or why not, then answers. */
export type LabMessage =
  | { readonly kind: "started"; readonly status: LabStatus; readonly controlUrl: string; readonly kubeconfig: string }
  | { readonly kind: "failed"; readonly problem: string }
  | { readonly kind: "answer"; readonly id: number; readonly status: LabStatus; readonly seeded?: SeedResult }
  | { readonly kind: "refused"; readonly id: number; readonly problem: string };
