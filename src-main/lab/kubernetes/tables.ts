import { fieldAt, type KubeObject, listAt, numberAt, textAt } from "./kube-object.ts";

interface Column {
  readonly name: string;
  /** Above 0 for columns that only `-o wide` shows. */
  readonly priority: number;
  readonly cell: (object: KubeObject, nowMs: number) => string | number;
  readonly type?: "string" | "integer";
}

function column(name: string, cell: Column["cell"], priority = 0, type: Column["type"] = "string"): Column {
  return { name, cell, priority, type };
}

const NAME = column("Name", ({ metadata }) => metadata.name);
const AGE = column("Age", ({ metadata }, nowMs) => age(metadata.creationTimestamp, nowMs));

/** How long ago, as kubectl prints it: `12s`, `4m3s`, `5h12m`, `3d4h`, `21d`. */
function age(stamp: string | undefined, nowMs: number): string {
  if (stamp === undefined) return "<unknown>";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(stamp)) / 1_000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 && hours % 24 !== 0 ? `${days}d${hours % 24}h` : `${days}d`;
}

function containers(object: KubeObject, path = "spec.template.spec.containers"): string {
  return listAt(object, path)
    .map((each) => textAt(each, "name"))
    .join(",");
}

function images(object: KubeObject, path = "spec.template.spec.containers"): string {
  return listAt(object, path)
    .map((each) => textAt(each, "image"))
    .join(",");
}

function selector(object: KubeObject, path: string): string {
  const labels = fieldAt(object, path);
  if (labels === null || typeof labels !== "object") return "<none>";
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(",");
}

function readyContainers(object: KubeObject): string {
  const statuses = listAt(object, "status.containerStatuses");
  const ready = statuses.filter((each) => fieldAt(each, "ready") === true).length;
  return `${ready}/${listAt(object, "spec.containers").length}`;
}

function restarts(object: KubeObject, nowMs: number): string {
  const statuses = listAt(object, "status.containerStatuses");
  const count = statuses.reduce<number>((sum, each) => sum + numberAt(each, "restartCount"), 0);
  const last = statuses
    .map((each) => textAt(each, "lastState.terminated.finishedAt"))
    .filter((at) => at !== "")
    .sort()
    .at(-1);
  return count > 0 && last !== undefined ? `${count} (${age(last, nowMs)} ago)` : String(count);
}

/** How many of a pod's readiness gates are open. */
function readinessGates(object: KubeObject): string {
  const gates = listAt(object, "spec.readinessGates").map((gate) => textAt(gate, "conditionType"));
  if (gates.length === 0) return "<none>";
  const met = listAt(object, "status.conditions").filter(
    (each) => gates.includes(textAt(each, "type")) && textAt(each, "status") === "True",
  );
  return `${met.length}/${gates.length}`;
}

function podStatus(object: KubeObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return "Terminating";
  const waiting = listAt(object, "status.containerStatuses")
    .map((each) => textAt(each, "state.waiting.reason"))
    .find((reason) => reason !== "");
  return waiting ?? textAt(object, "status.phase");
}

function servicePorts(object: KubeObject): string {
  return listAt(object, "spec.ports")
    .map((port) => `${numberAt(port, "port")}/${textAt(port, "protocol") || "TCP"}`)
    .join(",");
}

