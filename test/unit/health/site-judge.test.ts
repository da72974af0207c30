import { describe, expect, it } from "vitest";
import type { HealthChange } from "../../../src-shared/model/health/site-health.ts";
import { SiteJudge } from "../../../src-main/core/health/verdicts/site-judge.ts";
import type { ExpectedReplicas, SiteVerdicts } from "../../../src-main/core/health/verdicts/site-verdicts.ts";
import { grow, RecordedSite, type RecordedProcess } from "../../builders/recorded-site.ts";

const PUSH = 'method="gRPC",route="/logproto.Pusher/Push",status_code="success",ws="false"';
const PUT = 'operation="S3.PutObject",status_code="200"';
const COUNTER = /_(?:total|sum|(?<!members_)count)(?:\{|$)/;
const OVERRIDES = 'loki_runtime_config_last_reload_successful{config="loki"}';

function ingesters(count: number, intervalMs?: number): RecordedSite {
  const site = new RecordedSite(intervalMs);
  for (let index = 0; index < count; index++)
    site.add("ingester-1", `ingester-${index}`, "ingester").series[OVERRIDES] = 1;
  site.ring = site.processes.map(({ instance }, index) => ({
    id: instance,
    address: `10.0.0.${index}:9095`,
    state: "ACTIVE",
    zone: "a",
  }));
  return site;
}

/** Pushes and puts as a healthy ingester does them, 15 seconds of them. */
function works(process: RecordedProcess): void {
  grow(process, `loki_request_duration_seconds_sum{${PUSH}}`, 0.3);
  grow(process, `loki_request_duration_seconds_count{${PUSH}}`, 150);
  grow(process, `loki_s3_request_duration_seconds_sum{${PUT}}`, 0.6);
  grow(process, `loki_s3_request_duration_seconds_count{${PUT}}`, 30);
}

function rounds(
  site: RecordedSite,
  count: number,
  change: (round: number) => void = () => undefined,
  expected: ExpectedReplicas | null = null,
): { readonly last: SiteVerdicts; readonly changes: readonly HealthChange[] } {
  const judge = new SiteJudge();
  judge.expect(expected);
  const changes: HealthChange[] = [];
  let last: SiteVerdicts | null = null;
  for (let round = 0; round < count; round++) {
    for (const process of site.processes) works(process);
    change(round);
    last = judge.round(site.round());
    changes.push(...last.changes);
  }
  if (last === null) throw new Error("no rounds");
  return { last, changes };
}

const verdictOf = (verdicts: SiteVerdicts, name: string) =>
  verdicts.instances.find(({ instance }) => instance === name) ??
  verdicts.components.find((one) => one.component === name);

describe("what is thought of a site", () => {
  it("is healthy and no news where all is well", () => {
    const { last, changes } = rounds(ingesters(3), 10);
    expect(changes).toEqual([]);
    expect(verdictOf(last, "ingester")).toMatchObject({ verdict: "healthy", evidence: [], doubts: [] });
  });

  it("names the gray one with its own value, its mates' and since when", () => {
    const site = ingesters(5);
    const { last, changes } = rounds(site, 14, (round) => {
      const victim = site.processes[3];
      if (victim !== undefined && round >= 6) grow(victim, `loki_s3_request_duration_seconds_sum{${PUT}}`, 60);
    });
    expect(last.instances.filter(({ verdict }) => verdict === "gray").map(({ instance }) => instance)).toEqual([
      "ingester-3",
    ]);
    const [evidence] = verdictOf(last, "ingester-3")?.evidence ?? [];
    expect(evidence).toMatchObject({ kind: "put-slow", unit: "seconds", matesMedian: expect.closeTo(0.02, 3) });
    expect(evidence?.own).toBeCloseTo(2.02, 2);
    expect(evidence?.sinceMs).toBe(site.nowMs - 7 * site.intervalMs);
    expect(verdictOf(last, "ingester")).toMatchObject({
      verdict: "gray",
      evidence: [{ kind: "instances-gray", own: 1 }],
    });
    expect(changes.map(({ name, before, verdict }) => [name, before, verdict])).toEqual([
      ["ingester-3", "healthy", "gray"],
      ["ingester", "healthy", "gray"],
    ]);
  });

  it("is unknown of those that may not be asked, and of nobody else, when half are forbidden", () => {
    const site = ingesters(6);
    for (const process of site.processes.slice(0, 3)) process.outcome = "forbidden";
    const { last } = rounds(site, 8);
    const by = Map.groupBy(last.instances, ({ verdict }) => verdict);
    expect([...by].map(([verdict, some]) => [verdict, some.length])).toEqual([
      ["unknown", 3],
      ["healthy", 3],
    ]);
    expect(verdictOf(last, "ingester-0")?.doubts).toEqual(["forbidden"]);
    expect(verdictOf(last, "ingester")).toMatchObject({ verdict: "unknown", doubts: ["partial-view"] });
  });

  it.each(["not-metrics", "too-large"] as const)(
    "is unknown of one that answers %s, though it answered before",
    (outcome) => {
      const site = ingesters(3);
      const { last } = rounds(site, 10, (round) => {
        const [first] = site.processes;
        if (first !== undefined && round >= 5) first.outcome = outcome;
      });
      expect(verdictOf(last, "ingester-0")).toMatchObject({
        verdict: "unknown",
        evidence: [],
        doubts: ["not-metrics", "stale"],
      });
    },
  );

  it("is down of one that was never reached in two rounds while others answer", () => {
    const site = ingesters(3);
    const [first] = site.processes;
    if (first !== undefined) first.outcome = "unreachable";
    const { changes, last } = rounds(site, 3);
    expect(changes.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["ingester-0", "unknown"],
      ["ingester", "unknown"],
      ["ingester-0", "down"],
      ["ingester", "degraded"],
    ]);
    expect(verdictOf(last, "ingester-0")?.evidence).toMatchObject([{ kind: "no-answer" }]);
  });

  it("is unknown when nobody answers", () => {
    const site = ingesters(3);
    for (const process of site.processes) process.outcome = "timed-out";
    const { last } = rounds(site, 5);
    expect(new Set(last.instances.map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
    expect(verdictOf(last, "ingester")?.verdict).toBe("unknown");
  });

  it("is told again from the history as it was, and nobody is down for what the history does not say", () => {
    const site = ingesters(4);
    for (const process of site.processes.slice(0, 2)) process.outcome = "forbidden";
    const judge = new SiteJudge();
    for (let round = 0; round < 6; round++) {
      for (const process of site.processes) works(process);
      judge.replay(site.round().round);
    }
    const { instances } = judge.round(site.round());
    expect(instances.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown", "healthy", "healthy"]);
    const gone = site.processes[3];
    if (gone !== undefined) gone.outcome = "unreachable";
    judge.replay(site.round().round);
    expect(judge.replay(site.round().round).instances.map(({ verdict }) => verdict)).toEqual([
      "unknown",
      "unknown",
      "healthy",
      "down",
    ]);
  });

  it("counts who is missing, and says which component has nobody", () => {
    const expected = {
      wanted: new Map([
        ["ingester", 4],
        ["compactor", 1],
        ["gateway", 2],
        ["ruler", 0],
      ]),
      restarts: new Map<string, number>(),
    };
    const { last } = rounds(ingesters(3), 8, undefined, expected);
    expect(last.components.map(({ component, verdict }) => [component, verdict])).toEqual([
      ["ingester", "degraded"],
      ["compactor", "down"],
    ]);
    expect(verdictOf(last, "ingester")?.evidence).toMatchObject([
      { kind: "members-missing", own: 1, params: { wanted: 4 } },
    ]);
    expect(verdictOf(last, "compactor")?.evidence).toMatchObject([{ kind: "no-instances", params: { wanted: 1 } }]);
  });

  it("sees restarts that Kubernetes counts", () => {
    const site = ingesters(3);
    const judge = new SiteJudge();
    let count = 0;
    let last: SiteVerdicts | null = null;
    for (let round = 0; round < 8; round++) {
      if (round % 2 === 1) count += 1;
      judge.expect({ wanted: new Map(), restarts: new Map([["ingester-1", count]]) });
      last = judge.round(site.round());
    }
    const evidence = last === null ? [] : (verdictOf(last, "ingester-1")?.evidence ?? []);
    expect(evidence).toMatchObject([{ kind: "restarting-often", own: 4, params: { minutes: 60 } }]);
  });

  it("forgets who is listed no more without a word", () => {
    const site = ingesters(3);
    const { last, changes } = rounds(site, 10, (round) => {
      if (round === 5) site.processes.pop();
    });
    expect(last.instances.map(({ instance }) => instance)).toEqual(["ingester-0", "ingester-1"]);
    expect(changes).toEqual([]);
  });

  it("judges the ingesters of a simple scalable deployment", () => {
    const site = new RecordedSite();
    for (const name of ["write-0", "write-1", "write-2"]) site.add("ingester-1", name, "write").series[OVERRIDES] = 1;
    const { last } = rounds(site, 14, (round) => {
      const [victim] = site.processes;
      if (victim !== undefined && round >= 6) grow(victim, `loki_s3_request_duration_seconds_sum{${PUT}}`, 60);
    });
    expect(last.instances.map(({ verdict }) => verdict)).toEqual(["gray", "healthy", "healthy"]);
  });
});

describe("targets that are not as they should be", () => {
  it("blames nobody for counters that are reset with every scrape, and doubts what it says", () => {
    const site = ingesters(4);
    const page = { ...site.processes[0]?.series };
    const { last, changes } = rounds(site, 40, (round) => {
      const [odd] = site.processes;
      for (const [key, value] of Object.entries(page)) {
        if (odd !== undefined && COUNTER.test(key)) odd.series[key] = value * (0.5 + ((round * 5) % 7) / 10);
      }
    });
    expect(changes).toEqual([]);
    expect(verdictOf(last, "ingester-0")).toMatchObject({ verdict: "healthy", doubts: ["mixed-processes"] });
  });

  it.each([-3_600, 3_600])("blames nobody whose clock is %i seconds off, before and after a restart", (off) => {
    const site = ingesters(4);
    const { last, changes } = rounds(site, 30, (round) => {
      const [odd] = site.processes;
      if (odd === undefined) return;
      const key = "process_start_time_seconds";
      if (round === 0) odd.series[key] = (odd.series[key] ?? 0) + off;
      if (round !== 10) return;
      for (const name of Object.keys(odd.series)) if (COUNTER.test(name)) odd.series[name] = 0;
      odd.series[key] = site.nowMs / 1_000 + off;
    });
    expect(changes.filter(({ verdict }) => verdict === "gray" || verdict === "down")).toEqual([]);
    expect(verdictOf(last, "ingester-0")).toMatchObject({ verdict: "healthy", evidence: [] });
  });

  it("does not take for doubtful a new process whose series come back one by one", () => {
    const site = ingesters(3);
    const page = { ...site.processes[1]?.series };
    const { last } = rounds(site, 20, (round) => {
      const back = site.processes[1];
      if (back === undefined || round < 10) return;
      // Nothing but its start at first; then every counter from nothing on.
      if (round === 10) for (const key of Object.keys(back.series)) delete back.series[key];
      if (round === 10) back.series["process_start_time_seconds"] = site.nowMs / 1_000;
      if (round === 11)
        for (const [key, value] of Object.entries(page)) back.series[key] ??= COUNTER.test(key) ? 0 : value;
      if (round === 12) back.series["loki_panic_total"] = 1;
    });
    expect(verdictOf(last, "ingester-1")).toMatchObject({ doubts: [], evidence: [{ kind: "panicked", own: 1 }] });
  });

  it("doubts a name behind which two processes answer by turns, and counts no restarts and no panics of it", () => {
    const site = ingesters(3);
    const starts = [site.nowMs / 1_000 - 90_000, site.nowMs / 1_000 - 5_000];
    const { last, changes } = rounds(site, 40, (round) => {
      const [odd] = site.processes;
      if (odd === undefined) return;
      odd.series["process_start_time_seconds"] = starts[round % 2] ?? 0;
      odd.series["loki_panic_total"] = round % 2 === 0 ? 12 : 0;
    });
    expect(changes).toEqual([]);
    expect(verdictOf(last, "ingester-0")).toMatchObject({ verdict: "healthy", doubts: ["mixed-processes"] });
  });

  it("says nothing of a compactor that runs where not all of them may be asked", () => {
    const site = new RecordedSite();
    const standby = site.add("compactor", "compactor-0", "compactor");
    standby.series["loki_boltdb_shipper_compactor_running"] = 0;
    for (const key of Object.keys(standby.series)) if (key.includes("last_successful")) standby.series[key] = 0;
    standby.series[OVERRIDES] = 1;
    site.add("compactor", "compactor-1", "compactor").outcome = "forbidden";
    const { last } = rounds(site, 20);
    expect(verdictOf(last, "compactor")?.evidence).toEqual([]);
  });

  it("keeps what it holds in bounds while pods come and go for hours", () => {
    const site = ingesters(2);
    const judge = new SiteJudge();
    for (let round = 0; round < 400; round++) {
      site.processes.shift();
      const process = site.add("ingester-1", `ingester-${round + 2}`, "ingester");
      process.series[OVERRIDES] = 1;
      const { instances, components } = judge.round(site.round());
      expect(instances.length).toBe(2);
      expect(components.length).toBe(1);
    }
  });
});
