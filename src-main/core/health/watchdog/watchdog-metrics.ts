import type { Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { VERDICTS } from "../../../../src-shared/model/health/verdict.ts";
import type { OutcomeKind } from "../scraping/target-outcome.ts";
import { REFUSALS, type Refusal } from "./isolation.ts";

const OUTCOMES: readonly OutcomeKind[] = [
  "answered",
  "forbidden",
  "timed-out",
  "unreachable",
  "not-metrics",
  "too-large",
];

/** The gauges of one round. */
export interface RoundFigures {
  readonly atMs: number;
  readonly tookMs: number;
  readonly targets: readonly { readonly outcome: OutcomeKind }[];
  readonly verdicts: readonly { readonly component: string; readonly verdict: Verdict }[];
  readonly causes: readonly string[];
  readonly gated: number;
  readonly out: number;
  readonly refused: readonly Refusal[];
}

/** What the watchdog tells of itself, in the text format of Prometheus (version 0.0.4). */
export class WatchdogMetrics {
  #last: RoundFigures | null = null;
  #lastEndedMs: number | null = null;
  #rounds = 0;
  #failedRounds = 0;
  #patchFailures = 0;
  readonly #changes = { True: 0, False: 0 };
  #terms = 0;
  #leader = false;

  round(figures: RoundFigures): void {
    this.#rounds += 1;
    this.#last = figures;
    this.#lastEndedMs = figures.atMs;
  }

  failedRound(atMs: number): void {
    this.#failedRounds += 1;
    this.#lastEndedMs = atMs;
  }

  patchFailed(): void {
    this.#patchFailures += 1;
  }

  changed(status: "True" | "False"): void {
    this.#changes[status] += 1;
  }

  leads(leader: boolean): void {
    if (leader && !this.#leader) this.#terms += 1;
    this.#leader = leader;
    // Of what only a leader sees, a standby says nothing rather than what was.
    if (!leader) this.#last = null;
  }

  /** Whether this term has seen a round that led to something. */
  get hasRound(): boolean {
    return this.#last !== null;
  }

  /** When the last round began that came to its end, whether or not to something. */
  get lastEndedMs(): number | null {
    return this.#lastEndedMs;
  }

  /** `holds` is asked at this moment: a lease that ran out is none. */
  text(holds: boolean): string {
    const last = this.#last;
    const count = <Item>(items: readonly Item[], is: (item: Item) => boolean) => items.filter(is).length;
    const components = [...new Set(last?.verdicts.map(({ component }) => component))].toSorted();
    const families: Family[] = [
      gauge("leader", "Whether this process holds the lease and acts.", [[{}, holds && this.#leader ? 1 : 0]]),
      counter("terms_total", "Times that this process began to lead.", [[{}, this.#terms]]),
      counter("rounds_total", "Rounds of scraping and judging that ended.", [[{}, this.#rounds]]),
      counter("failed_rounds_total", "Rounds after which the cluster could not be read.", [[{}, this.#failedRounds]]),
      counter("condition_changes_total", "Conditions whose status was changed.", [
        [{ status: "False" }, this.#changes.False],
        [{ status: "True" }, this.#changes.True],
      ]),
      counter("patch_failures_total", "Conditions that could not be written.", [[{}, this.#patchFailures]]),
    ];
    if (last !== null) {
      families.push(
        gauge("last_round_timestamp_seconds", "When the last round began.", [[{}, last.atMs / 1_000]]),
        gauge("round_duration_seconds", "How long the scraping of the last round took.", [[{}, last.tookMs / 1_000]]),
        gauge(
          "targets",
          "Targets of the last round by how asking them went.",
          OUTCOMES.map((outcome) => [{ outcome }, count(last.targets, (target) => target.outcome === outcome)]),
        ),
        gauge(
          "verdicts",
          "Instances of the last round by component and verdict.",
          components.flatMap((component) =>
            VERDICTS.map((verdict): Sample => [
              { component, verdict },
              count(last.verdicts, (one) => one.component === component && one.verdict === verdict),
            ]),
          ),
        ),
        gauge("common_causes", "Common causes seen in the last round.", [[{}, last.causes.length]]),
        gauge("ingesters_gated", "Ingesters whose pod has the readiness gate.", [[{}, last.gated]]),
        gauge("ingesters_out", "Ingesters that are kept out by the condition.", [[{}, last.out]]),
        gauge(
          "refused",
          "Gray ingesters of the last round that were left in, by the reason.",
          REFUSALS.map((reason) => [{ reason }, count(last.refused, (why) => why === reason)]),
        ),
      );
    }
    return families.map(familyText).join("");
  }
}

type Sample = readonly [Readonly<Record<string, string>>, number];

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly about: string;
  readonly samples: readonly Sample[];
}

function gauge(name: string, about: string, samples: readonly Sample[]): Family {
  return { name, type: "gauge", about, samples };
}

function counter(name: string, about: string, samples: readonly Sample[]): Family {
  return { name, type: "counter", about, samples };
}

function familyText({ name, type, about, samples }: Family): string {
  const full = `kubemate_watchdog_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${labelText(labels)} ${value}\n`);
  return `# HELP ${full} ${about}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** The three that the format asks for. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
