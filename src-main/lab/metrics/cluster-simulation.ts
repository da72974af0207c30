import { type PodIdentity, RESTARTED_AFTER_MS } from "../cluster/components.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import { ingesterTroubles, readPathTroubles } from "./fault-effects.ts";
import { IngesterRing, type SimulatedRingMember } from "./ingester-ring.ts";
import { type SimulationOptions, stormBytes, type TellRefusal, type Troubles } from "./lab-load.ts";
import { ringSignature, ringViews, tickKvClients, tickRings } from "./ring-view.ts";
import type { Labels } from "./series-registry.ts";
import type { MetricName } from "./metric-families.ts";
import { appendTargets, SimulatedDistributor } from "./simulated-distributor.ts";
import { SimulatedIngester } from "./simulated-ingester.ts";
import {
  ENDED_AFTER_MS,
  LEFT_AFTER_MS,
  ringProcesses,
  type SeenProcess,
  type Shutdown,
  type ShutdownWish,
  SIMPLE_END_MS,
  STARTED_AGAIN_AFTER_MS,
} from "./process-end.ts";
import { ClusterRuntime, type TenantsLimits } from "../runtime/cluster-runtime.ts";
import type { SimulatedPod } from "./simulated-pod.ts";
import { SimulatedReadPath } from "./simulated-read-path.ts";

const REPLICATION_FACTOR = 3;
const AGE_MS = 86_400_000;
const WARM_UP_SECONDS = 240;
/** Only the write path has waves that take their time to settle. */
const READ_PATH_WARM_UP_SECONDS = 60;
/** What nobody looked at for longer than this is left out; counters then are as if it had stood still. */
const MAX_PLAYED_SECONDS = 1_800;

/**
 * The lab's cluster as its metrics show it. Its state is played second by second up to the moment it is asked for, from a
 * seed and from the faults and commands it was given and when: the same history gives the same pages. It has no timers.
 */
export class ClusterSimulation {
  readonly #seed: number;
  readonly #pods = new Map<string, SimulatedPod>();
  readonly #ring = new IngesterRing();
  readonly #faults = new Set<string>();
  readonly #down = new Set<string>();
  readonly #shutdowns = new Map<string, Shutdown>();
  readonly #storeBackMs = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #runtime: ClusterRuntime;
  readonly #refused: TellRefusal;
  /** Bytes a second of the tenants that push too much. */
  readonly #storms = new Map<string, number>();
  #second: number;
  /** While the cluster is warmed up, the read path stands still until this second. */
  #warmUntilSecond: number;

