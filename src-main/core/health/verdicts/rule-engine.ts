import { OwnPast } from "../detection/own-past.ts";
import { PeerSample, type PeerDeviation } from "../detection/peer-deviation.ts";
import type { Seen } from "./evidence-keeper.ts";
import { figures, type Figure } from "./measure.ts";
import type { Difference, Rule } from "./rule.ts";
import type { SeriesBook } from "./series-book.ts";

/** What the rules saw in one round. */
export interface RuleRound {
  readonly instances: ReadonlyMap<string, readonly Seen[]>;
  readonly components: ReadonlyMap<string, readonly Seen[]>;
  /** Instances and components without a family that every version of theirs exports. */
  readonly missing: ReadonlySet<string>;
}

/** The processes of one component in one round. */
export interface ComponentBooks {
  readonly component: string;
  /** Those that answered. */
  readonly books: readonly SeriesBook[];
  /** Whether those are all there are. */
  readonly whole: boolean;
}

interface Judged {
  readonly name: string;
  readonly group: string;
  readonly figure: Figure;
  readonly past: PeerDeviation | null;
}

type Compared = Pick<PeerDeviation, "matesMedian" | "spread" | "score">;
interface Verdict extends Partial<Compared> {
  readonly params?: Readonly<Record<string, string | number>>;
}

/** Holds the rules against each round. Remembers nothing but the past of figures that are compared with it. */
export class RuleEngine {
  readonly #rules: readonly Rule[];
  readonly #pasts = new Map<string, { readonly past: OwnPast; usedMs: number }>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  round(components: readonly ComponentBooks[], atMs: number): RuleRound {
    const instances = new Map<string, Seen[]>();
    const ofComponents = new Map<string, Seen[]>();
    const missing = new Set<string>();
    for (const [index, rule] of this.#rules.entries()) {
      for (const one of components) {
        if (rule.scope === "instance") this.#instances(index, rule, one, atMs, { into: instances, missing });
        else this.#component(index, rule, one, atMs, { into: ofComponents, missing });
      }
    }
    for (const [key, { usedMs }] of this.#pasts) if (usedMs < atMs - FORGET_MS) this.#pasts.delete(key);
    return { instances, components: ofComponents, missing };
  }

  #instances(
    index: number,
    rule: Rule,
    { component, books }: ComponentBooks,
    atMs: number,
    { into, missing }: { readonly into: Map<string, Seen[]>; readonly missing: Set<string> },
  ): void {
    const judged: Judged[] = [];
    let telling = 0;
    for (const book of books) {
      const found = figuresOf(rule, [book], atMs);
      if (found === null) {
        if (rule.alwaysOn?.includes(component) === true) missing.add(book.instance);
        continue;
      }
      telling += 1;
      for (const figure of found) judged.push(this.#judged(index, rule, book.instance, figure, atMs));
    }
    if (judged.length === 0) return;
    for (const [group, mates] of Map.groupBy(judged, (one) => one.group)) {
      const sample = lazySample(rule, mates, telling);
      for (const one of mates) {
        const verdict = verdictOn(rule, one, mates, sample);
        this.#remember(index, rule, one, group, verdict !== null, atMs);
        if (verdict === null) continue;
        const peers = sample().deviation(one.figure.value, true);
        const compared = { ...peersOf(peers), ...verdict };
        push(into, one.name, seen(rule, one.figure, compared, null));
      }
    }
  }

  #component(
    index: number,
    rule: Rule,
    { component, books, whole }: ComponentBooks,
    atMs: number,
    { into, missing }: { readonly into: Map<string, Seen[]>; readonly missing: Set<string> },
  ): void {
    const { raises } = rule;
    // Too little of something is told by all or by nobody: who was not asked may have it.
    const needsAll = "under" in raises || "intervals" in raises;
    if (books.length === 0 || (needsAll && !whole)) return;
    const found = figuresOf(rule, books, atMs);
    if (found === null) {
      if (rule.alwaysOn?.includes(component) === true) missing.add(component);
      return;
    }
    for (const figure of found) {
      const one = this.#judged(index, rule, component, figure, atMs);
      const verdict = verdictOn(rule, one, [one], lazySample(rule, [one], 1));
      this.#remember(index, rule, one, one.group, verdict !== null, atMs);
      if (verdict === null) continue;
      const other = rule.paramOf === undefined ? null : otherFigure(rule.paramOf, books, atMs);
      if (rule.paramOf !== undefined && other === null) continue;
      push(into, component, seen(rule, figure, verdict, other));
    }
  }

  #judged(index: number, rule: Rule, name: string, figure: Figure, atMs: number): Judged {
    const group = rule.by === undefined ? "" : Object.values(figure.params).join("\u0000");
    const scale = pastOf(rule);
    const kept = scale === undefined ? undefined : this.#pasts.get(`${index}\u0000${name}\u0000${group}`);
    return { name, group, figure, past: kept?.past.deviation(figure.value, atMs) ?? null };
  }

  #remember(index: number, rule: Rule, one: Judged, group: string, differs: boolean, atMs: number): void {
    const scale = pastOf(rule);
    if (scale === undefined) return;
    const key = `${index}\u0000${one.name}\u0000${group}`;
    let kept = this.#pasts.get(key);
    if (kept === undefined) {
      if (this.#pasts.size >= MOST_PASTS) return;
      kept = { past: new OwnPast(scale), usedMs: atMs };
      this.#pasts.set(key, kept);
    }
    kept.usedMs = atMs;
    kept.past.add(one.figure.value, atMs, differs);
  }
}

