import type { CommonCause, Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { CauseWatch } from "./cause-watch.ts";
import type { Windows } from "./common-cause.ts";
import type { Finding } from "./evidence.ts";
import { instanceFindings, type InstanceWindow } from "./instance-findings.ts";
import { InstanceState, type Judgement } from "./instance-state.ts";
import { PastFindings } from "./past-findings.ts";
import { median } from "./peer-deviation.ts";
import { PeerGroup } from "./peer-group.ts";
import { readScrape } from "./reading.ts";
import { increase, WINDOW_MS, windowRates } from "./reading-window.ts";
import { runsDistributor, runsIngester } from "./roles.ts";
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
 * Each round of scrapes gives every ingester a window of rates and means over the last 30 s (over two rounds, where they are
 * further apart). Each window is compared with those of its ring mates on a log scale by a robust z-score
 * (peer-deviation.ts): whatever befalls all of them, such as twice the load, moves the median too and blames nobody.
 * Findings (instance-findings.ts) ask for a score that the mates' spread does not explain and for a size that matters. A
 * finding that lasts makes its instance gray: three of five rounds, four of six for the faint `slow-all-over` and
 * `answers-slowly`, one hit and one round less of each where rounds are 8 s apart or more, for those share little of their
 * windows (instance-state.ts, persistence.ts). One that was not seen for 30 s, or in a round and a half, no longer counts.
 *
 * Before that, common causes (common-cause.ts) are looked for: puts that fail on most ingesters, a tenant that is refused,
 * streams that multiply. While the object store is in trouble, and for 90 s after it (its ingesters come back one by one, by
 * their own back-off), nothing is said of anybody's puts or queue. While a tenant causes unusual load, twice the difference
 * is asked for.
 *
 * Each window is held against the instance's own past as well (past-findings.ts): one value a minute of the last six hours
 * but the last two minutes. What is three times as slow as it was, beyond what its load explains, and lasts (six of eight
 * rounds; four of six), makes `degraded`, never `gray`: there may be reasons. When half of the mates left their own pasts
 * alike it is a change of all and blames nobody; while there is a common cause the past says nothing.
 *
 * Two scrapes in a row without an answer are `down`, if anybody else answers; if nobody does, the console does not see, and
 * says `unknown`. A process that has just started is `degraded` until it is ready and a minute old, and compared with nobody
 * so long. Times are those of this console's clock; when a process began is believed of it only as far as the answers before
 * and after allow, and one whose counters fall without a restart is compared with nobody for five minutes.
 */
const PAST_MS = 300_000;
/** Rounds of which the usual distance is known; of those that are minutes apart (Prometheus' own), the window is longer. */
const SPACINGS = 4;
const LONGEST_WINDOW_MS = 150_000;
/** Pods that are gone for good come no more under their names. */
const FORGET_MS = 3_600_000;

/** Judges the ingesters of one site, round by round. Keeps five minutes of readings, and a value a minute of its figures. */
export class GrayFailureDetector {
  readonly #keys = new SeriesKeys();
  readonly #states = new Map<string, InstanceState>();
  readonly #causes = new CauseWatch();
  readonly #past = new PastFindings();
  readonly #told = new Map<string, { readonly told: string; readonly verdict: Verdict; readonly sinceMs: number }>();
  readonly #judgements = new Map<string, Judgement>();
  #ring: ReadonlyMap<string, RingMember> = new Map();
  readonly #roundsMs: number[] = [];
  #toldCauses = "";

  /** Takes one round in; gives what changed by it. Rounds come in the order of time. */
  round({ atMs, scrapes, ring }: ScrapeRound): readonly VerdictChange[] {
    if (ring !== null) this.#ring = new Map(ring.map((member) => [member.id, member]));
    for (const scrape of scrapes) this.#take(scrape);
    this.#forget(atMs);
    const spacingMs = this.#spacingMs(atMs);
    // Two rounds at least: a window of one says nothing.
    const fromMs = atMs - Math.min(LONGEST_WINDOW_MS, Math.max(WINDOW_MS, 1.5 * spacingMs));
    const windows = this.#windows(runsIngester, fromMs, atMs);
    this.#causes.round(atMs, {
      all: this.#windows(() => true, fromMs, atMs),
      ingesters: windows,
      past: this.#windows(runsIngester, atMs - PAST_MS, fromMs),
    });
    const changes = this.#causeChanges(atMs);
    const anybody = scrapes.some(({ series }) => series !== null);
    const judged = this.#instanceWindows(atMs, fromMs, windows);
    const group = new PeerGroup(judged.values());
    const storeTrouble = this.#causes.storeTrouble(atMs);
    const { unusualLoad } = this.#causes;
    const past = this.#past.round(judged, atMs, storeTrouble || unusualLoad);
    for (const { instance } of scrapes) {
      const self = judged.get(instance);
      const found = self === undefined ? [] : instanceFindings(self, group, { storeTrouble, unusualLoad });
      const all = [...found, ...(past.get(instance) ?? [])];
      const change = this.#judge(instance, all, { atMs, spacingMs, anybody });
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  /** What is thought of an instance after the last round it was in; `null` of one that never was in any. */
  judgement(instance: string): (Judgement & { readonly sinceMs: number }) | null {
    const judgement = this.#judgements.get(instance);
    const told = this.#told.get(instance);
    return judgement === undefined || told === undefined ? null : { ...judgement, sinceMs: told.sinceMs };
  }

  get causes(): readonly CommonCause[] {
    return this.#causes.active;
  }

  /** Nobody's puts or queue say anything of him now. */
  storeTrouble(atMs: number): boolean {
    return this.#causes.storeTrouble(atMs);
  }

  /** Its state in the ring as last read; `null` when it is in none. */
  ringState(instance: string): string | null {
    return this.#ring.get(instance)?.state ?? null;
  }

  /** When its process began, by this console's clock as far as that is known. */
  startedMs(instance: string): number | null {
    return this.#states.get(instance)?.startedMs ?? null;
  }

  /** How far apart rounds usually are. */
  #spacingMs(atMs: number): number {
    this.#roundsMs.unshift(atMs);
    this.#roundsMs.length = Math.min(this.#roundsMs.length, SPACINGS + 1);
    const spacings = this.#roundsMs.slice(1).map((before, index) => (this.#roundsMs[index] ?? before) - before);
    return spacings.length === 0 ? 0 : median(spacings);
  }

  #take(scrape: Scrape): void {
    const { instance, component, atMs } = scrape;
    let state = this.#states.get(instance);
    if (state?.component !== component) {
      state = new InstanceState(component, atMs);
      this.#states.set(instance, state);
    }
    const reading = readScrape(scrape, this.#keys);
    if (reading === null) state.miss(atMs);
    else state.take(reading, PAST_MS);
  }

  #forget(atMs: number): void {
    for (const [instance, { seenMs }] of this.#states) {
      if (seenMs >= atMs - FORGET_MS) continue;
      this.#states.delete(instance);
      this.#told.delete(instance);
      this.#judgements.delete(instance);
    }
  }

  #windows(wanted: (component: string) => boolean, fromMs: number, toMs: number): Windows {
    return new Map(
      [...this.#states].flatMap(([instance, state]) => {
        if (!wanted(state.component) || state.unreliable(toMs)) return [];
        const inside = state.readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
        return inside.length === 0 ? [] : [[instance, inside] as const];
      }),
    );
  }

  #causeChanges(atMs: number): VerdictChange[] {
    const causes = this.#causes.active;
    const told = causes
      .map(({ kind, tenant }) => `${kind} ${tenant ?? ""}`)
      .toSorted()
      .join("\n");
    if (told === this.#toldCauses) return [];
    this.#toldCauses = told;
    const verdict = causes.length > 0 ? "degraded" : "healthy";
    return [{ atMs, scope: "component", instance: "ingester", verdict, sinceMs: atMs, evidence: [], causes }];
  }

  #instanceWindows(atMs: number, fromMs: number, windows: Windows): ReadonlyMap<string, InstanceWindow> {
    const timeouts = this.#appendTimeouts(atMs, fromMs);
    const judged = new Map<string, InstanceWindow>();
    for (const [instance, readings] of windows) {
      const state = this.#states.get(instance);
      const rates = windowRates(readings);
      // One that does not answer now is judged by that alone.
      if (rates === null || state === undefined || state.misses > 0) continue;
      const member = this.#ring.get(instance);
      judged.set(instance, {
        instance,
        rates,
        upSeconds: state.startedMs === null ? null : (atMs - state.startedMs) / 1_000,
        ringState: member?.state ?? null,
        appendTimeouts: timeouts === null || member === undefined ? null : (timeouts.get(member.address) ?? 0),
      });
    }
    return judged;
  }

  /** Time-outs a second by ingester address, over all distributors; `null` when none was read. */
  #appendTimeouts(atMs: number, fromMs: number): ReadonlyMap<string, number> | null {
    const sums = new Map<string, number>();
    let read = false;
    for (const readings of this.#windows(runsDistributor, fromMs, atMs).values()) {
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

  #judge(
    instance: string,
    found: readonly Finding[],
    round: Parameters<InstanceState["judge"]>[1],
  ): VerdictChange | null {
    const { atMs } = round;
    const state = this.#states.get(instance);
    if (state === undefined) return null;
    const judgement = state.judge(found, round);
    const { verdict, evidence } = judgement;
    this.#judgements.set(instance, judgement);
    const before = this.#told.get(instance);
    const told = JSON.stringify([verdict, evidence.map(({ kind }) => kind)]);
    if (told === before?.told) return null;
    const sinceMs =
      verdict === (before?.verdict ?? "healthy") && before !== undefined
        ? before.sinceMs
        : Math.min(atMs, ...evidence.map((one) => one.sinceMs));
    this.#told.set(instance, { told, verdict, sinceMs });
    // The first healthy verdict is no change: nothing else was ever said.
    if (before === undefined && verdict === "healthy") return null;
    return { atMs, scope: "instance", instance, verdict, sinceMs, evidence, causes: [] };
  }
}
