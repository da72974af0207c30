import { goRfc3339Seconds } from "../format/go-text.ts";
import { textSeed } from "../traffic/seeded-random.ts";
import { isRecord } from "./field-set.ts";
import { fieldAt, type KubeObject, listAt, textAt } from "./kube-object.ts";

/** What the kubelet knows of a pod's container. */
export interface ContainerState {
  /** `null` before it was started first. */
  readonly startedMs: number | null;
  readonly running: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  readonly last: EndedContainer | null;
}

export interface EndedContainer {
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly exitCode: number;
  readonly reason: string;
}

type Condition = Readonly<Record<string, unknown>>;

/** A pod's status as the kubelet writes it. Conditions of others (readiness gates) stay; times change with the state alone. */
export function podStatus(pod: KubeObject, container: ContainerState, nowMs: number): Record<string, unknown> {
  const stamp = goRfc3339Seconds(nowMs);
  const node = textAt(pod, "spec.nodeName");
  const ip = textAt(pod, "status.podIP");
  const started = container.startedMs !== null;
  const before = listAt(pod, "status.conditions").filter(isRecord);
  const containersReady = container.running && container.ready;
  const names = listAt(pod, "spec.containers").map((each) => textAt(each, "name"));
  const unready = { reason: "ContainersNotReady", message: `containers with unready status: [${names.join(" ")}]` };
  const ready = containersReady ? unmetGate(pod, before) : unready;
  const set = (type: string, ok: boolean, why: { reason: string; message: string } | null) =>
    condition(before, type, ok, why, stamp);
  const own = [
    set("PodReadyToStartContainers", started, null),
    set("Initialized", true, null),
    set("Ready", ready === null, ready),
    set("ContainersReady", containersReady, containersReady ? null : unready),
    set("PodScheduled", true, null),
  ];
  const types = new Set(own.map(({ type }) => type));
  return {
    phase: started ? "Running" : "Pending",
    conditions: [...before.filter(({ type }) => !types.has(type)), ...own],
    hostIP: `192.0.2.${10 + (textSeed(node) % 200)}`,
    podIP: ip,
    podIPs: [{ ip }],
    startTime: textAt(pod, "status.startTime") || stamp,
    containerStatuses: listAt(pod, "spec.containers").map((each) => containerStatus(pod, each, container)),
    qosClass: qosClassOf(pod.spec ?? {}),
  };
}

/** Why a pod whose containers are ready is not; `null` when all its readiness gates are open. */
function unmetGate(pod: KubeObject, conditions: readonly Condition[]): { reason: string; message: string } | null {
  const reason = "ReadinessGatesNotReady";
  const messages = listAt(pod, "spec.readinessGates").flatMap((gate) => {
    const type = textAt(gate, "conditionType");
    const found = conditions.find((each) => each.type === type);
    if (found === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`];
    if (found.status === "True") return [];
    return [`the status of pod readiness gate "${type}" is not "True", but ${String(found.status)}`];
  });
  return messages.length === 0 ? null : { reason, message: messages.join(", ") };
}

function condition(
  before: readonly Condition[],
  type: string,
  ok: boolean,
  why: { readonly reason: string; readonly message: string } | null,
  stamp: string,
): Condition {
  const status = ok ? "True" : "False";
  const known = before.find((each) => each.type === type);
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : stamp;
  return { type, status, lastProbeTime: null, lastTransitionTime, ...(ok ? {} : why) };
}

function containerStatus(pod: KubeObject, spec: unknown, container: ContainerState): Record<string, unknown> {
  const image = textAt(spec, "image");
  const { startedMs, running, ready, restarts, last } = container;
  const id = (salt: number) =>
    `containerd://${textSeed(`${pod.metadata.uid ?? ""}/${salt}`)
      .toString(16)
      .padStart(64, "0")}`;
  const ended = last === null ? null : endedState(last, id(restarts - 1));
  const state = running
    ? { running: { startedAt: goRfc3339Seconds(startedMs ?? 0) } }
    : startedMs === null
      ? { waiting: { reason: "ContainerCreating" } }
      : { waiting: { reason: "CrashLoopBackOff", message: "back-off restarting failed container" } };
  return {
    name: textAt(spec, "name"),
    state,
    lastState: ended === null ? {} : { terminated: ended },
    ready: running && ready,
    restartCount: restarts,
    image,
    imageID: startedMs === null ? "" : `${image.split(":")[0] ?? ""}@sha256:${"0".repeat(64)}`,
    ...(startedMs === null ? {} : { containerID: id(restarts) }),
    started: running,
  };
}

function endedState(last: EndedContainer, containerID: string): Record<string, unknown> {
  return {
    exitCode: last.exitCode,
    reason: last.reason,
    startedAt: goRfc3339Seconds(last.startedMs),
    finishedAt: goRfc3339Seconds(last.finishedMs),
    containerID,
  };
}

/** `Guaranteed` where all containers limit CPU and memory to what they request, `BestEffort` where none asks for anything. */
export function qosClassOf(podSpec: unknown): "Guaranteed" | "Burstable" | "BestEffort" {
  const resources = listAt(podSpec, "containers").map((each) => ({
    requests: fieldAt(each, "resources.requests"),
    limits: fieldAt(each, "resources.limits"),
  }));
  const empty = (value: unknown) => !isRecord(value) || Object.keys(value).length === 0;
  if (resources.every(({ requests, limits }) => empty(requests) && empty(limits))) return "BestEffort";
  const guaranteed = resources.every(({ requests, limits }) =>
    ["cpu", "memory"].every((name) => {
      const limit = textAt(limits, name);
      return limit !== "" && (textAt(requests, name) || limit) === limit;
    }),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}