const TABLES: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    NAME,
    column("Ready", readyContainers),
    column("Status", podStatus),
    column("Restarts", restarts),
    AGE,
    column("IP", (object) => textAt(object, "status.podIP") || "<none>", 1),
    column("Node", (object) => textAt(object, "spec.nodeName") || "<none>", 1),
    column("Nominated Node", () => "<none>", 1),
    column("Readiness Gates", readinessGates, 1),
  ],
  Service: [
    NAME,
    column("Type", (object) => textAt(object, "spec.type")),
    column("Cluster-IP", (object) => textAt(object, "spec.clusterIP")),
    column("External-IP", () => "<none>"),
    column("Port(s)", servicePorts),
    AGE,
    column("Selector", (object) => selector(object, "spec.selector"), 1),
  ],
  Deployment: [
    NAME,
    column("Ready", (object) => `${numberAt(object, "status.readyReplicas")}/${numberAt(object, "spec.replicas")}`),
    column("Up-to-date", (object) => numberAt(object, "status.updatedReplicas")),
    column("Available", (object) => numberAt(object, "status.availableReplicas")),
    AGE,
    column("Containers", (object) => containers(object), 1),
    column("Images", (object) => images(object), 1),
    column("Selector", (object) => selector(object, "spec.selector.matchLabels"), 1),
  ],
  StatefulSet: [
    NAME,
    column("Ready", (object) => `${numberAt(object, "status.readyReplicas")}/${numberAt(object, "spec.replicas")}`),
    AGE,
    column("Containers", (object) => containers(object), 1),
    column("Images", (object) => images(object), 1),
  ],
  DaemonSet: [
    NAME,
    column("Desired", (object) => numberAt(object, "status.desiredNumberScheduled"), 0, "integer"),
    column("Current", (object) => numberAt(object, "status.currentNumberScheduled"), 0, "integer"),
    column("Ready", (object) => numberAt(object, "status.numberReady"), 0, "integer"),
    column("Up-to-date", (object) => numberAt(object, "status.updatedNumberScheduled"), 0, "integer"),
    column("Available", (object) => numberAt(object, "status.numberAvailable"), 0, "integer"),
    AGE,
  ],
  ReplicaSet: [
    NAME,
    column("Desired", (object) => numberAt(object, "spec.replicas"), 0, "integer"),
    column("Current", (object) => numberAt(object, "status.replicas"), 0, "integer"),
    column("Ready", (object) => numberAt(object, "status.readyReplicas"), 0, "integer"),
    AGE,
  ],
  Secret: [
    NAME,
    column("Type", (object) => textAt(object, "type")),
    column("Data", ({ data }) => Object.keys(data ?? {}).length, 0, "integer"),
    AGE,
  ],
  ConfigMap: [NAME, column("Data", ({ data }) => Object.keys(data ?? {}).length, 0, "integer"), AGE],
  Namespace: [NAME, column("Status", (object) => textAt(object, "status.phase")), AGE],
  Node: [
    NAME,
    column("Status", () => "Ready"),
    column("Roles", () => "<none>"),
    AGE,
    column("Version", (object) => textAt(object, "status.nodeInfo.kubeletVersion")),
    column("Internal-IP", (object) => textAt(listAt(object, "status.addresses")[0], "address"), 1),
  ],
  Event: [
    column("Last Seen", (object, nowMs) => age(textAt(object, "lastTimestamp"), nowMs)),
    column("Type", (object) => textAt(object, "type")),
    column("Reason", (object) => textAt(object, "reason")),
    column(
      "Object",
      (object) => `${textAt(object, "involvedObject.kind").toLowerCase()}/${textAt(object, "involvedObject.name")}`,
    ),
    column("Message", (object) => textAt(object, "message")),
    column("Name", ({ metadata }) => metadata.name, 1),
  ],
  PodDisruptionBudget: [
    NAME,
    column("Min Available", (object) => textAt(object, "spec.minAvailable") || "N/A"),
    column("Max Unavailable", (object) => textAt(object, "spec.maxUnavailable") || "N/A"),
    column("Allowed Disruptions", (object) => numberAt(object, "status.disruptionsAllowed"), 0, "integer"),
    AGE,
  ],
};

/** Whether the client asked for a table (`kubectl get` does). */
export function wantsTable(accept: string): boolean {
  return accept.split(",").some((part) => part.includes("as=Table") && part.includes("application/json"));
}

export interface TableOptions {
  readonly kind: string;
  readonly listMetadata: Readonly<Record<string, unknown>>;
  /** `includeObject` of the request: the whole object, its metadata (the default), or nothing. */
  readonly include: string;
  readonly nowMs: number;
  readonly columns: boolean;
}

/** Objects as `meta.k8s.io/v1` Table. */
export function tableOf(objects: readonly KubeObject[], options: TableOptions): Record<string, unknown> {
  const columns = TABLES[options.kind] ?? [NAME, AGE];
  const definitions = columns.map(({ name, priority, type }) => ({
    name,
    type,
    format: name === "Name" ? "name" : "",
    description: name,
    priority,
  }));
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: options.listMetadata,
    columnDefinitions: options.columns ? definitions : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, options.nowMs)),
      object: included(object, options.include),
    })),
  };
}

function included(object: KubeObject, include: string): unknown {
  if (include === "None") return null;
  if (include === "Object") return object;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
