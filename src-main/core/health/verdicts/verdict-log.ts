import type { CommonCause, Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { HealthChange } from "../../../../src-shared/model/health/site-health.ts";

interface Told {
  readonly verdict: Verdict;
  readonly sinceMs: number;
  readonly told: string;
}

export interface Said {
  readonly scope: "instance" | "component";
  readonly name: string;
  readonly component: string;
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
  readonly causes: readonly CommonCause[];
}

/** What was last said of everybody: since when a verdict holds, and what of a round is news. */
export class VerdictLog {
  readonly #told = new Map<string, Told>();
  #changes: HealthChange[] = [];

  /** Notes what is said now; gives since when the verdict holds. */
  say({ scope, name, component, verdict, evidence, causes }: Said, atMs: number): number {
    const key = `${scope}\u0000${name}`;
    const before = this.#told.get(key);
    const told = JSON.stringify([verdict, evidence.map(identity), causes.map(({ kind, tenant }) => [kind, tenant])]);
    const sinceMs = before?.verdict === verdict ? before.sinceMs : sinceOf(verdict, evidence, atMs);
    if (before?.told === told) return sinceMs;
    this.#told.set(key, { verdict, sinceMs, told });
    // That all is well from the beginning is no news.
    if (before === undefined && verdict === "healthy") return sinceMs;
    this.#changes.push({
      atMs,
      scope,
      name,
      component,
      verdict,
      before: before?.verdict ?? null,
      evidence: [...evidence],
      causes: [...causes],
    });
    return sinceMs;
  }

  /** News since the last call. */
  take(): readonly HealthChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** Forgets everybody but these. */
  keep(wanted: (scope: Said["scope"], name: string) => boolean): void {
    for (const key of this.#told.keys()) {
      const [scope, name = ""] = key.split("\u0000");
      if (!wanted(scope === "instance" ? "instance" : "component", name)) this.#told.delete(key);
    }
  }
}

/** Figures move with every round; which evidence there is, is what is told. */
function identity({ kind, params }: Evidence): readonly unknown[] {
  return [kind, Object.entries(params).filter(([, value]) => typeof value === "string")];
}

function sinceOf(verdict: Verdict, evidence: readonly Evidence[], atMs: number): number {
  return verdict === "healthy" || verdict === "unknown" ? atMs : Math.min(atMs, ...evidence.map((one) => one.sinceMs));
}
