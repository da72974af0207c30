import type { Clock } from "../../../core/common/clock.ts";
import { type ProcessIdentity, type ProcessTarget, processTargetOf } from "../../cluster/components.ts";
import { goRfc3339Seconds } from "../../format/go-text.ts";
import { type KubeObject, listAt, numberAt, textAt } from "../kube-object.ts";
import type { ObjectChange, ObjectStore } from "../object-store.ts";
import { type ContainerState, podStatus } from "../pod-status.ts";
import { knownResource } from "../resources.ts";
import { isTerminating } from "./ownership.ts";

const PODS = knownResource("", "pods");
/** From a pod's creation to its container's start: no image is ever pulled here. */
const STARTED_AFTER_MS = 500;
const READY_AFTER_MS = 1_000;
const PROBE_MS = 500;

/** What the kubelet sees of a process. */
export interface ObservedProcess {
  readonly running: boolean;
  readonly startedMs: number;
  /** What its readiness probe would say. */
  readonly ready: boolean;
  /** Whether any of that is about to change by itself. */
  readonly changing: boolean;
}

/** The processes in the pods of Loki and of its object store. */
export interface PodProcesses {
  /** Starts a pod's process; its port is open when this resolves. */
  open(podUid: string, identity: ProcessIdentity): Promise<void>;
  /** Asks a process to end (SIGTERM); how many milliseconds it needs. */
  terminate(podName: string): number;
  /** Ends a pod's process and cuts its connections; the pod is gone for good. */
  close(podUid: string, podName: string): Promise<void>;
  observe(podName: string): ObservedProcess;
}

export interface KubeletParts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly processes: PodProcesses;
  readonly event: (about: KubeObject, reason: string, message: string) => void;
}

interface PodRecord {
  readonly name: string;
  readonly namespace: string;
  readonly target: ProcessTarget | null;
  container: ContainerState;
}

/** Runs the pods of all nodes: starts their processes, probes them, writes their status, and stops them. */
export class Kubelet {
  readonly #parts: KubeletParts;
  readonly #records = new Map<string, PodRecord>();
  readonly #timers = new Set<() => void>();
  #probing = false;
  #closed = false;

  constructor(parts: KubeletParts) {
    this.#parts = parts;
  }

