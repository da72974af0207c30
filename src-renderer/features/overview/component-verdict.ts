import type { LokiComponent } from "../../../src-shared/api/sites.api.ts";
import type { StatusTone } from "../../components/status-shape.tsx";

export interface ComponentVerdict {
  readonly tone: StatusTone;
  readonly word: "ready" | "partly" | "down" | "none";
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
}

/** The logs of a component's pods as a query of the pod source: by the pods' own names, which need no guess at labels. */
export function podSelector(component: LokiComponent): string {
  const names = component.pods.map((pod) => pod.name.replaceAll(".", "\\\\."));
  return `{pod=~"${names.join("|")}"}`;
}

/** What the pods of a component say about it. A component without pods is unknown, not down: it may be scaled to zero. */
export function componentVerdict(component: LokiComponent): ComponentVerdict {
  const total = component.pods.length;
  const ready = component.pods.filter((pod) => pod.ready).length;
  const restarts = component.pods.reduce((sum, pod) => sum + pod.restarts, 0);
  const facts = { ready, total, restarts };
  if (total === 0) return { tone: "doubt", word: "none", ...facts };
  if (ready === total) return { tone: "good", word: "ready", ...facts };
  return ready === 0 ? { tone: "bad", word: "down", ...facts } : { tone: "warning", word: "partly", ...facts };
}
