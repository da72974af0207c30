import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { compileLogPipeline } from "../../../../../src-shared/logql/log-pipeline.ts";
import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { DetectedField, IndexStats, LogQuery, MetricResult } from "../../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type {
  LogSource,
  MetricAnswer,
  ReadEvent,
  SourceCapabilities,
  SourceDescription,
  TailEvent,
  TailQuery,
} from "../../log-source.ts";
import { parsePodQuery } from "./pod-query.ts";
import { readPods } from "./pod-reader.ts";
import { podStreams, type PodStream } from "./pod-streams.ts";
import { tailPods } from "./pod-tail.ts";

export interface PodLogSourceOptions {
  /** Asked for each time: the client is made anew when the kubeconfig changes. */
  readonly client: () => Promise<KubernetesClient>;
  readonly namespace: string;
  readonly site: SiteId;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes of lines that a backward read may hold. 256 MiB by default. */
  readonly maxHeldBytes?: number;
}

/**
 * The logs of a namespace's pods as the kubelets keep them, through the Kubernetes API. Streams have the labels `namespace`,
 * `pod`, `container`, `component`, `node`, and `previous="true"` for the run before the present one.
 */
export function createPodLogSource(options: PodLogSourceOptions): LogSource {
  return new PodLogSource(options);
}

class PodLogSource implements LogSource {
  readonly #options: PodLogSourceOptions;
  readonly #disposed = new AbortController();

  constructor(options: PodLogSourceOptions) {
    this.#options = options;
  }

  describe(): SourceDescription {
    return { kind: "pods", title: this.#options.namespace };
  }

  capabilities(): SourceCapabilities {
    return { tail: true, metricQueries: false, stats: false, volume: false, detectedFields: false };
  }

  async labels(_range: TimeRange, query: string | null, signal: AbortSignal): Promise<readonly string[]> {
    const streams = await this.#streams(query === null ? [] : [query], signal);
    return [...new Set(streams.flatMap(({ labels }) => Object.keys(labels)))].toSorted();
  }

  async labelValues(
    label: string,
    _range: TimeRange,
    query: string | null,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const streams = await this.#streams(query === null ? [] : [query], signal);
    const values = streams.flatMap(({ labels }) => (Object.hasOwn(labels, label) ? [labels[label] ?? ""] : []));
    return [...new Set(values)].toSorted();
  }

  async series(matchers: readonly string[], _range: TimeRange, signal: AbortSignal): Promise<readonly LabelSet[]> {
    return (await this.#streams(matchers, signal)).map(({ labels }) => labels);
  }

  read(query: LogQuery, signal: AbortSignal): AsyncIterable<ReadEvent> {
    const { client, namespace, maxHeldBytes } = this.#options;
    return readPods(query, { client, namespace, maxHeldBytes: maxHeldBytes ?? 256 * 2 ** 20 }, this.#signal(signal));
  }

  tail(query: TailQuery, signal: AbortSignal): AsyncIterable<TailEvent> {
    return tailPods(query, this.#options, this.#signal(signal));
  }

  metric(): Promise<MetricAnswer> {
    return unsupported("metricQueries");
  }

  stats(): Promise<IndexStats> {
    return unsupported("stats");
  }

  volume(): Promise<MetricResult> {
    return unsupported("volume");
  }

  detectedFields(): Promise<readonly DetectedField[]> {
    return unsupported("detectedFields");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
  }

  /** The streams that any of the selectors takes; all of them without one. */
  async #streams(selectors: readonly string[], signal: AbortSignal): Promise<readonly PodStream[]> {
    const tests = selectors.map((selector) => compileLogPipeline(parsePodQuery(selector)).matches);
    const client = await this.#options.client();
    const pods = await client.listPods({ namespace: this.#options.namespace, signal: this.#signal(signal) });
    const streams = podStreams(pods);
    return tests.length === 0 ? streams : streams.filter(({ labels }) => tests.some((test) => test(labels)));
  }

  #signal(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#disposed.signal]);
  }
}

function unsupported(capability: string): Promise<never> {
  return Promise.reject(new AppError("logs.unsupported", { capability }));
}
