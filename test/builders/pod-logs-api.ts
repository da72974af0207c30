import type { ServerResponse } from "node:http";
import { formatNanoUtc, parseNanoTime } from "../../src-shared/model/nano-time.ts";
import { kubernetesRecording, sendJson, status, type KubernetesApi } from "./kubernetes-api.ts";

export interface LogLine {
  readonly ts: bigint;
  readonly text: string;
}

interface Followed {
  readonly pod: string;
  readonly response: ServerResponse;
}

/** A namespace of pods with one container each, whose logs a kubelet keeps: since, follow, previous, restarts, deletion. */
export class PodLogsApi {
  readonly #pods = new Map<
    string,
    { restarts: number; component: string; lines: LogLine[]; previous: LogLine[]; phase: string }
  >();
  readonly #follows = new Set<Followed>();
  readonly requests: string[] = [];
  /** Pods whose node has no kubelet that answers. */
  readonly unreachable = new Set<string>();
  /** Text that is sent after the lines, as kubelets put their own failures into the body. */
  afterwords = "";

  constructor(api: KubernetesApi, namespace: string) {
    api.on("GET", new RegExp(`^/api/v1/namespaces/${namespace}/pods\\?`), (_request, response) =>
      sendJson(response, 200, { items: [...this.#pods.keys()].map((name) => this.#object(namespace, name)) }),
    );
    api.on("GET", new RegExp(`^/api/v1/namespaces/${namespace}/pods/[^/?]+$`), (request, response) => {
      const name = request.path.split("/").at(-1) ?? "";
      if (this.#pods.has(name)) sendJson(response, 200, this.#object(namespace, name));
      else sendJson(response, 404, status(404, "NotFound", `pods "${name}" not found`));
    });
    api.on("GET", new RegExp(`^/api/v1/namespaces/${namespace}/pods/[^/]+/log\\?`), (request, response) =>
      this.#log(request.path, response),
    );
  }

  add(name: string, component: string, lines: readonly LogLine[] = []): void {
    this.#pods.set(name, { restarts: 0, component, lines: [...lines], previous: [], phase: "Running" });
  }

  get following(): number {
    return this.#follows.size;
  }

  append(name: string, line: LogLine): void {
    this.#pod(name).lines.push(line);
    for (const { pod, response } of this.#follows) if (pod === name) response.write(wire(line));
  }

  /** The container ends and begins anew: its log becomes the previous one. */
  restart(name: string, keptPrevious = true): void {
    const pod = this.#pod(name);
    pod.restarts += 1;
    pod.previous = keptPrevious ? pod.lines : [];
    pod.lines = [];
    this.#end(name, (response) => response.end());
  }

  delete(name: string): void {
    this.#pods.delete(name);
    this.#end(name, (response) => response.end());
  }

  /** The connection breaks in the middle. */
  cut(name: string): void {
    this.#end(name, (response) => response.destroy());
  }

  #end(name: string, end: (response: ServerResponse) => void): void {
    for (const followed of this.#follows) {
      if (followed.pod !== name) continue;
      this.#follows.delete(followed);
      end(followed.response);
    }
  }

  #pod(name: string) {
    const pod = this.#pods.get(name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }

  #log(path: string, response: ServerResponse): void {
    this.requests.push(path);
    const url = new URL(path, "http://x");
    const name = url.pathname.split("/").at(-2) ?? "";
    const pod = this.#pods.get(name);
    if (pod === undefined) return sendJson(response, 404, status(404, "NotFound", `pods "${name}" not found`));
    if (this.unreachable.has(name)) {
      const { response: recorded } = kubernetesRecording("pod-log-no-kubelet");
      return sendJson(response, recorded.status, recorded.body);
    }
    const previous = url.searchParams.get("previous") === "true";
    if (previous && pod.previous.length === 0) {
      return sendJson(response, 400, status(400, "BadRequest", "previous terminated container not found"));
    }
    const since = parseNanoTime(url.searchParams.get("sinceTime") ?? "") ?? 0n;
    response.writeHead(200, { "content-type": "text/plain" });
    response.flushHeaders();
    const kept = (previous ? pod.previous : pod.lines).filter(({ ts }) => ts >= since);
    const tail = Number(url.searchParams.get("tailLines") ?? kept.length);
    for (const line of tail === 0 ? [] : kept.slice(-tail)) response.write(wire(line));
    if (url.searchParams.get("follow") !== "true") {
      response.end(this.afterwords);
      return;
    }
    const followed = { pod: name, response };
    this.#follows.add(followed);
    response.on("close", () => this.#follows.delete(followed));
  }

  #object(namespace: string, name: string) {
    const { component, restarts, previous, phase } = this.#pod(name);
    const lastState = previous.length > 0 ? { terminated: { exitCode: 1 } } : {};
    return {
      metadata: { name, namespace, uid: `uid-${name}`, labels: { "app.kubernetes.io/component": component } },
      spec: { containers: [{ name: "main", image: "x" }] },
      status: {
        phase,
        containerStatuses: [{ name: "main", restartCount: restarts, ready: true, state: { running: {} }, lastState }],
      },
    };
  }
}

function wire({ ts, text }: LogLine): string {
  return `${formatNanoUtc(ts)} ${text}\n`;
}
