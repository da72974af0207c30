import { LOKI_COMPONENTS, type LokiComponent, type LokiComponentName } from "../../../src-shared/api/sites.api.ts";
import type { Pod } from "./kubernetes-objects.ts";

export type RecognisedBy = LokiComponent["by"];

/** Which part of which Loki a pod is. `instance` tells two Lokis in one namespace apart. */
export interface RecognisedPod {
  readonly pod: Pod;
  readonly component: LokiComponentName;
  readonly by: RecognisedBy;
  readonly instance: string;
}

/** `app.kubernetes.io/name` of the charts, current and past. */
const CHART_NAMES = new Set(["loki", "enterprise-logs", "loki-distributed", "loki-simple-scalable"]);

const OTHER_NAMES: Readonly<Record<string, LokiComponentName>> = {
  "memcached-chunks-cache": "chunks-cache",
  "memcached-results-cache": "results-cache",
  "memcached-chunks": "chunks-cache",
  "memcached-frontend": "results-cache",
  "loki-canary": "canary",
  "compactor-worker": "compactor",
};

/** ksonnet names its caches after the server; only believed in a namespace that runs Loki. */
const KSONNET_NAMES: Readonly<Record<string, LokiComponentName>> = { ...OTHER_NAMES, memcached: "chunks-cache" };

const LOKI_IMAGE = /(^|\/)(loki|enterprise-logs)(@|:|$)/;
const HELPER_IMAGE = /(^|\/)[\w.-]*(canary|helm-test|gateway|proxy)[\w.-]*(@|:|$)/;

/** Components that serve nothing of Loki's own and prove nothing about a namespace. */
export const ANCILLARY: ReadonlySet<LokiComponentName> = new Set([
  "gateway",
  "canary",
  "chunks-cache",
  "results-cache",
]);

/**
 * Recognises Loki's pods: by the labels of the Helm charts, else by ksonnet's `name` label, else by `-target=`. ksonnet's
 * labels are those of Mimir and Cortex too, so they count only with Loki's image or configuration behind them.
 */
export function recognisePods(pods: readonly Pod[]): RecognisedPod[] {
  const found = pods.map((pod) => byChart(pod) ?? byKsonnet(pod) ?? byTarget(pod)).filter((pod) => pod !== null);
  const ksonnetNamespaces = new Set(found.filter((pod) => pod.by === "ksonnet").map(({ pod }) => pod.namespace));
  const known = new Set(found.map(({ pod }) => pod));
  const helpers = pods
    .filter((pod) => !known.has(pod) && ksonnetNamespaces.has(pod.namespace))
    .map(ksonnetHelper)
    .filter((pod) => pod !== null);
  return [...found, ...helpers];
}

/** The component that a word of a label or of `-target` names, or `null`. Zone suffixes are cut off. */
export function componentNamed(word: string): LokiComponentName | null {
  const bare = word.replace(/-zone-[a-z0-9]+$/, "").replace(/^(partition-|)ingester$/, "ingester");
  if (bare === "all") return "single-binary";
  const known = LOKI_COMPONENTS.find((name) => name === bare);
  return known ?? OTHER_NAMES[bare] ?? null;
}

/** What the `-target` flag of a container names, in any of Go's spellings; the first module that is a component. */
export function targetOf(args: readonly string[]): LokiComponentName | null {
  for (const [index, argument] of args.entries()) {
    const match = /^--?target(?:=(.*))?$/.exec(argument);
    if (match === null) continue;
    const modules = (match[1] ?? args[index + 1] ?? "").split(",").map((name) => name.trim());
    if (modules.includes("all")) return "single-binary";
    return modules.map(componentNamed).find((name) => name !== null) ?? null;
  }
  return null;
}

function byChart(pod: Pod): RecognisedPod | null {
  const { labels } = pod;
  const name = labels["app.kubernetes.io/name"] ?? "";
  const chart = labels["helm.sh/chart"] ?? "";
  const ofChart =
    CHART_NAMES.has(name) || /^(loki|enterprise-logs|loki-distributed|loki-simple-scalable)-\d/.test(chart);
  const instance = labels["app.kubernetes.io/instance"] ?? labels["release"] ?? "";
  const label = componentNamed(labels["app.kubernetes.io/component"] ?? "");
  // A renamed chart keeps its component labels; Loki's own program behind them is the proof.
  if (label !== null && (ofChart || runsLoki(pod))) return { pod, component: label, by: "chart", instance };
  if (!ofChart && labels["app"] !== "loki") return null;
  if (!runsLoki(pod)) return null;
  const component = targetOf(pod.containers.flatMap((container) => container.args)) ?? "single-binary";
  return { pod, component, by: "chart", instance };
}

function byKsonnet(pod: Pod): RecognisedPod | null {
  const component = componentNamed(pod.labels["name"] ?? "");
  if (component === null || !runsLoki(pod)) return null;
  return { pod, component, by: "ksonnet", instance: "" };
}

function ksonnetHelper(pod: Pod): RecognisedPod | null {
  const label = pod.labels["name"] ?? "";
  const component = KSONNET_NAMES[label] ?? componentNamed(label);
  if (component === null || !ANCILLARY.has(component)) return null;
  return { pod, component, by: "ksonnet", instance: "" };
}

function byTarget(pod: Pod): RecognisedPod | null {
  if (!runsLoki(pod)) return null;
  const component = targetOf(pod.containers.flatMap((container) => container.args)) ?? "single-binary";
  return { pod, component, by: "target", instance: "" };
}

/** Loki's image, or Loki's configuration on the command line (mirrored and rebuilt images have other names). */
function runsLoki(pod: Pod): boolean {
  return pod.containers.some(({ image, args, init }) => {
    if (init || HELPER_IMAGE.test(image)) return false;
    if (LOKI_IMAGE.test(image)) return true;
    return args.some((argument) => /^--?config\.file=.*\bloki\b/.test(argument));
  });
}
