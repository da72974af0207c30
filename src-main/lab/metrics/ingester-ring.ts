import type { PodIdentity } from "../cluster/components.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";

/** An ingester in the ring as everybody sees it. */
export interface SimulatedRingMember {
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  readonly state: RingState | "UNHEALTHY";
  readonly heartbeatMs: number;
  readonly registeredMs: number;
  /** How often it has thrown its tokens away. */
  readonly tokenEpoch: number;
}

type RingState = "ACTIVE" | "JOINING" | "LEAVING";

interface RingEntry {
  address: string;
  zone: string;
  state: RingState;
  heartbeatMs: number;
  registeredMs: number;
  tokenEpoch: number;
}

/** What the ring's lifecycler of a process does at a moment. */
export interface RingProcess {
  readonly identity: PodIdentity;
  readonly startedMs: number;
  /** Whether it has begun to take part: the WAL is replayed, and it has not left. */
  readonly joined: boolean;
  readonly leaving: boolean;
}

export const HEARTBEAT_TIMEOUT_MS = 60_000;
const HEARTBEAT_SECONDS = 5;
const BACK_AFTER_FORGET_MS = 2_300;
/** A process that finds its own entry stale reads the ring before it heartbeats. */
const STALE_UNTIL_MS = 9_000;

/**
 * The ring of the ingesters: who is in it is written by its members' heartbeats. A process that ends without leaving stays
 * until its heartbeat is too old, and then as unhealthy until it is forgotten or begins again.
 */
export class IngesterRing {
  readonly #entries = new Map<string, RingEntry>();
  /** When a living member that was forgotten is back. */
  readonly #backAtMs = new Map<string, number>();
  /** Members whose entry was stale when their process began. */
  readonly #stale = new Set<string>();
  readonly #tokenEpochs = new Map<string, number>();

  /** Puts a member in that has been there since a time. */
  register({ name, address, zone }: PodIdentity, sinceMs: number, nowMs: number): void {
    const tokenEpoch = this.#tokenEpochs.get(name) ?? 0;
    const entry: RingEntry = { address, zone, state: "ACTIVE", heartbeatMs: nowMs, registeredMs: sinceMs, tokenEpoch };
    this.#entries.set(name, entry);
  }

  members(nowMs: number): readonly SimulatedRingMember[] {
    return [...this.#entries]
      .map(([id, entry]) => ({ id, ...entry, state: stateOf(entry, nowMs) }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  stateOf(id: string, nowMs: number): SimulatedRingMember["state"] | null {
    const entry = this.#entries.get(id);
    return entry === undefined ? null : stateOf(entry, nowMs);
  }

  /** Takes a member out; a living one comes back with a heartbeat. `false` when there is no such member. */
  forget(id: string, nowMs: number): boolean {
    if (!this.#entries.delete(id)) return false;
    this.#backAtMs.set(id, nowMs + BACK_AFTER_FORGET_MS);
    return true;
  }

  /** A member unregisters; with new tokens the next time if it deleted them. */
  leave(id: string, deletesTokens: boolean): void {
    if (!this.#entries.delete(id) || !deletesTokens) return;
    this.#tokenEpochs.set(id, (this.#tokenEpochs.get(id) ?? 0) + 1);
  }

  /** A process of a member begins. */
  begin(id: string, nowMs: number): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined && isStale(entry, nowMs)) this.#stale.add(id);
    else this.#stale.delete(id);
    this.#backAtMs.delete(id);
  }

  /** Whether a member found its own entry stale when it began. */
  beganStale(id: string): boolean {
    return this.#stale.has(id);
  }

  /** The heartbeats of one second. */
  tick(second: number, processes: readonly RingProcess[]): void {
    for (const process of processes) this.#beat(second, process);
  }

  #beat(second: number, { identity, startedMs, joined, leaving }: RingProcess): void {
    const nowMs = second * 1_000;
    const { name, address, zone } = identity;
    if (!joined || nowMs < (this.#backAtMs.get(name) ?? 0)) return;
    if (this.#stale.has(name) && nowMs - startedMs < STALE_UNTIL_MS) return;
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      this.register(identity, nowMs, nowMs);
      entry = this.#entries.get(name);
      // A process that was forgotten while it ran is active again with its next heartbeat; a new one joins first.
      if (entry !== undefined && !this.#backAtMs.delete(name)) entry.state = "JOINING";
      return;
    }
    entry.address = address;
    entry.zone = zone;
    entry.state = leaving ? "LEAVING" : "ACTIVE";
    const due = (second + (mix(textSeed(name)) % HEARTBEAT_SECONDS)) % HEARTBEAT_SECONDS === 0;
    if (due || isStale(entry, nowMs)) entry.heartbeatMs = nowMs;
  }
}

function isStale({ heartbeatMs }: RingEntry, nowMs: number): boolean {
  return nowMs - heartbeatMs > HEARTBEAT_TIMEOUT_MS;
}

function stateOf(entry: RingEntry, nowMs: number): SimulatedRingMember["state"] {
  return isStale(entry, nowMs) ? "UNHEALTHY" : entry.state;
}