  constructor(seed: number, pods: readonly PodIdentity[], nowMs: number, options: SimulationOptions = {}) {
    this.#seed = seed;
    this.#runtime = new ClusterRuntime(seed, nowMs, options);
    this.#refused = options.refused ?? (() => {});
    this.#second = Math.floor(nowMs / 1_000) - WARM_UP_SECONDS;
    this.#warmUntilSecond = this.#second + WARM_UP_SECONDS - READ_PATH_WARM_UP_SECONDS;
    const createdMs = Math.floor(nowMs / 1_000) * 1_000 - AGE_MS;
    const startedMs = ({ name }: PodIdentity) => createdMs + (RESTARTED_AFTER_MS[name] ?? 0);
    for (const identity of pods) {
      this.#add(identity, startedMs(identity));
      if (identity.target === "ingester") this.#ring.register(identity, createdMs, nowMs);
    }
    this.advance(nowMs);
    for (const pod of this.#pods.values()) pod.age(startedMs(pod.identity), nowMs);
    this.#warmUntilSecond = 0;
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
      if (on) this.#down.add(target);
      else this.#revive(target, nowMs);
      this.#tell();
    }
    if (name === "tenant-storm") {
      const distributor = [...this.#pods.values()].find((pod) => pod instanceof SimulatedDistributor);
      if (on) this.#storms.set(target, stormBytes(target, distributor?.limitsOf(target)));
      else this.#storms.delete(target);
    }
    if (name === "runtime-stuck") this.#pods.get(target)?.runtime.stick(on);
    if (name === "object-store-down" && !on) {
      // Each backs off on its own: they come back one by one.
      for (const { identity } of this.#ingesters()) {
        this.#storeBackMs.set(identity.name, nowMs + 5_000 + (mix(this.#seed, textSeed(identity.name)) % 20_000));
      }
    }
  }

  /** Told whenever something begins to happen to a process. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Names of the ingesters' pods. */
  ingesters(): readonly string[] {
    return this.#ingesters().map(({ identity }) => identity.name);
  }

  /** Pods of a component. */
  podsOf(target: PodIdentity["target"]): readonly PodIdentity[] {
    return [...this.#pods.values()].map(({ identity }) => identity).filter((each) => each.target === target);
  }

  /** Since when a compactor runs that compacts; `null` while there is none. */
  compactor(nowMs: number): { readonly sinceMs: number } | null {
    this.advance(nowMs);
    const stuck = this.#faults.has("compactor-stuck") || this.#faults.has("object-store-down");
    const pod = [...this.#pods.values()].find(
      ({ identity }) => identity.target === "compactor" && !this.#down.has(identity.name),
    );
    return stuck || pod === undefined ? null : { sinceMs: pod.startedMs };
  }

  /** All pods of the cluster, running or not. */
  pods(): readonly PodIdentity[] {
    return [...this.#pods.values()].map(({ identity }) => identity);
  }

  /** The ConfigMap has changed: its text comes to every pod's volume, and each process reads it with its next look. */
  setRuntimeConfig(text: string, nowMs: number): void {
    this.advance(nowMs);
    this.#runtime.change(text, nowMs, this.#pods, this.#faults.has("config-map-slow"));
  }

  /** What a process has read of the overrides; `null` for the lab's own Loki. Empty for what is no process of the cluster. */
  overrides(pod: string | null, nowMs: number): TenantsLimits {
    this.advance(nowMs);
    return pod === null ? this.#runtime.allInOne(nowMs) : (this.#pods.get(pod)?.runtime.overrides ?? new Map());
  }

  /** A process begins in a pod, known or new. */
  start(identity: PodIdentity, nowMs: number): void {
    this.advance(nowMs);
    const { name } = identity;
    const known = this.#pods.get(name);
    const killed = this.#faults.has(`killed:${name}`);
    if (known !== undefined) {
      if (this.#down.has(name) && !this.#shutdowns.has(name) && !killed) this.#begin(known, nowMs);
      return;
    }
    const pod = this.#add(identity, nowMs);
    if (killed) this.#down.add(name);
    else this.#begin(pod, nowMs);
  }

  /** The process is asked to end, since its pod is to go (SIGTERM); how many milliseconds it needs. */
  terminate(name: string, nowMs: number): number {
    this.advance(nowMs);
    const pod = this.#pods.get(name);
    if (pod === undefined || this.#down.has(name)) return 0;
    const under = this.#shutdowns.get(name);
    if (under !== undefined) {
      this.#shutdowns.set(name, { ...under, again: false });
      return Math.max(0, under.atMs + ENDED_AFTER_MS - nowMs);
    }
    if (!(pod instanceof SimulatedIngester)) return SIMPLE_END_MS;
    pod.flush();
    this.#shutdowns.set(name, { atMs: nowMs, again: false, deletesTokens: pod.shutdownMarker });
    this.#tell();
    return ENDED_AFTER_MS;
  }

  /** The pod is gone for good. What its process had in the ring stays there unless it has left. */
  remove(name: string, nowMs: number): void {
    this.advance(nowMs);
    this.#pods.delete(name);
    this.#down.delete(name);
    this.#shutdowns.delete(name);
    this.#tell();
  }

  /** Whether something listens in the pod. */
  answers(name: string, nowMs: number): boolean {
    this.advance(nowMs);
    return this.#pods.has(name) && !this.#down.has(name);
  }

  /** A process as the kubelet sees it. */
  observe(name: string, nowMs: number): SeenProcess {
    this.advance(nowMs);
    const pod = this.#pods.get(name);
    if (pod === undefined) return { running: false, startedMs: 0, ready: false, changing: false };
    const running = !this.#down.has(name);
    const ready = running && this.notReady(name, nowMs) === null;
    return { running, startedMs: pod.startedMs, ready, changing: this.#shutdowns.has(name) || (running && !ready) };
  }

  /** In how many zones there is an ingester that takes pushes. */
  livingZones(nowMs: number): number {
    this.advance(nowMs);
    const living = this.#ingesters().filter(({ identity }) => !this.#down.has(identity.name));
    return new Set(living.map(({ identity }) => identity.zone)).size;
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
    if (shutdown?.again === false) return "Application is stopping";
    if (shutdown !== undefined && nowMs - shutdown.atMs >= LEFT_AFTER_MS - 300) {
      return "Some services are not Running:\nFailed: 1\nStopping: 5\nTerminated: 1";
    }
    const pod = this.#pods.get(name);
    if (pod instanceof SimulatedIngester) return pod.notReady(nowMs, this.#ring.beganStale(name));
    const alone = pod?.identity.target === "query-frontend" && !this.runs("query-scheduler", nowMs);
    return alone ? "Query Frontend not ready: not ready: number of schedulers this worker is connected to is 0" : null;
  }

  /** Whether any process of a component runs. */
  runs(target: PodIdentity["target"], nowMs: number): boolean {
    return this.running(target, nowMs) > 0;
  }

  /** How many processes of a component run. */
  running(target: PodIdentity["target"], nowMs: number): number {
    return this.podsOf(target).filter(({ name }) => this.answers(name, nowMs)).length;
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

  /** Counts what else really happened. */
  count(name: string, metric: MetricName, labels: Labels, amount = 1): void {
    this.#pods.get(name)?.series.add(metric, amount, labels);
  }

  /** The ingester ring. */
  ring(nowMs: number): readonly SimulatedRingMember[] {
    this.advance(nowMs);
    return this.#ring.members(nowMs);
  }

  /** Takes a member out of the ring; a living one comes back with a heartbeat. `false` when there is no such member. */
  forget(id: string, nowMs: number): boolean {
    this.advance(nowMs);
    return this.#ring.forget(id, nowMs);
  }

  flush(name: string, nowMs: number): void {
    this.advance(nowMs);
    this.#ingester(name)?.flush();
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
  shutdown(name: string, { flush, deletesTokens }: ShutdownWish, nowMs: number): boolean {
    this.advance(nowMs);
    if (this.#shutdowns.has(name) || this.#ingester(name) === undefined) return false;
    if (flush) this.flush(name, nowMs);
    this.#shutdowns.set(name, { atMs: nowMs, again: true, deletesTokens });
    this.#tell();
    return true;
  }

  #add(identity: PodIdentity, startedMs: number): SimulatedPod {
    const { target } = identity;
    const make = { ingester: SimulatedIngester, distributor: SimulatedDistributor };
    const Pod = target === "ingester" || target === "distributor" ? make[target] : SimulatedReadPath;
    const runtime = this.#runtime.follower(identity.name, this.#second * 1_000);
    runtime.stick(this.#faults.has(`runtime-stuck:${identity.name}`));
    const pod = new Pod(identity, this.#seed, startedMs, runtime);
    if (pod instanceof SimulatedDistributor) pod.begin(this.podsOf("distributor").length, this.#refused);
    // Replicas refuse alike: one of them tells.
    if (pod instanceof SimulatedIngester && this.#ingesters().length === 0) pod.refused = this.#refused;
    this.#pods.set(identity.name, pod);
    return pod;
  }

  #begin(pod: SimulatedPod, nowMs: number): void {
    const { name } = pod.identity;
    this.#ring.begin(name, nowMs);
    this.#down.delete(name);
    pod.restart(nowMs);
    // A new process reads what is in its volume by now.
    pod.runtime.begin(this.#runtime.text, nowMs);
    this.#tell();
  }

  /** A pod whose process was killed gets a new one. */
  #revive(name: string, nowMs: number): void {
    const pod = this.#pods.get(name);
    if (pod !== undefined && this.#down.has(name) && !this.#shutdowns.has(name)) this.#begin(pod, nowMs);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #ingesters(): SimulatedIngester[] {
    return [...this.#pods.values()].filter((pod) => pod instanceof SimulatedIngester);
  }

  #ingester(name: string): SimulatedIngester | undefined {
    const pod = this.#pods.get(name);
    return pod instanceof SimulatedIngester ? pod : undefined;
  }

  #troubles(name: string, nowMs: number): Troubles {
    const share = Math.min(1, REPLICATION_FACTOR / Math.max(1, this.#ingesters().length));
    const storeBack = nowMs >= (this.#storeBackMs.get(name) ?? 0);
    return ingesterTroubles(this.#faults, name, { share, storeBack, storms: this.#storms });
  }

  #tick(second: number): void {
    const nowMs = second * 1_000;
    this.#tickShutdowns(nowMs);
    this.#ring.tick(second, ringProcesses(this.#ingesters(), this.#down, this.#shutdowns, nowMs));
    const alive = [...this.#pods.values()].filter(({ identity }) => !this.#down.has(identity.name));
    const members = alive.filter(
      ({ identity }) => identity.target !== "gateway" && identity.target !== "query-frontend",
    );
    const ingesters = appendTargets(this.#ingesters(), this.#down, this.#faults, this.#ring, nowMs);
    const rings = ringViews(this.#ring.members(nowMs), alive, nowMs);
    const signature = ringSignature(rings, second);
    const count = (target: string) => alive.filter(({ identity }) => identity.target === target).length;
    const readPath = readPathTroubles(this.#faults, {
      ingestersLost: ingesters.filter((each) => !each.alive).length,
      queriers: Math.max(1, count("querier")),
    });
    for (const pod of alive) {
      const { name, target } = pod.identity;
      if (pod instanceof SimulatedIngester) pod.tick(second, this.#troubles(name, nowMs), members.length);
      else if (pod instanceof SimulatedDistributor)
        pod.tick(second, this.#troubles("", nowMs), ingesters, Math.max(1, count("distributor")), members.length);
      else if (pod instanceof SimulatedReadPath) {
        if (second <= this.#warmUntilSecond) continue;
        pod.tick(second, readPath, members.length);
      }
      tickKvClients(pod.series, target);
      if (pod.ringSignature === signature) continue;
      pod.ringSignature = signature;
      tickRings(pod.series, target, rings);
    }
  }

  #tickShutdowns(nowMs: number): void {
    for (const [name, { atMs, again, deletesTokens }] of this.#shutdowns) {
      const pod = this.#ingester(name);
      const sinceMs = nowMs - atMs;
      if (sinceMs >= LEFT_AFTER_MS) this.#ring.leave(name, deletesTokens);
      if (sinceMs >= ENDED_AFTER_MS) {
        this.#down.add(name);
        // A process that ends in order takes its marker away.
        if (pod !== undefined) pod.shutdownMarker = false;
      }
      if (!again || sinceMs < STARTED_AGAIN_AFTER_MS || pod === undefined) continue;
      this.#shutdowns.delete(name);
      if (!this.#faults.has(`killed:${name}`)) this.#begin(pod, nowMs);
    }
  }
}
