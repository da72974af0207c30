import type { PodIdentity } from "../cluster/components.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import { LAB_LOAD, type Troubles } from "./lab-load.ts";
import type { Labels } from "./series-registry.ts";
import type { MetricName } from "./metric-families.ts";
import { SimulatedDistributor } from "./simulated-distributor.ts";
import { SimulatedIngester } from "./simulated-ingester.ts";
import type { SimulatedPod } from "./simulated-pod.ts";
import { SimulatedReadPath } from "./simulated-read-path.ts";

/** An ingester in the ring as everybody sees it. */
export interface SimulatedRingMember {
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  readonly state: "ACTIVE" | "LEAVING" | "UNHEALTHY";
  readonly heartbeatMs: number;
  readonly registeredMs: number;
}

interface RingEntry {
  heartbeatMs: number;
  registeredMs: number;
  /** When it comes back after being forgotten; `null` while it is in the ring. */
  backAtMs: number | null;
}

/** When an ingester was told to shut down; what follows is by the seconds since. */
interface Shutdown {
  readonly atMs: number;
}

const AGE_MS = 86_400_000;
const WARM_UP_SECONDS = 300;
/** What nobody looked at for longer than this is left out; counters then are as if it had stood still. */
const MAX_PLAYED_SECONDS = 1_800;
const HEARTBEAT_TIMEOUT_MS = 60_000;
const BACK_AFTER_FORGET_MS = 2_300;
const LEAVING_AFTER_MS = 1_000;
const LEFT_AFTER_MS = 4_300;
const ENDED_AFTER_MS = 5_100;
/** The kubelet starts the container again. */
const STARTED_AGAIN_AFTER_MS = 8_000;

/**
 * The lab's cluster as its metrics show it. Its state is played second by second up to the moment it is asked for, from a
 * seed and from the faults and commands it was given and when: the same history gives the same pages. It has no timers.
 */
export class ClusterSimulation {
  readonly #seed: number;
  readonly #pods = new Map<string, SimulatedPod>();
  readonly #ring = new Map<string, RingEntry>();
  readonly #faults = new Set<string>();
  readonly #down = new Set<string>();
  readonly #shutdowns = new Map<string, Shutdown>();
  readonly #storeBackMs = new Map<string, number>();
  /** The ring entry was already stale when the process began. */
  readonly #stale = new Map<string, boolean>();
  #second: number;

