import type { VectorSample } from "./prometheus-answer.ts";
import { componentOfTarget, instanceOfTarget, nodeOfTarget, ownKey, zoneOfTarget } from "./target-labels.ts";

/** One process of Loki's as Prometheus knows it. */
export interface PrometheusTarget {
  readonly instance: string;
  readonly component: string;
  readonly zone: string | null;
  readonly node: string | null;
  /** All labels that Prometheus gives its series. */
  readonly labels: Readonly<Record<string, string>>;
  readonly up: boolean;
  /** When it was last asked, by Prometheus' clock; `null` where that is not told. */
  readonly askedAtMs: number | null;
  readonly tookSeconds: number;
}

export interface TargetSamples {
  readonly up: readonly VectorSample[];
  readonly durations: readonly VectorSample[];
  /** Of `up`: seconds since the epoch by Prometheus' clock. */
  readonly timestamps: readonly VectorSample[];
  /** `loki_build_info`: who is Loki. */
  readonly builds: readonly VectorSample[];
}

/**
 * Loki's processes among the targets of its jobs, by component and name. A job may hold others too (a sidecar, another
 * program in the same pod), and a pod may be scraped by two jobs: of several for one instance that which tells what it is
 * built from is taken, then that which is up, then the freshest.
 */
export function prometheusTargets({ up, durations, timestamps, builds }: TargetSamples): readonly PrometheusTarget[] {
  const took = byTarget(durations);
  const asked = byTarget(timestamps);
  const built = byTarget(builds);
  const chosen = new Map<string, { readonly target: PrometheusTarget; readonly rank: number }>();
  for (const { labels: series, value } of up) {
    const { __name__: _name, ...labels } = series;
    const component = componentOfTarget(labels);
    const instance = instanceOfTarget(labels);
    if (component === null || instance === "") continue;
    const seconds = asked.find(labels)?.value;
    const target: PrometheusTarget = {
      instance,
      component,
      zone: zoneOfTarget(labels),
      node: nodeOfTarget(labels),
      labels,
      up: value === 1,
      askedAtMs: seconds === undefined ? null : Math.round(seconds * 1_000),
      tookSeconds: took.find(labels)?.value ?? 0,
    };
    const isLoki = built.find(labels) !== undefined;
    // What answers and is not Loki is something else of the same job.
    if (target.up && !isLoki) continue;
    const rank = (isLoki ? 2 : 0) + (target.up ? 1 : 0);
    const before = chosen.get(instance);
    const fresher = (target.askedAtMs ?? 0) > (before?.target.askedAtMs ?? 0);
    if (before === undefined || rank > before.rank || (rank === before.rank && fresher)) {
      chosen.set(instance, { target, rank });
    }
  }
  return [...chosen.values()]
    .map(({ target }) => target)
    .toSorted((a, b) => order(a.component, b.component) || order(a.instance, b.instance));
}

/** Labels by which a Prometheus of several clusters, or several Lokis in one namespace, are told apart. */
const CLUSTER_LABELS = ["cluster", "k8s_cluster_name", "kubernetes_cluster"];

/** Clusters that samples are of, where that is told; with more than one, pods cannot be told apart by name. */
export function clustersOf(samples: readonly VectorSample[]): readonly string[] {
  const named = samples.map(({ labels }) =>
    CLUSTER_LABELS.map((label) => labels[label] ?? "")
      .filter((cluster) => cluster !== "")
      .join("/"),
  );
  return [...new Set(named)].filter((cluster) => cluster !== "").toSorted();
}

/** Puts series to the targets that they are of, as each process wrote them: key → value. Those of nobody are left out. */
export class TargetSeries {
  readonly #series: ReadonlyMap<PrometheusTarget, Record<string, number>>;
  readonly #places: ReadonlyMap<string, readonly PrometheusTarget[]>;

  constructor(targets: readonly PrometheusTarget[]) {
    this.#series = new Map(targets.map((target) => [target, Object.create(null) as Record<string, number>]));
    this.#places = Map.groupBy(targets, ({ labels }) => placeOf(labels));
  }

  take(samples: readonly VectorSample[]): void {
    for (const { labels, value } of samples) {
      for (const target of this.#places.get(placeOf(labels)) ?? []) {
        const key = ownKey(labels, target.labels);
        const own = this.#series.get(target);
        if (key === null || own === undefined) continue;
        own[key] = value;
        break;
      }
    }
  }

  of(target: PrometheusTarget): Readonly<Record<string, number>> {
    return this.#series.get(target) ?? {};
  }
}

/** Every scraped series has both; they tell targets apart but for those of several Prometheus in one. */
function placeOf(labels: Readonly<Record<string, string>>): string {
  return `${labels["job"] ?? ""}\u0000${labels["instance"] ?? ""}`;
}

interface TargetIndex {
  find(target: Readonly<Record<string, string>>): VectorSample | undefined;
}

function byTarget(samples: readonly VectorSample[]): TargetIndex {
  const places = Map.groupBy(samples, ({ labels }) => placeOf(labels));
  return {
    find: (target) => places.get(placeOf(target))?.find(({ labels }) => ownKey(labels, target) !== null),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