  /** Takes over a pod that runs and is ready. */
  async adopt(pod: KubeObject): Promise<void> {
    const target = processTargetOf(pod.metadata);
    const status = listAt(pod, "status.containerStatuses")[0];
    if (target !== null) await this.#parts.processes.open(pod.metadata.uid ?? "", identityOf(pod, target));
    const startedMs =
      target === null
        ? Date.parse(textAt(status, "state.running.startedAt"))
        : this.#parts.processes.observe(pod.metadata.name).startedMs;
    this.#remember(pod, target, {
      startedMs,
      running: true,
      ready: true,
      restarts: numberAt(status, "restartCount"),
      last: lastOf(status),
    });
  }

  /** What to do about a change of a pod. */
  changed({ type, object }: ObjectChange): void {
    const uid = object.metadata.uid ?? "";
    const record = this.#records.get(uid);
    if (type === "ADDED" && record === undefined) this.#start(object);
    else if (type === "DELETED") this.#records.delete(uid);
    else if (record !== undefined && !isTerminating(object)) this.#write(uid, record);
  }

  /** Looks at all processes again: something happened to one. */
  wake(): void {
    if (this.#closed || this.#probing) return;
    this.#probing = true;
    this.#later(0, () => this.#probe());
  }

  /** Stops a pod: its process is asked to end, and the object goes with it. At once with no grace. */
  stop(pod: KubeObject, graceSeconds: number | null): KubeObject {
    const { store, clock, processes, event } = this.#parts;
    const { namespace = "", name, uid = "" } = pod.metadata;
    const record = this.#records.get(uid);
    const force = graceSeconds === 0 || record === undefined;
    if (!force && isTerminating(pod)) return pod;
    const endsAfterMs = force || record.target === null ? 0 : processes.terminate(name);
    if (record !== undefined)
      event(pod, "Killing", `Stopping container ${textAt(listAt(pod, "spec.containers")[0], "name")}`);
    if (force) return this.#end(pod);
    const seconds = graceSeconds ?? (numberAt(pod, "spec.terminationGracePeriodSeconds") || 30);
    const stopping = store.update(PODS, {
      ...pod,
      metadata: {
        ...pod.metadata,
        deletionTimestamp: goRfc3339Seconds(clock.nowMs() + seconds * 1_000),
        deletionGracePeriodSeconds: seconds,
      },
    });
    this.#later(Math.min(endsAfterMs, seconds * 1_000), () => {
      const current = store.find(PODS, namespace, name);
      if (current !== null && current.metadata.uid === uid) this.#end(current);
    });
    return stopping;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #end(pod: KubeObject): KubeObject {
    const { store, processes, event } = this.#parts;
    const { namespace = "", name, uid = "" } = pod.metadata;
    const gone = store.delete(PODS, namespace, name);
    if (processTargetOf(pod.metadata) !== null) {
      processes.close(uid, name).catch((error: unknown) => event(pod, "FailedKillPod", String(error)));
    }
    return gone;
  }

  #start(pod: KubeObject): void {
    const { event } = this.#parts;
    const target = processTargetOf(pod.metadata);
    this.#remember(pod, target, { startedMs: null, running: false, ready: false, restarts: 0, last: null });
    event(
      pod,
      "Scheduled",
      `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${textAt(pod, "spec.nodeName")}`,
    );
    this.#later(STARTED_AFTER_MS, () => {
      this.#run(pod, target).catch((error: unknown) => event(pod, "Failed", `Error: ${String(error)}`));
    });
  }

  async #run(pod: KubeObject, target: ProcessTarget | null): Promise<void> {
    const { processes, clock, event } = this.#parts;
    const uid = pod.metadata.uid ?? "";
    const record = this.#records.get(uid);
    if (record === undefined) return;
    if (target !== null) {
      await processes.open(uid, identityOf(pod, target));
      if (this.#closed || !this.#records.has(uid)) {
        await processes.close(uid, pod.metadata.name);
        return;
      }
    }
    const startedMs = target === null ? clock.nowMs() : processes.observe(pod.metadata.name).startedMs;
    record.container = { ...record.container, startedMs, running: true };
    this.#write(uid, record);
    event(pod, "Started", `Started container ${textAt(listAt(pod, "spec.containers")[0], "name")}`);
    this.wake();
  }

  /** Looks at every container, and again soon while any of them is on its way. */
  #probe(): void {
    this.#probing = false;
    let changing = false;
    for (const [uid, record] of this.#records) {
      if (record.container.startedMs === null) continue;
      const seen = this.#see(record);
      record.container = after(record.container, seen, this.#parts.clock.nowMs());
      this.#write(uid, record);
      changing ||= seen.changing;
    }
    if (!changing) return;
    this.#probing = true;
    this.#later(PROBE_MS, () => this.#probe());
  }

  #see({ target, name, container }: PodRecord): ObservedProcess {
    const sinceMs = (startedMs: number) => this.#parts.clock.nowMs() - startedMs;
    if (target === null) {
      const startedMs = container.startedMs ?? 0;
      const ready = sinceMs(startedMs) >= READY_AFTER_MS;
      return { running: true, startedMs, ready, changing: !ready };
    }
    const seen = this.#parts.processes.observe(name);
    const early = seen.running && sinceMs(seen.startedMs) < READY_AFTER_MS;
    return early ? { ...seen, ready: false, changing: true } : seen;
  }

  #write(uid: string, { namespace, name, container }: PodRecord): void {
    const { store, clock } = this.#parts;
    const pod = store.find(PODS, namespace, name);
    if (pod === null || pod.metadata.uid !== uid) return;
    store.update(PODS, { ...pod, status: podStatus(pod, container, clock.nowMs()) });
  }

  #remember(pod: KubeObject, target: ProcessTarget | null, container: ContainerState): void {
    const { namespace = "", name, uid = "" } = pod.metadata;
    this.#records.set(uid, { namespace, name, target, container });
  }

  #later(ms: number, callback: () => void): void {
    const cancel = this.#parts.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }
}

/** The container's state after a look at its process: a younger process is a restart. */
function after(before: ContainerState, seen: ObservedProcess, nowMs: number): ContainerState {
  const { running, ready } = seen;
  const startedMs = before.startedMs ?? seen.startedMs;
  const ended = (exitCode: number) => ({
    startedMs,
    finishedMs: nowMs,
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
  });
  if (before.running && !running) return { ...before, running, ready: false, last: ended(137) };
  if (!running || seen.startedMs <= startedMs) return { ...before, running, ready };
  const last = before.running ? ended(0) : before.last;
  return { startedMs: seen.startedMs, running, ready, restarts: before.restarts + 1, last };
}

function lastOf(status: unknown): ContainerState["last"] {
  const started = Date.parse(textAt(status, "lastState.terminated.startedAt"));
  if (Number.isNaN(started)) return null;
  return {
    startedMs: started,
    finishedMs: Date.parse(textAt(status, "lastState.terminated.finishedAt")),
    exitCode: numberAt(status, "lastState.terminated.exitCode"),
    reason: textAt(status, "lastState.terminated.reason"),
  };
}

function identityOf(pod: KubeObject, target: ProcessTarget): ProcessIdentity {
  const zone = pod.metadata.labels?.["topology.kubernetes.io/zone"] ?? "a";
  return { name: pod.metadata.name, target, address: `${textAt(pod, "status.podIP")}:9095`, zone: `zone-${zone}` };
}
