import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson, goJsonLabels } from "../format/go-json.ts";
import { queryJsonReply, type Reply } from "../http/reply.ts";
import type { LabStream } from "../store/stream.ts";
import type { TimeBounds } from "./request-form.ts";

/** Streams of a range that a condition accepts, each label set once. */
export function streamsInRange(
  streams: readonly LabStream[],
  bounds: TimeBounds,
  accepts: (labels: LabelSet) => boolean,
): LabStream[] {
  const found = new Map<string, LabStream>();
  for (const stream of streams) {
    if (found.has(stream.labelText) || !accepts(stream.labels)) continue;
    if (stream.chunks(bounds.startNs, bounds.endNs).length > 0) found.set(stream.labelText, stream);
  }
  return [...found.values()];
}

/** `labels` and `label/{name}/values`: `data` is left out when there is nothing. */
export function valuesReply(values: Iterable<string>): Reply {
  const sorted = [...new Set(values)].sort();
  const data = sorted.length === 0 ? "" : `,"data":${goJson(sorted)}`;
  return queryJsonReply(`{"status":"success"${data}}\n`);
}

export function labelNames(streams: readonly LabStream[]): string[] {
  return streams.flatMap((stream) => Object.keys(stream.labels));
}

export function labelValues(streams: readonly LabStream[], name: string): string[] {
  return streams.flatMap((stream) => stream.labels[name] ?? []);
}

export function seriesReply(streams: readonly LabStream[]): Reply {
  return queryJsonReply(
    `{"status":"success","data":[${streams.map(({ labels }) => goJsonLabels(labels)).join(",")}]}\n`,
  );
}

/** `/api/prom/label`: another envelope, the same values. */
export function legacyValuesReply(values: Iterable<string>): Reply {
  return queryJsonReply(`{"values":${goJson([...new Set(values)].sort())}}\n`);
}

const ALWAYS_KEPT: ReadonlySet<string> = new Set(["cluster", "namespace", "instance", "pod"]);
const LOOKS_LIKE_ID = /^(?:[+-]?\d+(?:\.\d+)?|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** `detected_labels`: labels whose values are all numbers or UUIDs are left out, but for the well-known ones. */
export function detectedLabelsReply(streams: readonly LabStream[]): Reply {
  const values = new Map<string, Set<string>>();
  for (const { labels } of streams) {
    for (const [name, value] of Object.entries(labels)) {
      const seen = values.get(name) ?? new Set<string>();
      values.set(name, seen.add(value));
    }
  }
  const kept = [...values].filter(
    ([name, seen]) => ALWAYS_KEPT.has(name) || ![...seen].every((value) => LOOKS_LIKE_ID.test(value)),
  );
  if (kept.length === 0) return queryJsonReply("{}\n");
  const detectedLabels = kept.map(([label, seen]) => ({ label, cardinality: seen.size }));
  return queryJsonReply(`${goJson({ detectedLabels })}\n`);
}
