import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { Container, Pod } from "../../../clusters/kubernetes-objects.ts";

/** One log that the kubelet keeps: of a container as it runs, or of its run before. */
export interface PodStream {
  /** Stays the same while pod and container do, also over restarts. */
  readonly key: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly restarts: number;
  readonly labels: LabelSet;
}

/** The stream as a person names it. */
export function streamName(stream: PodStream): string {
  return `${stream.pod}/${stream.container}${stream.previous ? " (previous)" : ""}`;
}

/** Every log there is to read, with the labels that selectors see. */
export function podStreams(pods: readonly Pod[]): readonly PodStream[] {
  return pods
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((pod) => pod.containers.flatMap((container) => streamsOf(pod, container)));
}

/** As the charts name it, else as ksonnet does. */
function componentOf({ labels }: Pod): string | null {
  return labels["app.kubernetes.io/component"] ?? labels["name"] ?? null;
}

function streamsOf(pod: Pod, container: Container): PodStream[] {
  const component = componentOf(pod);
  const labels: LabelSet = {
    ...(component === null ? {} : { component }),
    container: container.name,
    namespace: pod.namespace,
    ...(pod.node === "" ? {} : { node: pod.node }),
    pod: pod.name,
  };
  const head = { pod: pod.name, container: container.name, restarts: container.restarts };
  const key = `${pod.uid}/${container.name}`;
  return [
    ...(container.hasPrevious
      ? [{ ...head, key: `${key}/previous`, previous: true, labels: { ...labels, previous: "true" } }]
      : []),
    ...(container.started ? [{ ...head, key, previous: false, labels }] : []),
  ];
}
