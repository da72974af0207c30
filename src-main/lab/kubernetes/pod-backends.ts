import type { PodIdentity } from "../cluster/components.ts";
import type { Listening } from "../http/listen.ts";

/** Starts the server that a pod of Loki answers with. */
export type ComponentStarter = (identity: PodIdentity) => Promise<Listening>;

/** A loopback server for each pod of Loki: what the API server's proxy and port-forwards connect to. */
export class ComponentBackends {
  private readonly servers = new Map<string, Listening>();
  private readonly start: ComponentStarter;

  constructor(start: ComponentStarter) {
    this.start = start;
  }

  async open(podUid: string, identity: PodIdentity): Promise<void> {
    this.servers.set(podUid, await this.start(identity));
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