  constructor(seed: number, pods: readonly PodIdentity[], nowMs: number) {
    this.#seed = seed;
    this.#second = Math.floor(nowMs / 1_000) - WARM_UP_SECONDS;
    const startedMs = nowMs - AGE_MS;
    for (const identity of pods) this.#add(identity, startedMs);
    for (const identity of this.#ingesters()) {
      this.#ring.set(identity.identity.name, { heartbeatMs: nowMs, registeredMs: startedMs, backAtMs: null });
    }
    this.advance(nowMs);
    for (const pod of this.#pods.values()) pod.age(AGE_MS / 1_000 / WARM_UP_SECONDS, startedMs);
  }

  /** Plays what has passed. */
  advance(nowMs: number): void {
    const end = Math.floor(nowMs / 1_000);
    this.#second = Math.max(this.#second, end - MAX_PLAYED_SECONDS);
    while (this.#second < end) {
      this.#second += 1;
      this.#tick(this.#second);
    }
  }

  /** Switches a fault, `name` or `name:target` with the target's full name; others than the simulation's are let by. */
  setFault(fault: string, on: boolean, nowMs: number): void {
    this.advance(nowMs);
    if (on === this.#faults.has(fault)) return;
    if (on) this.#faults.add(fault);
    else this.#faults.delete(fault);
    const [name, target = ""] = fault.split(":");
    if (name === "killed") {
      if (on) this.stop(target, nowMs);
      else this.start(target, nowMs);
    }
    if (name === "object-store-down" && !on) {
      // Each backs off on its own: they come back one by one.
      for (const { identity } of this.#ingesters()) {
        this.#storeBackMs.set(identity.name, nowMs + 5_000 + (mix(this.#seed, textSeed(identity.name)) % 20_000));
      }
    }
  }

  /** The pod's process ends; its entry in the ring stays. */
  stop(name: string, nowMs: number): void {
    this.advance(nowMs);
    this.#down.add(name);
  }

  /** A process begins in a pod, known or new. */
  start(name: string, nowMs: number, identity?: PodIdentity): void {
    this.advance(nowMs);
    const known = this.#pods.get(name);
    if (known === undefined) {
      if (identity !== undefined) this.#add(identity, nowMs);
      return;
    }
    if (!this.#down.has(name) || this.#faults.has(`killed:${name}`)) return;
    this.#begin(known, nowMs);
  }

  /** The pod is gone for good, as one of a Deployment that was replaced. */
  remove(name: string, nowMs: number): void {
    this.advance(nowMs);
    this.#pods.delete(name);
    this.#down.delete(name);
  }

  /** Whether something listens in the pod. */
  answers(name: string, nowMs: number): boolean {
    this.advance(nowMs);
    return this.#pods.has(name) && !this.#down.has(name);
  }

  /** Addresses of ingesters that do not take pushes. */
  lostIngesters(nowMs: number): readonly string[] {
    this.advance(nowMs);
    return this.#ingesters().flatMap(({ identity }) => (this.#down.has(identity.name) ? [identity.address] : []));
  }

  /** Why `/ready` of a pod is 503; `null` when it is ready. The order and the times are those of a real restart. */
  notReady(name: string, nowMs: number): string | null {
    this.advance(nowMs);
    const shutdown = this.#shutdowns.get(name);
    if (shutdown !== undefined && nowMs - shutdown.atMs >= LEFT_AFTER_MS - 300) {
      return "Some services are not Running:\nFailed: 1\nStopping: 5\nTerminated: 1";
    }
    const pod = this.#pods.get(name);
    if (!(pod instanceof SimulatedIngester)) return null;
    const sinceMs = nowMs - pod.startedMs;
    if (pod.replaying(nowMs)) return "Some services are not Running:\nStarting: 1\nRunning: 6";
    const waitsMs = this.#stale.get(name) === true ? 5_000 : 0;
    if (waitsMs > 0 && sinceMs < 4_000 + waitsMs) {
      return `Ingester not ready: instance ${pod.identity.address} past heartbeat timeout`;
    }
    return sinceMs < 9_000 + waitsMs ? "Ingester not ready: waiting for 5s after being ready" : null;
  }

  /** How much longer the pod takes to answer than it needs, milliseconds: it is not given its CPU. */
  answerDelayMs(name: string, nowMs: number): number {
    if (!this.#faults.has(`cpu-starved:${name}`)) return 0;
    return 60 + (mix(this.#seed, textSeed(name), Math.floor(nowMs / 250)) % 440);
  }

  /** Samples of a pod's page by family; empty when it does not answer. */
  families(name: string, nowMs: number): ReadonlyMap<MetricName, readonly string[]> {
    this.advance(nowMs);
    return this.#pods.get(name)?.series.families() ?? new Map();
  }

  /** Counts a request that was really answered. */
  recordRequest(name: string, labels: Labels, seconds: number): void {
    this.#pods.get(name)?.series.observe("loki_request_duration_seconds", 1, seconds, labels);
  }

  /** The ingester ring. */
  ring(nowMs: number): readonly SimulatedRingMember[] {
    this.advance(nowMs);
    return this.#ingesters().flatMap(({ identity }) => {
      const entry = this.#ring.get(identity.name);
      if (entry === undefined || entry.backAtMs !== null) return [];
      const { heartbeatMs, registeredMs } = entry;
      const { name: id, address, zone } = identity;
      return [{ id, address, zone, state: this.#state(id, entry, nowMs), heartbeatMs, registeredMs }];
    });
  }

  /** Takes a member out of the ring; a living one comes back with a heartbeat. `false` when there is no such member. */
  forget(id: string, nowMs: number): boolean {
    this.advance(nowMs);
    const entry = this.#ring.get(id);
    if (entry === undefined || entry.backAtMs !== null) return false;
    entry.backAtMs = nowMs + BACK_AFTER_FORGET_MS;
    return true;
  }

  flush(name: string, nowMs: number): void {
    this.advance(nowMs);
    this.#ingester(name)?.flush(nowMs);
  }

  setShutdownMarker(name: string, set: boolean, nowMs: number): void {
    this.advance(nowMs);
    const ingester = this.#ingester(name);
    if (ingester !== undefined) ingester.shutdownMarker = set;
  }

  shutdownMarker(name: string): boolean {
    return this.#ingester(name)?.shutdownMarker ?? false;
  }

  /** Begins a shutdown: flush, leave the ring, end; then the container starts again. `false` when one is under way. */
  shutdown(name: string, flush: boolean, nowMs: number): boolean {
    this.advance(nowMs);
    if (this.#shutdowns.has(name) || this.#ingester(name) === undefined) return false;
    if (flush) this.flush(name, nowMs);
    this.#shutdowns.set(name, { atMs: nowMs });
    return true;
  }

  #add(identity: PodIdentity, startedMs: number): void {
    const make = { ingester: SimulatedIngester, distributor: SimulatedDistributor };
    const Pod =
      identity.target === "ingester" || identity.target === "distributor" ? make[identity.target] : SimulatedReadPath;
    this.#pods.set(identity.name, new Pod(identity, this.#seed, startedMs));
  }

  #begin(pod: SimulatedPod, nowMs: number): void {
    const { name } = pod.identity;
    const entry = this.#ring.get(name);
    this.#stale.set(name, entry !== undefined && entry.backAtMs === null && this.#tooOld(entry, nowMs));
    this.#down.delete(name);
    pod.restart(nowMs);
  }

  #ingesters(): SimulatedIngester[] {
    return [...this.#pods.values()].filter((pod) => pod instanceof SimulatedIngester);
  }

  #ingester(name: string): SimulatedIngester | undefined {
    const pod = this.#pods.get(name);
    return pod instanceof SimulatedIngester ? pod : undefined;
  }

  #tooOld({ heartbeatMs }: RingEntry, nowMs: number): boolean {
    return nowMs - heartbeatMs > HEARTBEAT_TIMEOUT_MS;
  }

  #state(id: string, entry: RingEntry, nowMs: number): SimulatedRingMember["state"] {
    if (this.#tooOld(entry, nowMs)) return "UNHEALTHY";
    const shutdown = this.#shutdowns.get(id);
    return shutdown !== undefined && nowMs - shutdown.atMs >= LEAVING_AFTER_MS ? "LEAVING" : "ACTIVE";
  }

  #troubles(name: string, nowMs: number): Troubles {
    const tenants = (fault: string) =>
      new Set(LAB_LOAD.map(({ tenant }) => tenant).filter((tenant) => this.#faults.has(`${fault}:${tenant}`)));
    return {
      slowFlush: this.#faults.has(`slow-flush:${name}`),
      jitter: this.#faults.has(`network-jitter:${name}`),
      starved: this.#faults.has(`cpu-starved:${name}`),
      storeDown: this.#faults.has("object-store-down") || nowMs < (this.#storeBackMs.get(name) ?? 0),
      storms: tenants("tenant-storm"),
      explosions: tenants("label-explosion"),
    };
  }

  #tick(second: number): void {
    const nowMs = second * 1_000;
    this.#tickShutdowns(nowMs);
    this.#tickRing(second);
    const alive = [...this.#pods.values()].filter(({ identity }) => !this.#down.has(identity.name));
    const members = alive.filter(
      ({ identity }) => identity.target !== "gateway" && identity.target !== "query-frontend",
    );
    const ingesters = this.#ingesters().map(({ identity }) => ({
      name: identity.name,
      address: identity.address,
      alive: !this.#down.has(identity.name),
      jitter: this.#faults.has(`network-jitter:${identity.name}`),
      inRing: this.#inRing(identity.name, nowMs),
    }));
    const states = [...this.#ring].flatMap(([id, entry]) =>
      entry.backAtMs === null ? [this.#state(id, entry, nowMs)] : [],
    );
    const count = (target: string) => alive.filter(({ identity }) => identity.target === target).length;
    const readPath = {
      storeDown: this.#faults.has("object-store-down"),
      ingestersLost: ingesters.filter((each) => !each.alive).length,
      queriers: Math.max(1, count("querier")),
    };
    for (const pod of alive) {
      const { name, target } = pod.identity;
      if (pod instanceof SimulatedIngester) pod.tick(second, this.#troubles(name, nowMs), members.length);
      else if (pod instanceof SimulatedDistributor)
        pod.tick(second, this.#troubles("", nowMs), ingesters, Math.max(1, count("distributor")), members.length);
      else if (pod instanceof SimulatedReadPath) pod.tick(second, readPath, members.length);
      if (!SEES_INGESTER_RING.has(target)) continue;
      const of = (state: string) => states.filter((each) => each === state).length;
      pod.tickRing("ingester", of("ACTIVE"), of("UNHEALTHY"), of("LEAVING"));
    }
  }

  #inRing(name: string, nowMs: number): boolean {
    const entry = this.#ring.get(name);
    return entry !== undefined && entry.backAtMs === null && this.#state(name, entry, nowMs) === "ACTIVE";
  }

  #tickRing(second: number): void {
    const nowMs = second * 1_000;
    for (const [id, entry] of this.#ring) {
      const pod = this.#ingester(id);
      const leftAt = this.#shutdowns.get(id)?.atMs;
      const left = leftAt !== undefined && nowMs - leftAt >= LEFT_AFTER_MS;
      if (pod === undefined || this.#down.has(id) || pod.replaying(nowMs) || left) continue;
      // Its own old entry stays stale until it has read the ring after a restart.
      if (this.#stale.get(id) === true && nowMs - pod.startedMs < 9_000) continue;
      if (entry.backAtMs !== null && nowMs < entry.backAtMs) continue;
      if (entry.backAtMs !== null) {
        entry.registeredMs = nowMs;
        entry.heartbeatMs = nowMs;
        entry.backAtMs = null;
      }
      if ((second + (mix(textSeed(id)) % 5)) % 5 === 0 || this.#tooOld(entry, nowMs)) entry.heartbeatMs = nowMs;
    }
  }

  #tickShutdowns(nowMs: number): void {
    for (const [name, { atMs }] of this.#shutdowns) {
      const pod = this.#ingester(name);
      const entry = this.#ring.get(name);
      const sinceMs = nowMs - atMs;
      if (entry !== undefined && sinceMs >= LEFT_AFTER_MS) entry.backAtMs ??= nowMs;
      if (sinceMs >= ENDED_AFTER_MS) this.#down.add(name);
      if (sinceMs < STARTED_AGAIN_AFTER_MS || pod === undefined) continue;
      this.#shutdowns.delete(name);
      if (!this.#faults.has(`killed:${name}`)) this.#begin(pod, nowMs);
    }
  }
}

const SEES_INGESTER_RING: ReadonlySet<string> = new Set(["distributor", "ingester", "querier", "ruler"]);
