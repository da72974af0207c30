import type { LokiTarget } from "../cluster/components.ts";
import { LogLevel } from "./admin-handlers.ts";
import { RequestCounter } from "./metrics-page.ts";

/** What one process of Loki has of its own. */
export class ComponentServer {
  readonly target: LokiTarget;
  /** The pod that it plays; `null` for the lab's own Loki, which is all targets in one and has no pod. */
  readonly pod: string | null;
  readonly requests = new RequestCounter();
  readonly logLevel = new LogLevel();

  constructor(target: LokiTarget, pod: string | null) {
    this.target = target;
    this.pod = pod;
  }
}
