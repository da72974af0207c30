import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { formatLabelSet, type LabelSet } from "../../../../src-shared/model/labels.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { HealthCluster } from "../../health/health-site.ts";
import type { LogSource } from "../../logs/log-source.ts";
import { podWorkloads } from "./pod-workloads.ts";

export type Sender = RefusalExplanation["senders"][number];
export type Gap = RefusalExplanation["gaps"][number];

/** Volume is asked for over so long before now. */
const RANGE_MS = 15 * 60_000;
const MOST_SENDERS = 10;
const MOST_NAMESPACES = 3;
/** Labels by which collectors name who writes, the most exact first (Promtail's and Alloy's Kubernetes pipelines, OTLP's names). */
const POD_LABELS = ["pod", "pod_name", "k8s_pod_name", "kubernetes_pod_name", "instance"];
const NAMESPACE_LABELS = ["namespace", "k8s_namespace_name", "kubernetes_namespace_name", "namespace_name"];
const BY_LABELS = [...POD_LABELS, "container", "app", "service_name", "job"];
const WORKLOAD_LABELS = [
  ["deployment", "Deployment"],
  ["k8s_deployment_name", "Deployment"],
  ["statefulset", "StatefulSet"],
  ["k8s_statefulset_name", "StatefulSet"],
  ["daemonset", "DaemonSet"],
  ["k8s_daemonset_name", "DaemonSet"],
] as const;

export interface SendersReading {
  readonly senders: readonly Sender[];
  readonly gaps: readonly Gap[];
}

export interface SendersQuestion {
  /** Labels of the stream that a text names; `null` for whoever sends most. */
  readonly stream: LabelSet | null;
  readonly nowMs: number;
  /** `null` where there is none, or its pods cannot be read. */
  readonly cluster: HealthCluster | null;
}

/**
 * Who sends: the stream that is named, with what it sends a second, else those of the tenant that send most by `index/volume`; each
 * with its pod and workload, by its labels and by the cluster's pods.
 */
export async function findSenders(
  source: LogSource,
  { stream, nowMs, cluster }: SendersQuestion,
  signal: AbortSignal,
): Promise<SendersReading> {
  const gaps: Gap[] = [];
  const tellGap = (key: string, error: unknown) => {
    if (signal.aborted || !isAppError(error)) throw error;
    gaps.push({ key, params: { problem: error.code } });
  };
  const range = { startNs: nanoFromMs(nowMs - RANGE_MS), endNs: nanoFromMs(nowMs) };
  let found: readonly {
    readonly labels: LabelSet;
    readonly bytesPerSecond: number | null;
    readonly share: number | null;
  }[] = [];
  try {
    found = stream === null ? await largest(source, range, signal) : [await named(source, stream, range, signal)];
  } catch (error) {
    tellGap("senders-unknown", error);
    if (stream !== null) found = [{ labels: stream, bytesPerSecond: null, share: null }];
  }
  if (found.length === 0) gaps.push({ key: "senders-unknown", params: { problem: "" } });
  const workloads = new Map<string, ReadonlyMap<string, string>>();
  const namespaces = new Set(found.flatMap(({ labels }) => first(labels, NAMESPACE_LABELS) ?? []));
  for (const namespace of cluster === null ? [] : [...namespaces].slice(0, MOST_NAMESPACES)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- three at most, each a list of pods
      if (cluster !== null) workloads.set(namespace, await podWorkloads(cluster, namespace, signal));
    } catch (error) {
      tellGap("pods-unreadable", error);
    }
  }
  const senders = found.map(({ labels, bytesPerSecond, share }): Sender => {
    const pod = first(labels, POD_LABELS);
    const namespace = first(labels, NAMESPACE_LABELS);
    const owner = pod === null || namespace === null ? undefined : workloads.get(namespace)?.get(pod);
    return {
      stream: formatLabelSet(labels),
      pod,
      workload: owner ?? labelledWorkload(labels),
      namespace,
      bytesPerSecond,
      share,
    };
  });
  return { senders, gaps };
}

type Range = Parameters<LogSource["series"]>[1];
type Volume = { readonly labels: LabelSet; readonly bytesPerSecond: number; readonly share: number | null };

async function named(source: LogSource, stream: LabelSet, range: Range, signal: AbortSignal): Promise<Volume> {
  // `service_name` is added by Loki itself where nobody sends it; in the index it stands with the others.
  const [label = "service_name"] = Object.keys(stream);
  const bytes = await volumes(source, formatLabelSet(stream), label, range, signal);
  const total = [...bytes.values()].reduce((sum, value) => sum + value, 0);
  return { labels: stream, bytesPerSecond: total / (RANGE_MS / 1_000), share: null };
}

async function largest(source: LogSource, range: Range, signal: AbortSignal): Promise<Volume[]> {
  const known = await source.labels(range, null, signal);
  const label = BY_LABELS.find((candidate) => known.includes(candidate)) ?? known[0];
  if (label === undefined) return [];
  const bytes = await volumes(source, `{${label}=~".+"}`, label, range, signal);
  const total = [...bytes.values()].reduce((sum, value) => sum + value, 0);
  const most = [...bytes].toSorted(([, one], [, other]) => other - one).slice(0, MOST_SENDERS);
  return Promise.all(
    most.map(async ([value, sent]) => ({
      labels: await labelsOf(source, { [label]: value }, range, signal),
      bytesPerSecond: sent / (RANGE_MS / 1_000),
      share: total === 0 ? null : sent / total,
    })),
  );
}

/** Bytes of the range by the values of one label. */
async function volumes(
  source: LogSource,
  selector: string,
  label: string,
  range: Range,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const answer = await source.volume(selector, range, range.endNs - range.startNs, label, signal);
  const bytes = new Map<string, number>();
  for (const { metric, points } of answer.series) {
    const value = metric[label];
    if (value === undefined) continue;
    const sent = points.reduce((sum, [, text]) => sum + (Number(text) || 0), 0);
    bytes.set(value, (bytes.get(value) ?? 0) + sent);
  }
  return bytes;
}

/** What all streams behind one label's value have in common. */
async function labelsOf(source: LogSource, own: LabelSet, range: Range, signal: AbortSignal): Promise<LabelSet> {
  const [one, ...others] = await source.series([formatLabelSet(own)], range, signal);
  if (one === undefined) return own;
  const common = Object.entries(one).filter(([name, value]) => others.every((other) => other[name] === value));
  return Object.fromEntries(common);
}

function first(labels: LabelSet, names: readonly string[]): string | null {
  const found = names.find((name) => (labels[name] ?? "") !== "");
  return found === undefined ? null : (labels[found] ?? null);
}

function labelledWorkload(labels: LabelSet): string | null {
  const found = WORKLOAD_LABELS.find(([name]) => (labels[name] ?? "") !== "");
  return found === undefined ? null : `${found[1]} ${labels[found[0]] ?? ""}`;
}
