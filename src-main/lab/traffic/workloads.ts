import type { LineMoment, TrafficSource, Workload, WrittenLine } from "./traffic-source.ts";
import { writeAuthorizer, writeFraud, writeHsm, writeNotifier } from "./cards.ts";
import { COLLECTOR_NAMESPACE } from "../cluster/collectors.ts";
import { mislabelledSources, writeEdgeProxy } from "./edge-proxy.ts";
import { writeCollector, writeLokiComponent } from "./loki-pods.ts";
import { writeAuth, writeGateway, writeLedger, writePayment } from "./retail-bank.ts";
import { writePricing, writeRecon, writeRisk, writeSwift } from "./treasury.ts";

/** The lab's tenants, in the order in which they are offered. */
export const LAB_TENANTS = ["retail-bank", "cards", "treasury", "platform"] as const;
/** The tenant of whoever runs Loki: the logs of Loki's own pods and of the collectors are in it. */
export const PLATFORM_TENANT = "platform";

interface Application {
  readonly tenant: (typeof LAB_TENANTS)[number];
  readonly app: string;
  /** Suffixes of its pods, as a Deployment or a StatefulSet would make them. */
  readonly pods: readonly string[];
  readonly linesPerSecond: number;
  readonly write: (moment: LineMoment) => WrittenLine;
}

const APPLICATIONS: readonly Application[] = [
  {
    tenant: "retail-bank",
    app: "payments",
    pods: ["7d9f8c6b5-4xkqz", "7d9f8c6b5-9wl2m", "7d9f8c6b5-tz7hp"],
    linesPerSecond: 6,
    write: writePayment,
  },
  { tenant: "retail-bank", app: "ledger", pods: ["0", "1", "2"], linesPerSecond: 4, write: writeLedger },
  {
    tenant: "retail-bank",
    app: "auth",
    pods: ["5b84d7c9f-2mrtv", "5b84d7c9f-qk6zn"],
    linesPerSecond: 3,
    write: writeAuth,
  },
  {
    tenant: "retail-bank",
    app: "gateway",
    pods: ["6c5d9b7f4-8ndlx", "6c5d9b7f4-jv5rw", "6c5d9b7f4-x2c9s"],
    linesPerSecond: 5,
    write: writeGateway,
  },
  {
    tenant: "cards",
    app: "authorizer",
    pods: ["84c7f6d5b-4hs8k", "84c7f6d5b-bq2nz", "84c7f6d5b-r9x6t", "84c7f6d5b-wm3vd"],
    linesPerSecond: 5,
    write: writeAuthorizer,
  },
  { tenant: "cards", app: "fraud", pods: ["0", "1"], linesPerSecond: 3, write: writeFraud },
  { tenant: "cards", app: "hsm-proxy", pods: ["0", "1", "2"], linesPerSecond: 1.5, write: writeHsm },
  {
    tenant: "cards",
    app: "notifier",
    pods: ["6f7b9c8d4-c5z7j", "6f7b9c8d4-pl9gt"],
    linesPerSecond: 1,
    write: writeNotifier,
  },
  { tenant: "treasury", app: "pricing", pods: ["0", "1", "2"], linesPerSecond: 2, write: writePricing },
  { tenant: "treasury", app: "swift-connector", pods: ["0", "1"], linesPerSecond: 2, write: writeSwift },
  {
    tenant: "treasury",
    app: "risk-batch",
    pods: ["59d8c7f6b-8k4xw", "59d8c7f6b-m7t2q"],
    linesPerSecond: 2,
    write: writeRisk,
  },
  {
    tenant: "treasury",
    app: "recon",
    pods: ["7c6f5d8b9-gw8z4", "7c6f5d8b9-hx5lp", "7c6f5d8b9-zn2k7", "7c6f5d8b9-t9b6v", "7c6f5d8b9-vq3dm"],
    linesPerSecond: 0.5,
    write: writeRecon,
  },
  {
    tenant: "platform",
    app: "edge-proxy",
    pods: ["5f6c8d7b94-k8vxn", "5f6c8d7b94-t2mwq"],
    linesPerSecond: 0.5,
    write: writeEdgeProxy,
  },
];

/** All containers of the bank that log. */
export function bankWorkloads(): Workload[] {
  return APPLICATIONS.flatMap((application) =>
    application.pods.map((suffix) => {
      const pod = `${application.app}-${suffix}`;
      const labels = {
        app: application.app,
        cluster: "lab",
        container: application.app,
        namespace: application.tenant,
        pod,
        service_name: application.app,
      };
      const source = { labels, linesPerSecond: application.linesPerSecond, write: application.write };
      return {
        tenant: application.tenant,
        namespace: application.tenant,
        app: application.app,
        pod,
        container: application.app,
        source,
      };
    }),
  );
}

const MISLABELLED_STREAMS = 24;

/** Streams of the platform's proxy with labels that should be none. */
export function mislabelledStreams(seed: number): TrafficSource[] {
  const [proxy] = bankWorkloads().filter(({ app }) => app === "edge-proxy");
  return proxy === undefined ? [] : mislabelledSources(proxy.source.labels, seed, MISLABELLED_STREAMS);
}

/** A pod of Loki itself: its log is in the platform's tenant. */
export function lokiWorkload(component: string, pod: string): Workload {
  const container = component === "gateway" ? "nginx" : component;
  const labels = {
    app: "loki",
    cluster: "lab",
    component,
    container,
    namespace: "loki",
    pod,
    service_name: "loki",
  };
  const rates: Readonly<Record<string, number>> = {
    ingester: 0.6,
    distributor: 0.8,
    querier: 0.4,
    "query-frontend": 0.4,
    gateway: 1,
  };
  const source = { labels, linesPerSecond: rates[component] ?? 0.2, write: writeLokiComponent(component) };
  return { tenant: PLATFORM_TENANT, namespace: "loki", app: "loki", pod, container, source };
}

/** A node's collector. */
export function collectorWorkload(pod: string): Workload {
  const app = COLLECTOR_NAMESPACE;
  const labels = { app, cluster: "lab", container: app, namespace: app, pod, service_name: app };
  const source = { labels, linesPerSecond: 0.02, write: writeCollector };
  return { tenant: PLATFORM_TENANT, namespace: app, app, pod, container: app, source };
}