const FORGET_MS = 3_600_000;
const MOST_PASTS = 20_000;

function figuresOf(
  { measure, by, raises }: Rule,
  books: readonly SeriesBook[],
  atMs: number,
): readonly Figure[] | null {
  return figures(measure, by === undefined ? [] : Object.keys(by), books, atMs, "over" in raises);
}

function pastOf({ raises }: Rule): Difference | undefined {
  return "past" in raises ? raises.past : undefined;
}

/** Of `telling` processes; those without a figure are at nothing, which is not made a figure of. */
function lazySample({ raises }: Rule, mates: readonly Judged[], telling: number): () => PeerSample {
  let sample: PeerSample | null = null;
  const { floor, noise } = ("mates" in raises ? raises.mates : undefined) ?? { floor: 1e-9, noise: 0.1 };
  const nothing = "over" in raises ? Math.max(0, telling - mates.length) : 0;
  const values = mates.map(({ figure }) => figure.value);
  return () => (sample ??= new PeerSample([...values, ...Array.from({ length: nothing }, () => 0)], { floor, noise }));
}

function verdictOn(rule: Rule, one: Judged, mates: readonly Judged[], sample: () => PeerSample): Verdict | null {
  const { raises } = rule;
  const { value, intervalSeconds } = one.figure;
  if ("over" in raises) return value > raises.over && apart(raises.timesMates, value, sample) ? {} : null;
  if ("under" in raises) return value < raises.under ? {} : null;
  if ("intervals" in raises) {
    const known = intervalSeconds === null ? raises.most : raises.intervals * intervalSeconds;
    const limitSeconds = Math.min(raises.most, Math.max(raises.least, known));
    return value > limitSeconds ? { params: { limitSeconds } } : null;
  }
  if (raises.mates !== undefined && mates.length > 2) {
    const peers = sample().deviation(value, true);
    if (peers !== null && isFar(peers, raises.mates)) {
      return { ...peersOf(peers), ...(raises.past === undefined ? {} : { params: { against: "mates" } }) };
    }
  }
  if (raises.past !== undefined && one.past !== null && isFar(one.past, raises.past) && !common(one, mates)) {
    return { ...peersOf(one.past), ...(raises.mates === undefined ? {} : { params: { against: "past" } }) };
  }
  return null;
}

function apart(times: number | undefined, value: number, sample: () => PeerSample): boolean {
  return times === undefined || value > times * (sample().deviation(value, true)?.matesMedian ?? 0);
}

function isFar({ own, matesMedian, ratio, score }: PeerDeviation, asked: Difference): boolean {
  if (asked.low === true) {
    return ratio <= 1 / asked.ratio && score <= -asked.score && matesMedian - own >= asked.least;
  }
  return ratio >= asked.ratio && score >= asked.score && own - matesMedian >= asked.least;
}

/** Whether its mates left their own pasts alike, at least half as far: then it is a change of all and blames nobody. */
function common(one: Judged, mates: readonly Judged[]): boolean {
  const own = Math.log(one.past?.ratio ?? 1);
  const theirs = mates.flatMap((mate) => (mate === one || mate.past === null ? [] : [Math.log(mate.past.ratio)]));
  if (theirs.length === 0) return false;
  const alike = theirs.filter((log) => Math.sign(log) === Math.sign(own) && Math.abs(log) >= Math.abs(own) / 2);
  return alike.length * 2 >= theirs.length;
}

function peersOf(deviation: PeerDeviation | null): Partial<Compared> {
  if (deviation === null) return {};
  const { matesMedian, spread, score } = deviation;
  return { matesMedian, spread, score };
}

/** `null` where it is not over what it must be over. */
function otherFigure(
  { name, measure, over }: NonNullable<Rule["paramOf"]>,
  books: readonly SeriesBook[],
  atMs: number,
): Readonly<Record<string, number>> | null {
  const value = figures(measure, [], books, atMs, false)?.[0]?.value;
  return value === undefined || value <= over ? null : { [name]: value };
}

function seen(rule: Rule, figure: Figure, verdict: Verdict, other: Readonly<Record<string, number>> | null): Seen {
  const { kind, unit, by = {}, params, raiseAfterMs, clearAfterMs } = rule;
  const named = Object.entries(by).map(([label, name]) => [name, figure.params[label] ?? ""] as const);
  return {
    finding: {
      kind,
      metric: figure.metric,
      unit,
      own: figure.value,
      matesMedian: verdict.matesMedian ?? null,
      spread: verdict.spread ?? null,
      score: verdict.score ?? null,
      params: {
        ...params,
        ...Object.fromEntries(named),
        ...verdict.params,
        ...other,
      },
    },
    raiseAfterMs,
    clearAfterMs,
  };
}

function push(into: Map<string, Seen[]>, name: string, one: Seen): void {
  const known = into.get(name);
  if (known === undefined) into.set(name, [one]);
  else known.push(one);
}
