import type { LokiTarget } from "../cluster/components.ts";
import type { Listening } from "../http/listen.ts";
import type { PodBackends } from "./lab-cluster.ts";

/** Starts a component's server for a pod; told apart by the pod's name. */
export type ComponentStarter = (target: LokiTarget, podName: string) => Promise<Listening>;

/** A loopback server for each pod of Loki: what the API server's proxy and port-forwards connect to. */
export class ComponentBackends implements PodBackends {
  private readonly servers = new Map<string, Listening>();
  private readonly start: ComponentStarter;

  constructor(start: ComponentStarter) {
    this.start = start;
  }

  async open(podUid: string, target: LokiTarget, podName: string): Promise<void> {
    this.servers.set(podUid, await this.start(target, podName));
  }

  async close(podUid: string): Promise<void> {
    const server = this.servers.get(podUid);
    this.servers.delete(podUid);
    await server?.close();
  }

  async closeAll(): Promise<void> {
    const servers = [...this.servers.values()];
    this.servers.clear();
    await Promise.all(servers.map((server) => server.close()));
  }

  /** The port on loopback that stands for a container port; `null` when nothing listens there. */
  portOf(podUid: string, containerPort: number): number | null {
    const server = this.servers.get(podUid);
    return server !== undefined && (containerPort === 3100 || containerPort === 8080) ? server.port : null;
  }
}
