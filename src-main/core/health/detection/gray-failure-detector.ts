import type { CommonCause, Evidence, EvidenceKind, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { explodingTenants, refusedTenants, storeOutage } from "./common-cause.ts";
import type { Finding } from "./evidence.ts";
import { instanceFindings, type InstanceWindow } from "./instance-findings.ts";
import { PeerGroup } from "./peer-group.ts";
import { Persistence, type PersistenceRule } from "./persistence.ts";
import { readScrape, type Reading } from "./reading.ts";
import { increase, WINDOW_MS, windowRates } from "./reading-window.ts";
import type { RingMember, Scrape, ScrapeRound } from "./scrape.ts";
import { SeriesKeys } from "./series-key.ts";

/** A verdict that differs from the one before, or whose evidence is another. Of a whole component where it has a cause. */
export interface VerdictChange {
  readonly atMs: number;
  readonly scope: "instance" | "component";
  /** Instance, or the component's name. */
  readonly instance: string;
  readonly verdict: Verdict;
  readonly sinceMs: number;
  readonly evidence: readonly Evidence[];
  readonly causes: readonly CommonCause[];
}

/*
 * How a gray failure is found, on one page.
 *
 * Each round of scrapes gives every ingester a window of rates and means over the last 30 s. Each window is compared with
 * those of its ring mates on a log scale by a robust z-score (peer-deviation.ts): whatever befalls all of them, such as twice
 * the load, moves the median too and blames nobody. Findings (instance-findings.ts) ask for a score that the mates' spread
 * does not explain and for a size that matters. A finding that lasts (persistence.ts: three of five rounds; four of six for
 * the faint `slow-all-over`) makes its instance gray; one that was not seen for 30 s no longer counts.
 *
 * Before that, common causes (common-cause.ts) are looked for: puts that fail on most ingesters, a tenant that is refused,
 * streams that multiply. While the object store is in trouble, and for 90 s after it (its ingesters come back one by one,
 * by their own back-off), nothing is said of anybody's puts or queue. While a tenant causes unusual load, twice the difference is asked for.
 *
 * Two scrapes in a row without an answer are `down`, if anybody else answers; if nobody does, the console does not see,
 * and says `unknown`. A process that has just started is `degraded` until it is ready and a minute old.
 */
const RULE: PersistenceRule = { rounds: 5, hits: 3, clearAfterMs: 30_000 };
const FAINT_RULE: PersistenceRule = { rounds: 6, hits: 4, clearAfterMs: 30_000 };
const CAUSE_RULE: PersistenceRule = { rounds: 4, hits: 2, clearAfterMs: 30_000 };
const STORE_AFTERMATH_MS = 90_000;
const PAST_MS = 300_000;
const DOWN_AFTER_MISSES = 2;
const YOUNG_MS = 60_000;

interface InstanceState {
  readings: Reading[];
  misses: number;
  missingSinceMs: number | null;
  firstStart: number | null;
  verdict: Verdict;
  verdictSinceMs: number;
  told: string;
  readonly findings: Map<EvidenceKind, { readonly persistence: Persistence; last: Finding }>;
}

interface CauseState {
  readonly persistence: Persistence;
  last: CommonCause;
}

/** Judges the ingesters of one site, round by round. Keeps five minutes of readings and nothing else. */
export class GrayFailureDetector {
  readonly #keys = new SeriesKeys();
  readonly #states = new Map<string, InstanceState>();
  readonly #components = new Map<string, string>();
  readonly #causes = new Map<string, CauseState>();
  #ring: readonly RingMember[] = [];
  #storeTroubleUntilMs = Number.NEGATIVE_INFINITY;
  #toldCauses = "";

  /** Takes one round in; gives what changed by it. Rounds come in the order of time. */
  round({ atMs, scrapes, ring }: ScrapeRound): readonly VerdictChange[] {
    if (ring !== null) this.#ring = ring;
    for (const scrape of scrapes) this.#take(scrape);
    const windows = this.#windows("ingester", atMs - WINDOW_MS, atMs);
    const causes = this.#commonCauses(atMs, windows);
    const changes = this.#causeChanges(atMs, causes);
    const anybody = scrapes.some(({ series }) => series !== null);
    const judged = this.#instanceWindows(atMs, windows);
    const group = new PeerGroup(judged.values());
    const options = {
      storeTrouble: atMs < this.#storeTroubleUntilMs,
      unusualLoad: causes.some(({ kind }) => kind !== "object-store-outage"),
    };
    for (const { instance, component } of scrapes) {
      const self = judged.get(instance);
      const found = component === "ingester" && self !== undefined ? instanceFindings(self, group, options) : [];
      const change = this.#judge(instance, atMs, found, anybody);
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  #take(scrape: Scrape): void {
    const { instance, component, atMs } = scrape;
    const state = this.#states.get(instance) ?? newState(atMs);
    this.#states.set(instance, state);
    this.#components.set(instance, component);
    const reading = readScrape(scrape, this.#keys);
    if (reading === null) {
      state.misses += 1;
      state.missingSinceMs ??= atMs;
      return;
    }
    state.misses = 0;
    state.missingSinceMs = null;
    state.firstStart ??= reading.startedAtSeconds;
    state.readings.push(reading);
    while ((state.readings[0]?.atMs ?? atMs) < atMs - PAST_MS) state.readings.shift();
  }

  #windows(component: string | null, fromMs: number, toMs: number): ReadonlyMap<string, readonly Reading[]> {
    return new Map(
      [...this.#states].flatMap(([instance, { readings }]) => {
        if (component !== null && this.#components.get(instance) !== component) return [];
        const inside = readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
        return inside.length === 0 ? [] : [[instance, inside] as const];
      }),
    );
  }

  #commonCauses(atMs: number, ingesters: ReadonlyMap<string, readonly Reading[]>): readonly CommonCause[] {
    const all = this.#windows(null, atMs - WINDOW_MS, atMs);
    const past = this.#windows("ingester", atMs - PAST_MS, atMs - WINDOW_MS);
    const outage = storeOutage(ingesters);
    const seen = [...(outage === null ? [] : [outage]), ...refusedTenants(all), ...explodingTenants(ingesters, past)];
    const byKey = new Map(seen.map((cause) => [`${cause.kind}\u0000${cause.tenant ?? ""}`, cause]));
    for (const [key, cause] of byKey) {
      if (!this.#causes.has(key)) this.#causes.set(key, { persistence: new Persistence(), last: cause });
    }
    const active: CommonCause[] = [];
    for (const [key, state] of this.#causes) {
      const now = byKey.get(key);
      if (now !== undefined) state.last = now;
      if (state.persistence.round(now !== undefined, atMs, CAUSE_RULE)) active.push(state.last);
      else if (state.persistence.sinceMs === null) this.#causes.delete(key);
    }
    // From the first sign on: whoever fails first must not be blamed while the others are about to.
    if (outage !== null) this.#storeTroubleUntilMs = atMs + STORE_AFTERMATH_MS;
    return active;
  }

  #causeChanges(atMs: number, causes: readonly CommonCause[]): VerdictChange[] {
    const told = causes
      .map(({ kind, tenant }) => `${kind} ${tenant ?? ""}`)
      .toSorted()
      .join("\n");
    if (told === this.#toldCauses) return [];
    this.#toldCauses = told;
    const verdict = causes.length > 0 ? "degraded" : "healthy";
    return [{ atMs, scope: "component", instance: "ingester", verdict, sinceMs: atMs, evidence: [], causes }];
  }

  #instanceWindows(
    atMs: number,
    windows: ReadonlyMap<string, readonly Reading[]>,
  ): ReadonlyMap<string, InstanceWindow> {
    const timeouts = this.#appendTimeouts(atMs);
    const judged = new Map<string, InstanceWindow>();
    for (const [instance, readings] of windows) {
      const rates = windowRates(readings);
      const last = readings.at(-1);
      // One that does not answer now is judged by that alone.
      if (rates === null || last === undefined || (this.#states.get(instance)?.misses ?? 0) > 0) continue;
      const member = this.#ring.find(({ id }) => id === instance);
      judged.set(instance, {
        instance,
        rates,
        upSeconds: last.startedAtSeconds === null ? null : atMs / 1_000 - last.startedAtSeconds,
        ringState: member?.state ?? null,
        appendTimeouts: timeouts === null || member === undefined ? null : (timeouts.get(member.address) ?? 0),
      });
    }
    return judged;
  }

  /** Time-outs a second by ingester address, over all distributors; `null` when none was read. */
  #appendTimeouts(atMs: number): ReadonlyMap<string, number> | null {
    const sums = new Map<string, number>();
    let read = false;
    for (const readings of this.#windows("distributor", atMs - WINDOW_MS, atMs).values()) {
      const last = readings.at(-1);
      const first = readings.find(({ startedAtSeconds }) => startedAtSeconds === last?.startedAtSeconds);
      if (first === undefined || last === undefined || first === last) continue;
      read = true;
      for (const [address, count] of last.appendTimeouts) {
        const rate = increase(first.appendTimeouts.get(address) ?? 0, count) / ((last.atMs - first.atMs) / 1_000);
        sums.set(address, (sums.get(address) ?? 0) + rate);
      }
    }
    return read ? sums : null;
  }

  #judge(instance: string, atMs: number, found: readonly Finding[], anybody: boolean): VerdictChange | null {
    const state = this.#states.get(instance);
    if (state === undefined) return null;
    const evidence = lasting(state, found, atMs);
    const { verdict, reasons } = verdictOf(state, evidence, atMs, anybody);
    const told = JSON.stringify([verdict, reasons.map(({ kind }) => kind)]);
    if (told === state.told) return null;
    // The first healthy verdict is no change: nothing else was ever said.
    const silent = state.told === "" && verdict === "healthy";
    if (verdict !== state.verdict) {
      state.verdict = verdict;
      state.verdictSinceMs = Math.min(atMs, ...reasons.map(({ sinceMs }) => sinceMs));
    }
    state.told = told;
    if (silent) return null;
    return { atMs, scope: "instance", instance, verdict, sinceMs: state.verdictSinceMs, evidence: reasons, causes: [] };
  }
}

function newState(atMs: number): InstanceState {
  return {
    readings: [],
    misses: 0,
    missingSinceMs: null,
    firstStart: null,
    verdict: "healthy",
    verdictSinceMs: atMs,
    told: "",
    findings: new Map(),
  };
}

function lasting(state: InstanceState, found: readonly Finding[], atMs: number): readonly Evidence[] {
  for (const finding of found) {
    const known = state.findings.get(finding.kind);
    if (known === undefined) state.findings.set(finding.kind, { persistence: new Persistence(), last: finding });
    else known.last = finding;
  }
  const evidence: Evidence[] = [];
  for (const [kind, { persistence, last }] of state.findings) {
    const seen = found.some((finding) => finding.kind === kind);
    const counts = persistence.round(seen, atMs, kind === "slow-all-over" ? FAINT_RULE : RULE);
    if (counts) evidence.push({ ...last, sinceMs: persistence.sinceMs ?? atMs });
    else if (persistence.sinceMs === null) state.findings.delete(kind);
  }
  return evidence;
}

function verdictOf(
  state: InstanceState,
  evidence: readonly Evidence[],
  atMs: number,
  anybody: boolean,
): { readonly verdict: Verdict; readonly reasons: readonly Evidence[] } {
  const plain = (kind: EvidenceKind, metric: string, own: number, sinceMs: number): Evidence => ({
    kind,
    metric,
    unit: "count",
    own,
    matesMedian: null,
    spread: null,
    score: null,
    sinceMs,
    params: {},
  });
  if (state.misses >= DOWN_AFTER_MISSES) {
    if (!anybody) return { verdict: "unknown", reasons: [] };
    return {
      verdict: "down",
      reasons: [plain("no-answer", "scrape", state.misses, state.missingSinceMs ?? atMs)],
    };
  }
  const last = state.readings.at(-1);
  if (last === undefined) return { verdict: "unknown", reasons: [] };
  if (state.misses > 0) return { verdict: state.verdict, reasons: evidence };
  if (evidence.length > 0) return { verdict: "gray", reasons: evidence };
  const startedMs = last.startedAtSeconds === null ? null : last.startedAtSeconds * 1_000;
  if (last.walReplay) {
    return {
      verdict: "degraded",
      reasons: [plain("wal-replay", "loki_ingester_wal_replay_active", 1, startedMs ?? atMs)],
    };
  }
  if (startedMs !== null && last.startedAtSeconds !== state.firstStart && atMs - startedMs < YOUNG_MS) {
    const age = (atMs - startedMs) / 1_000;
    return { verdict: "degraded", reasons: [plain("restarted", "process_start_time_seconds", age, startedMs)] };
  }
  const unready = state.readings.findLastIndex(({ ready }) => ready !== false);
  const unreadySince = state.readings[unready + 1]?.atMs;
  if (unreadySince !== undefined && atMs - unreadySince >= WINDOW_MS) {
    return { verdict: "degraded", reasons: [plain("not-ready", "/ready", 0, unreadySince)] };
  }
  return { verdict: "healthy", reasons: [] };
}
