import type { Workload } from "../traffic/traffic-source.ts";

/** An application of a tenant as Kubernetes runs it. */
export interface BankApp {
  readonly tenant: string;
  readonly namespace: string;
  readonly app: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly templateHash: string;
  readonly pods: readonly string[];
}

/** Groups workloads by application; a pod named `app-hash-suffix` belongs to a Deployment, `app-0` to a StatefulSet. */
export function bankApps(workloads: readonly Workload[]): BankApp[] {
  const apps = new Map<string, BankApp & { pods: string[] }>();
  for (const { tenant, namespace, app, pod } of workloads) {
    const key = `${namespace}/${app}`;
    const rest = pod.slice(app.length + 1);
    const hash = /^(.+)-[a-z0-9]{5}$/.exec(rest)?.[1];
    const known = apps.get(key) ?? {
      tenant,
      namespace,
      app,
      kind: hash === undefined ? "StatefulSet" : "Deployment",
      templateHash: hash ?? "6d5f7c9b84",
      pods: [],
    };
    known.pods.push(pod);
    apps.set(key, known);
  }
  return [...apps.values()];
}
