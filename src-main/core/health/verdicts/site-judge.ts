import { LOKI_COMPONENTS } from "../../../../src-shared/api/sites.api.ts";
import type { Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { GrayFailureDetector } from "../detection/gray-failure-detector.ts";
import { runsIngester } from "../detection/roles.ts";
import type { Scrape, ScrapeRound } from "../detection/scrape.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import type { OutcomeKind } from "../scraping/target-outcome.ts";
import { componentDoubts, componentVerdict, instanceCounts } from "./component-judge.ts";
import { EvidenceKeeper, type Seen } from "./evidence-keeper.ts";
import { instanceDoubts } from "./instance-doubts.ts";
import { RestartCounts } from "./restart-counts.ts";
import { RuleEngine, type ComponentBooks, type RuleRound } from "./rule-engine.ts";
import { CONVERGENCE_FAMILIES, disagreements, versionOf } from "./rules/convergence.ts";
import { RING_FAMILIES, ringTroubles } from "./rules/ring-members.ts";
import { RULE_FAMILIES, RULES } from "./rules/rule-table.ts";
import { LONGEST_WINDOW_MS, SeriesBook } from "./series-book.ts";
import type { ComponentVerdict, ExpectedReplicas, InstanceVerdict, SiteVerdicts } from "./site-verdicts.ts";
import { TrackedKeys } from "./tracked-keys.ts";
import { VerdictLog } from "./verdict-log.ts";

/** Pods of Loki that are no Loki: nobody scrapes them, and nobody misses them here. */
const NOT_LOKI: ReadonlySet<string> = new Set(["gateway", "canary", "chunks-cache", "results-cache"]);
/** Outcomes that say nothing of the process itself: the console is kept out, or it answers something else. */
const BLIND: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>(["forbidden", "not-metrics", "too-large"]);
const RING_STALE_MS = 120_000;
const FORGET_MS = 3_600_000;

/** A round as far as it is known: `outcome` is `null` of rounds that are replayed. */
interface TakenRound {
  readonly round: ScrapeRound;
  readonly outcomes: ReadonlyMap<string, OutcomeKind> | null;
  readonly listed: boolean;
}

interface RoundFacts {
  readonly atMs: number;
  readonly books: readonly SeriesBook[];
  readonly outcomes: ReadonlyMap<string, OutcomeKind> | null;
  readonly seen: RuleRound;
  readonly more: ReadonlyMap<string, readonly Seen[]>;
  readonly mixed: ReadonlySet<string>;
  readonly ingesters: number;
}

/**
 * What is thought of every process and component of one site, round by round: detection for the ingesters, rules for
 * everybody. Holds what it needs of the last ten minutes, and of the pasts that figures are compared with.
 */
export class SiteJudge {
  readonly #detector = new GrayFailureDetector();
  readonly #engine = new RuleEngine(RULES);
  readonly #keys = new TrackedKeys(new Map([...RULE_FAMILIES, ...CONVERGENCE_FAMILIES, ...RING_FAMILIES]));
  readonly #books = new Map<string, { readonly book: SeriesBook; seenMs: number }>();
  readonly #keepers = new Map<string, EvidenceKeeper>();
  readonly #restarts = new RestartCounts();
  readonly #log = new VerdictLog();
  readonly #roundsMs: number[] = [];
  #expected: ExpectedReplicas | null = null;
  #ringMs: number | null = null;

  /** What Kubernetes says now; `null` when it cannot be asked (any more). */
  expect(replicas: ExpectedReplicas | null): void {
    this.#expected = replicas;
  }

  /** Judges a round. Rounds come in the order of time. */
  round(report: RoundReport): SiteVerdicts {
    const outcomes = new Map(report.targets.map(({ instance, outcome }) => [instance, outcome]));
    return this.#judge({ round: report.round, outcomes, listed: report.listError === null });
  }

  /** Judges a round of the history, of which it is not known why somebody did not answer. */
  replay(round: ScrapeRound): SiteVerdicts {
    return this.#judge({ round, outcomes: null, listed: true });
  }

  #judge({ round, outcomes, listed }: TakenRound): SiteVerdicts {
    const { atMs } = round;
    this.#roundsMs.unshift(atMs);
    this.#roundsMs.length = Math.min(this.#roundsMs.length, 4);
    if (round.ring !== null) this.#ringMs = atMs;
    if (this.#expected !== null) this.#restarts.take(this.#expected.restarts, atMs);
    for (const scrape of round.scrapes) this.#take(scrape);
    this.#detector.round({ ...round, scrapes: round.scrapes.filter((scrape) => this.#judgeable(scrape, outcomes)) });
    const facts = this.#facts(round, outcomes);
    const instances = facts.books.map((book) => this.#instance(book, facts)).toSorted(inOrder);
    const components = this.#components(instances, facts, listed);
    const changes = this.#log.take();
    this.#forget(atMs, instances, components);
    return { atMs, instances, components, causes: this.#detector.causes, changes };
  }

  #take(scrape: Scrape): void {
    const { instance, component, atMs } = scrape;
    const known = this.#books.get(instance);
    const book = known?.book.component === component ? known.book : new SeriesBook(scrape, this.#keys);
    book.take(scrape);
    this.#books.set(instance, { book, seenMs: atMs });
  }

  /** Whether an answer, or the lack of one, says something of the process. */
  #judgeable({ instance, series }: Scrape, outcomes: ReadonlyMap<string, OutcomeKind> | null): boolean {
    if (series !== null) return true;
    if (outcomes === null) return (this.#books.get(instance)?.book.answeredMs ?? null) !== null;
    const outcome = outcomes.get(instance);
    return outcome === undefined || !BLIND.has(outcome);
  }

  #facts({ scrapes, atMs }: ScrapeRound, outcomes: RoundFacts["outcomes"]): RoundFacts {
    const books = scrapes.flatMap(({ instance }) => this.#books.get(instance)?.book ?? []);
    const mixed = new Set(
      books
        .filter(({ mixedMs }) => mixedMs !== null && atMs - mixedMs <= LONGEST_WINDOW_MS)
        .map(({ instance }) => instance),
    );
    const answered = books.filter(({ answeredMs, instance }) => answeredMs === atMs && !mixed.has(instance));
    const asked = new Set(answered);
    const groups: ComponentBooks[] = [...Map.groupBy(books, ({ component }) => component)].map(([component, all]) => {
      const these = all.filter((book) => asked.has(book));
      return { component, books: these, whole: these.length === all.length };
    });
    const more = new Map(disagreements(answered));
    for (const book of answered) {
      const often = this.#restarts.often(book, atMs);
      if (often !== null) more.set(book.instance, [...(more.get(book.instance) ?? []), often]);
    }
    const names = groups.map(({ component }) => component);
    const seen = this.#engine.round(groups, atMs);
    const rings = ringTroubles(answered, names);
    const components = new Map(seen.components);
    for (const [component, some] of rings) components.set(component, [...(components.get(component) ?? []), ...some]);
    const ingesters = answered.filter(({ component }) => runsIngester(component)).length;
    return { atMs, books, outcomes, seen: { ...seen, components }, more, mixed, ingesters };
  }

  #instance(book: SeriesBook, facts: RoundFacts): InstanceVerdict {
    const { instance, component } = book;
    const { atMs, outcomes, mixed, seen } = facts;
    const outcome = outcomes?.get(instance) ?? null;
    const ringState = this.#detector.ringState(instance);
    const { verdict, evidence } = this.#thought(book, facts, outcome, ringState);
    const doubts = instanceDoubts({
      book,
      outcome,
      nowMs: atMs,
      roundsMs: this.#roundsMs,
      missing: seen.missing.has(instance),
      mixed: mixed.has(instance),
      ingester: runsIngester(component)
        ? {
            mates: facts.ingesters - (book.answeredMs === atMs && !mixed.has(instance) ? 1 : 0),
            ringRead: this.#ringMs !== null && atMs - this.#ringMs <= RING_STALE_MS,
            storeTrouble: this.#detector.storeTrouble(atMs),
            unusualLoad: this.#detector.causes.some(({ kind }) => kind !== "object-store-outage"),
          }
        : null,
    });
    const said = { scope: "instance", name: instance, component, verdict, evidence, causes: [] } as const;
    return {
      instance,
      component,
      verdict,
      sinceMs: this.#log.say(said, atMs),
      evidence,
      doubts,
      answeredAtMs: book.answeredMs,
      ready: book.answeredMs === atMs ? book.ready : null,
      startedAtMs: this.#detector.startedMs(instance),
      version: [...book.current("loki_build_info")].map(({ labels }) => versionOf(labels))[0] ?? null,
      ringState,
    };
  }

  #thought(
    book: SeriesBook,
    { atMs, seen, more }: RoundFacts,
    outcome: OutcomeKind | null,
    ringState: string | null,
  ): { readonly verdict: Verdict; readonly evidence: readonly Evidence[] } {
    const { instance } = book;
    if (outcome !== null && BLIND.has(outcome)) return { verdict: "unknown", evidence: [] };
    const judgement = this.#detector.judgement(instance);
    if (judgement === null || judgement.verdict === "unknown") return { verdict: "unknown", evidence: [] };
    const keeper = this.#keeper(`instance\u0000${instance}`);
    const answered = book.answeredMs === atMs;
    const all = [...(seen.instances.get(instance) ?? []), ...(more.get(instance) ?? []), ...ofRing(ringState)];
    const ruled = answered ? keeper.round(all, atMs) : keeper.evidence;
    if (judgement.verdict === "down") return { verdict: "down", evidence: judgement.evidence };
    const evidence = [...judgement.evidence, ...ruled];
    const verdict = judgement.verdict === "healthy" && ruled.length > 0 ? "degraded" : judgement.verdict;
    return { verdict, evidence };
  }

  #components(
    instances: readonly InstanceVerdict[],
    { atMs, seen }: RoundFacts,
    listed: boolean,
  ): readonly ComponentVerdict[] {
    const byName = new Map<string, readonly InstanceVerdict[]>(Map.groupBy(instances, ({ component }) => component));
    for (const [component, wanted] of this.#expected?.wanted ?? []) {
      if (wanted > 0 && !byName.has(component) && !NOT_LOKI.has(component)) byName.set(component, []);
    }
    const names = [...byName.keys()].toSorted((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b, "en"));
    return names.map((component) => {
      const these = byName.get(component) ?? [];
      const wanted = this.#expected?.wanted.get(component) ?? null;
      const causes = runsIngester(component) ? this.#detector.causes : [];
      const all = [...instanceCounts(these, listed ? wanted : null), ...(seen.components.get(component) ?? [])];
      const evidence = this.#keeper(`component\u0000${component}`).round(all, atMs);
      const verdict = componentVerdict(these, evidence, causes.length > 0);
      const said = { scope: "component", name: component, component, verdict, evidence, causes } as const;
      return {
        component,
        verdict,
        sinceMs: this.#log.say(said, atMs),
        evidence,
        doubts: componentDoubts(these, { wanted, missing: seen.missing.has(component), listed }),
        causes,
      };
    });
  }

  #keeper(key: string): EvidenceKeeper {
    let keeper = this.#keepers.get(key);
    if (keeper === undefined) {
      keeper = new EvidenceKeeper();
      this.#keepers.set(key, keeper);
    }
    return keeper;
  }

  /** Whoever is listed no more is spoken of no more; one that comes back within the hour is still known. */
  #forget(atMs: number, instances: readonly InstanceVerdict[], components: readonly ComponentVerdict[]): void {
    for (const [instance, { seenMs }] of this.#books) {
      if (seenMs >= atMs - FORGET_MS) continue;
      this.#books.delete(instance);
      this.#keepers.delete(`instance\u0000${instance}`);
    }
    const there = new Set(instances.map(({ instance }) => instance));
    const named = new Set(components.map(({ component }) => component));
    this.#log.keep((scope, name) => (scope === "instance" ? there.has(name) : named.has(name)));
  }
}

/** Members that come or go are that for a while; one that stays so is stuck. */
const STUCK_MS = 300_000;

function ofRing(state: string | null): readonly Seen[] {
  if (state === null || state === "ACTIVE") return [];
  const raiseAfterMs = state.toUpperCase() === "UNHEALTHY" ? 0 : STUCK_MS;
  const finding = {
    kind: "ring-unhealthy",
    metric: "/ring",
    unit: "count",
    own: 1,
    matesMedian: null,
    spread: null,
    score: null,
    params: { ring: "ingester", state },
  } as const;
  return [{ finding, raiseAfterMs, clearAfterMs: 0 }];
}

const PLACES: ReadonlyMap<string, number> = new Map(LOKI_COMPONENTS.map((component, place) => [component, place]));

function placeOf(component: string): number {
  return PLACES.get(component) ?? LOKI_COMPONENTS.length;
}

const NAMES = new Intl.Collator("en", { numeric: true });

function inOrder(a: InstanceVerdict, b: InstanceVerdict): number {
  return (
    placeOf(a.component) - placeOf(b.component) ||
    NAMES.compare(a.component, b.component) ||
    NAMES.compare(a.instance, b.instance)
  );
}
