import type { Clock } from "../core/common/clock.ts";
import type { ProcessIdentity } from "./cluster/components.ts";
import type { ObservedProcess, PodProcesses } from "./kubernetes/controllers/kubelet.ts";
import type { ComponentBackends } from "./kubernetes/pod-backends.ts";
import type { ClusterSimulation } from "./metrics/cluster-simulation.ts";

const MINIO_ENDS_AFTER_MS = 300;

/**
 * The processes in the pods: a server each for what they answer, the simulation for how those of Loki are. MinIO's is well
 * whenever it runs; the first of them runs since `sinceMs`.
 */
export class SimulatedProcesses implements PodProcesses {
  readonly #backends: ComponentBackends;
  readonly #simulation: ClusterSimulation;
  readonly #clock: Clock;
  readonly #sinceMs: number;
  #firstMinio = true;
  /** Pods of MinIO, and since when their process runs. */
  readonly #minio = new Map<string, number>();

  constructor(backends: ComponentBackends, simulation: ClusterSimulation, clock: Clock, sinceMs: number) {
    this.#sinceMs = sinceMs;
    this.#backends = backends;
    this.#simulation = simulation;
    this.#clock = clock;
  }

  async open(podUid: string, identity: ProcessIdentity): Promise<void> {
    await this.#backends.open(podUid, identity);
    if (identity.target !== "minio") return;
    this.#minio.set(identity.name, this.#firstMinio ? this.#sinceMs : this.#clock.nowMs());
    this.#firstMinio = false;
  }

  terminate(podName: string): number {
    return this.#minio.has(podName) ? MINIO_ENDS_AFTER_MS : this.#simulation.terminate(podName, this.#clock.nowMs());
  }

  async close(podUid: string, podName: string): Promise<void> {
    if (!this.#minio.delete(podName)) this.#simulation.remove(podName, this.#clock.nowMs());
    await this.#backends.close(podUid);
  }

  observe(podName: string): ObservedProcess {
    const startedMs = this.#minio.get(podName);
    if (startedMs !== undefined) return { running: true, startedMs, ready: true, changing: false };
    return this.#simulation.observe(podName, this.#clock.nowMs());
  }
}
