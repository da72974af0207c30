import type { Clock } from "../core/common/clock.ts";
import type { PodIdentity } from "./cluster/components.ts";
import type { ObservedProcess, PodProcesses } from "./kubernetes/controllers/kubelet.ts";
import type { ComponentBackends } from "./kubernetes/pod-backends.ts";
import type { ClusterSimulation } from "./metrics/cluster-simulation.ts";

/** The processes in the pods: a server each for what they answer, the simulation for how they are. */
export class SimulatedProcesses implements PodProcesses {
  readonly #backends: ComponentBackends;
  readonly #simulation: ClusterSimulation;
  readonly #clock: Clock;

  constructor(backends: ComponentBackends, simulation: ClusterSimulation, clock: Clock) {
    this.#backends = backends;
    this.#simulation = simulation;
    this.#clock = clock;
  }

  open(podUid: string, identity: PodIdentity): Promise<void> {
    return this.#backends.open(podUid, identity);
  }

  terminate(podName: string): number {
    return this.#simulation.terminate(podName, this.#clock.nowMs());
  }

  async close(podUid: string, podName: string): Promise<void> {
    this.#simulation.remove(podName, this.#clock.nowMs());
    await this.#backends.close(podUid);
  }

  observe(podName: string): ObservedProcess {
    return this.#simulation.observe(podName, this.#clock.nowMs());
  }
}
