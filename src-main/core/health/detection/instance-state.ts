import type { Evidence, EvidenceKind, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { Finding } from "./evidence.ts";
import { Persistence, type PersistenceRule } from "./persistence.ts";
import type { Reading } from "./reading.ts";
import { WINDOW_MS } from "./reading-window.ts";

/** How long each kind of finding must last: rounds of five seconds share most of their windows, those of fifteen little. */
interface Patience {
  readonly usual: PersistenceRule;
  readonly faint: PersistenceRule;
  /** A past is no mate: it takes longer to believe. */
  readonly past: PersistenceRule;
}

const CLOSE: Patience = {
  usual: { rounds: 5, hits: 3, clearAfterMs: 30_000 },
  faint: { rounds: 6, hits: 4, clearAfterMs: 30_000 },
  past: { rounds: 8, hits: 6, clearAfterMs: 60_000 },
};
const APART: Patience = {
  usual: { rounds: 4, hits: 2, clearAfterMs: 30_000 },
  faint: { rounds: 5, hits: 3, clearAfterMs: 30_000 },
  past: { rounds: 6, hits: 4, clearAfterMs: 60_000 },
};
const APART_MS = 8_000;
const DOWN_AFTER_MISSES = 2;
const YOUNG_MS = 60_000;
const CLOCKS_APART_MS = 60_000;

export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}

/** What is remembered of one process: five minutes of readings, and what was found against it. */
export class InstanceState {
  readonly component: string;
  readings: readonly Reading[] = [];
  misses = 0;
  seenMs: number;
  #missingSinceMs: number | null = null;
  #restarted = false;
  #unreliableUntilMs = Number.NEGATIVE_INFINITY;
  /** When its process began, by the console's clock; `null` when it does not say. */
  startedMs: number | null = null;
  #verdict: Verdict = "healthy";
  readonly #findings = new Map<EvidenceKind, { readonly persistence: Persistence; last: Finding }>();

  constructor(component: string, atMs: number) {
    this.component = component;
    this.seenMs = atMs;
  }

  miss(atMs: number): void {
    this.seenMs = atMs;
    this.misses += 1;
    this.#missingSinceMs ??= atMs;
  }

  take(reading: Reading, keptMs: number): void {
    const { atMs, startedAtSeconds } = reading;
    const before = this.readings.at(-1);
    this.#starts(startedAtSeconds, before ?? null, atMs);
    if (before !== undefined && fell(before, reading)) this.#unreliableUntilMs = atMs + keptMs;
    this.seenMs = atMs;
    this.misses = 0;
    this.#missingSinceMs = null;
    this.readings = [...this.readings, reading].filter((one) => one.atMs >= atMs - keptMs);
  }

  /** Counters that fell though the process is the same: whoever answers, their differences mean nothing for a while. */
  unreliable(atMs: number): boolean {
    return atMs < this.#unreliableUntilMs;
  }

