import type { ProcessIdentity } from "../cluster/components.ts";
import type { Listening } from "../http/listen.ts";
import { S3_PORT } from "../s3/s3-keys.ts";

/** Starts the server that a pod of Loki or of its object store answers with. */
export type ComponentStarter = (identity: ProcessIdentity) => Promise<Listening>;

const LOKI_PORTS: readonly number[] = [3100, 8080];

/** A loopback server for each pod of Loki and of its object store: what the API server's proxy and port-forwards connect to. */
export class ComponentBackends {
  private readonly servers = new Map<string, { readonly listening: Listening; readonly ports: readonly number[] }>();
  private readonly start: ComponentStarter;

  constructor(start: ComponentStarter) {
    this.start = start;
  }

  async open(podUid: string, identity: ProcessIdentity): Promise<void> {
    const ports = identity.target === "minio" ? [S3_PORT] : LOKI_PORTS;
    const listening = await this.start(identity);
    this.servers.set(podUid, { listening, ports });
  }

  async close(podUid: string): Promise<void> {
    const server = this.servers.get(podUid);
    this.servers.delete(podUid);
    await server?.listening.close();
  }

  async closeAll(): Promise<void> {
    const servers = [...this.servers.values()];
    this.servers.clear();
    await Promise.all(servers.map(({ listening }) => listening.close()));
  }

  /** The port on loopback that stands for a container port; `null` when nothing listens there. */
  portOf(podUid: string, containerPort: number): number | null {
    const server = this.servers.get(podUid);
    return server?.ports.includes(containerPort) === true ? server.listening.port : null;
  }
}
