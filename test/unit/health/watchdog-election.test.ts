import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Lease, LeaseSpec, LeaseStore } from "../../../src-main/core/health/watchdog/lease.ts";
import { LEASE_TIMES, LeaseElection } from "../../../src-main/core/health/watchdog/lease-election.ts";
import { ManualClock, settle } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

/** A Lease with the API server's precondition; the test may cut anybody off from it, or let a request hang. */
class SharedLease {
  lease: Lease | null = null;
  writes: LeaseSpec[] = [];
  readonly cutOff = new Set<string>();
  readonly hanging = new Set<string>();
  #version = 0;

  storeOf(identity: string): LeaseStore {
    const reach = async (signal: AbortSignal) => {
      signal.throwIfAborted();
      if (this.hanging.has(identity)) {
        await new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new AppError("request.cancelled", {})), { once: true }),
        );
      }
      if (this.cutOff.has(identity)) throw new AppError("cluster.unreachable", { host: "api", problem: "cut off" });
    };
    return {
      read: async (signal) => {
        await reach(signal);
        return this.lease;
      },
      create: async (spec, signal) => {
        await reach(signal);
        if (this.lease !== null) throw new AppError("cluster.conflict", { resource: "leases", name: "w" });
        return this.write({ uid: "1" }, spec);
      },
      update: async (lease, signal) => {
        await reach(signal);
        if (lease.metadata["resourceVersion"] !== this.lease?.metadata["resourceVersion"]) {
          throw new AppError("cluster.conflict", { resource: "leases", name: "w" });
        }
        return this.write(lease.metadata, lease.spec);
      },
    };
  }

  write(metadata: Lease["metadata"], spec: LeaseSpec): Lease {
    this.#version += 1;
    this.lease = { metadata: { ...metadata, resourceVersion: String(this.#version) }, spec };
    this.writes.push(spec);
    return this.lease;
  }
}

/** One candidate with clocks of its own. */
class Candidate {
  readonly identity: string;
  readonly election: LeaseElection;
  readonly stop = new AbortController();
  terms = 0;
  ends: unknown[] = [];
  running: Promise<void> | null = null;

  constructor(shared: SharedLease, time: ManualClock, identity: string, wallSkewMs = 0) {
    this.identity = identity;
    const clock = {
      nowMs: () => time.nowMs() + wallSkewMs,
      sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
      after: (ms: number, callback: () => void) => time.after(ms, callback),
    };
    this.election = new LeaseElection({
      store: shared.storeOf(identity),
      identity,
      clock,
      monotonicMs: () => time.nowMs(),
      random: () => 0.5,
      logger: new RecordingLogger(),
    });
  }

  start(work: (signal: AbortSignal) => Promise<void> = untilAborted): this {
    this.running = this.election.run(this.stop.signal, async (signal) => {
      this.terms += 1;
      await work(signal);
      this.ends.push(signal.reason);
    });
    return this;
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.running;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** How many hold it, at every second of some time. */
async function holdersOver(time: ManualClock, seconds: number, ...all: readonly Candidate[]): Promise<string[]> {
  const seen: string[] = [];
  for (let second = 0; second < seconds; second++) {
    await time.advance(1_000);
    seen.push(
      all
        .filter(({ election }) => election.holds())
        .map(({ identity }) => identity)
        .join("+"),
    );
  }
  return seen;
}

describe("the election", () => {
  it("makes the lease, holds it by renewing every ten seconds or so, and lets it go when it is told to end", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    const a = new Candidate(shared, time, "pod-a").start();
    await settle();
    expect(a.election.holds()).toBe(true);
    expect(shared.lease?.spec).toMatchObject({
      holderIdentity: "pod-a",
      leaseDurationSeconds: 30,
      leaseTransitions: 0,
    });
    expect(shared.lease?.spec.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const holders = await holdersOver(time, 120, a);
    expect(new Set(holders)).toEqual(new Set(["pod-a"]));
    expect(shared.writes.length).toBeGreaterThanOrEqual(10);
    expect(shared.writes.length).toBeLessThanOrEqual(13);
    expect(new Set(shared.writes.map(({ acquireTime }) => acquireTime)).size).toBe(1);
    await a.end();
    expect(a.election.holds()).toBe(false);
    expect(a.terms).toBe(1);
    expect(shared.lease?.spec).not.toHaveProperty("holderIdentity");
    expect(time.waiting).toBe(0);
  });

  it("has one leader of two, and the other one within seconds after the first let go", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    const a = new Candidate(shared, time, "pod-a").start();
    const b = new Candidate(shared, time, "pod-b").start();
    const together = await holdersOver(time, 300, a, b);
    expect(new Set(together)).toHaveLength(1);
    const [first, second] = together[0] === "pod-a" ? [a, b] : [b, a];
    await first.end();
    const after = await holdersOver(time, 13, first, second);
    expect(after.at(-1)).toBe(second.identity);
    expect(shared.lease?.spec.leaseTransitions).toBe(1);
    await second.end();
  });

  it("waits the whole duration for one that died without a word", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    const a = new Candidate(shared, time, "pod-a").start();
    await settle();
    const b = new Candidate(shared, time, "pod-b").start();
    await settle();
    shared.hanging.add("pod-a");
    const holders = await holdersOver(time, 60, a, b);
    const lost = holders.indexOf("");
    const taken = holders.indexOf("pod-b");
    expect(lost * 1_000).toBeLessThanOrEqual(LEASE_TIMES.renewWithinMs);
    expect((taken + 1) * 1_000).toBeGreaterThanOrEqual(LEASE_TIMES.durationMs);
    expect(taken).toBeLessThan(45);
    expect(holders).not.toContain("pod-a+pod-b");
    expect(a.ends[0]).toMatchObject({ code: "watchdog.lease-lost" });
    shared.hanging.clear();
    await Promise.all([a.end(), b.end()]);
  });

  it.each([-3_600_000, 3_600_000, 10 * 365 * 86_400_000])(
    "is not misled by a wall clock that is %i ms off",
    async (skewMs) => {
      const shared = new SharedLease();
      const time = new ManualClock();
      const a = new Candidate(shared, time, "pod-a").start();
      await settle();
      const b = new Candidate(shared, time, "pod-b", skewMs).start();
      expect(new Set(await holdersOver(time, 120, a, b))).toEqual(new Set(["pod-a"]));
      shared.cutOff.add("pod-a");
      const holders = await holdersOver(time, 60, a, b);
      expect(holders.at(-1)).toBe("pod-b");
      expect(holders).not.toContain("pod-a+pod-b");
      await Promise.all([a.end(), b.end()]);
    },
  );

  it("survives a renewal that fails once, and stops at once when another holds the lease", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    const a = new Candidate(shared, time, "pod-a").start();
    await settle();
    shared.cutOff.add("pod-a");
    await time.advance(11_500);
    shared.cutOff.clear();
    await time.advance(11_500);
    expect(a.election.holds()).toBe(true);
    expect(a.terms).toBe(1);
    const taken = shared.lease;
    if (taken === null) throw new Error("no lease");
    shared.write(taken.metadata, { ...taken.spec, holderIdentity: "thief" });
    await time.advance(11_500);
    expect(a.election.holds()).toBe(false);
    expect(a.ends).toMatchObject([{ code: "watchdog.lease-lost", params: { holder: "thief" } }]);
    // It let nothing go that is not its own.
    await a.end();
    expect(shared.lease?.spec.holderIdentity).toBe("thief");
  });

  it("takes at once what nobody holds, or holds itself from before", async () => {
    for (const holder of [undefined, "pod-a"]) {
      const shared = new SharedLease();
      const time = new ManualClock();
      shared.write({ uid: "1" }, { holderIdentity: holder, leaseDurationSeconds: 30, leaseTransitions: 7 });
      const a = new Candidate(shared, time, "pod-a").start();
      await settle();
      expect(a.election.holds()).toBe(true);
      expect(shared.lease?.spec.leaseTransitions).toBe(holder === undefined ? 8 : 7);
      await a.end();
    }
  });

  it("is not kept away for years by a lease that asks for it", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    shared.write({ uid: "1" }, { holderIdentity: "gone", leaseDurationSeconds: 2 ** 31, leaseTransitions: 0 });
    const a = new Candidate(shared, time, "pod-a").start();
    const holders = await holdersOver(time, 700, a);
    expect(holders.indexOf("pod-a")).toBeGreaterThan(590);
    expect(holders.at(-1)).toBe("pod-a");
    await a.end();
  });

  it("ends with the fault of its work, having let the lease go", async () => {
    const shared = new SharedLease();
    const a = new Candidate(shared, new ManualClock(), "pod-a").start(() => Promise.reject(new Error("a bug")));
    await expect(a.running).rejects.toThrow("a bug");
    expect(shared.lease?.spec).not.toHaveProperty("holderIdentity");
  });

  it("of many that reach for a new lease at the same moment one alone gets it", async () => {
    const shared = new SharedLease();
    const time = new ManualClock();
    const many = Array.from({ length: 8 }, (_, index) => new Candidate(shared, time, `pod-${index}`).start());
    const holders = await holdersOver(time, 60, ...many);
    expect(new Set(holders)).toHaveLength(1);
    expect(many.map(({ terms }) => terms).reduce((sum, terms) => sum + terms, 0)).toBe(1);
    await Promise.all(many.map((one) => one.end()));
  });
});