  /** Its clock may be off: a process that is new to the console began between two of its answers, whatever it says. */
  #starts(startedAtSeconds: number | null, before: Reading | null, atMs: number): void {
    if (startedAtSeconds === null) this.startedMs = null;
    else if (before === null || before.startedAtSeconds === null) {
      this.startedMs = startedAtSeconds * 1_000 > atMs ? null : startedAtSeconds * 1_000;
    } else if (startedAtSeconds > before.startedAtSeconds) {
      this.startedMs = Math.min(atMs, Math.max(before.atMs, startedAtSeconds * 1_000));
      // One that says it is older than that is another behind the same name, or its clock is off: not blamed while it may be
      // young, and not said to have restarted.
      this.#restarted = startedAtSeconds * 1_000 >= before.atMs - CLOCKS_APART_MS;
    } else if (startedAtSeconds < before.startedAtSeconds) {
      // An older one answers: several processes stand behind one name.
      this.startedMs = startedAtSeconds * 1_000;
      this.#restarted = false;
    }
  }

  /** What it is thought of after a round in which this was found; `anybody` else answered. */
  judge(
    found: readonly Finding[],
    { atMs, spacingMs, anybody }: { readonly atMs: number; readonly spacingMs: number; readonly anybody: boolean },
  ): Judgement {
    const judgement = this.#judged(this.#lasting(found, atMs, spacingMs), atMs, anybody);
    this.#verdict = judgement.verdict;
    return judgement;
  }

  #lasting(found: readonly Finding[], atMs: number, spacingMs: number): readonly Evidence[] {
    const patience = spacingMs < APART_MS ? CLOSE : APART;
    for (const finding of found) {
      const known = this.#findings.get(finding.kind);
      if (known === undefined) this.#findings.set(finding.kind, { persistence: new Persistence(), last: finding });
      else known.last = finding;
    }
    const evidence: Evidence[] = [];
    for (const [kind, { persistence, last }] of this.#findings) {
      const seen = found.some((finding) => finding.kind === kind);
      const rule = ruleOf(kind, patience);
      // One clean round among distant ones is no end yet.
      const clearAfterMs = Math.max(rule.clearAfterMs, 1.5 * spacingMs);
      if (persistence.round(seen, atMs, { ...rule, clearAfterMs }))
        evidence.push({ ...last, sinceMs: persistence.sinceMs ?? atMs });
      else if (persistence.sinceMs === null) this.#findings.delete(kind);
    }
    return evidence;
  }

  #judged(evidence: readonly Evidence[], atMs: number, anybody: boolean): Judgement {
    if (this.misses >= DOWN_AFTER_MISSES) {
      if (!anybody) return { verdict: "unknown", evidence: [] };
      const sinceMs = this.#missingSinceMs ?? atMs;
      return { verdict: "down", evidence: [plain("no-answer", "up", "count", this.misses, sinceMs)] };
    }
    const last = this.readings.at(-1);
    if (last === undefined) return { verdict: "unknown", evidence: [] };
    if (this.misses > 0) return { verdict: this.#verdict, evidence };
    if (evidence.some(({ kind }) => kind !== "past-slower")) return { verdict: "gray", evidence };
    const itself = this.#itself(last, atMs);
    const all = [...(itself === null ? [] : [itself]), ...evidence];
    return { verdict: all.length > 0 ? "degraded" : "healthy", evidence: all };
  }

  /** What it tells of itself. */
  #itself(last: Reading, atMs: number): Evidence | null {
    const { startedMs } = this;
    if (last.walReplay) return plain("wal-replay", "loki_ingester_wal_replay_active", "count", 1, startedMs ?? atMs);
    if (startedMs !== null && this.#restarted && atMs - startedMs < YOUNG_MS) {
      return plain("restarted", "process_start_time_seconds", "seconds", (atMs - startedMs) / 1_000, startedMs);
    }
    const unready = this.readings.findLastIndex(({ ready }) => ready !== false);
    const unreadySince = this.readings[unready + 1]?.atMs;
    if (unreadySince === undefined || atMs - unreadySince < WINDOW_MS) return null;
    return plain("not-ready", "/ready", "count", 0, unreadySince);
  }
}

/** Without a start time nobody knows: then a counter that falls was reset. */
function fell(before: Reading, after: Reading): boolean {
  if (after.startedAtSeconds === null || after.startedAtSeconds !== before.startedAtSeconds) return false;
  return [before.puts, before.pushes].some((timing, index) => {
    const now = index === 0 ? after.puts : after.pushes;
    return timing !== null && now !== null && now.count < timing.count;
  });
}

function ruleOf(kind: EvidenceKind, { usual, faint, past }: Patience): PersistenceRule {
  if (kind === "past-slower") return past;
  return kind === "slow-all-over" || kind === "answers-slowly" ? faint : usual;
}

function plain(kind: EvidenceKind, metric: string, unit: Evidence["unit"], own: number, sinceMs: number): Evidence {
  return { kind, metric, unit, own, matesMedian: null, spread: null, score: null, sinceMs, params: {} };
}
