import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson, goJsonLabels } from "../format/go-json.ts";
import { queryJsonReply, type Reply } from "../http/reply.ts";
import { emptyTally } from "../store/entry-merge.ts";
import type { ChunkRef, LabStream } from "../store/stream.ts";
import { queryStats } from "./query-stats.ts";
import type { TimeBounds } from "./request-form.ts";

/** The share of a chunk that lies in a range, by time, as Loki's index scales what it knows of a chunk. */
function shareOf(ref: ChunkRef, bounds: TimeBounds): number {
  const from = ref.startNs > bounds.startNs ? ref.startNs : bounds.startNs;
  const to = ref.throughNs < bounds.endNs ? ref.throughNs : bounds.endNs;
  const whole = Number(ref.throughNs - ref.startNs);
  if (whole <= 0) return 1;
  return Math.max(0, Math.min(1, Number(to - from) / whole));
}

/** `index/stats`: what the index promises, damaged chunks included; no envelope. */
export function indexStatsReply(streams: readonly LabStream[], bounds: TimeBounds): Reply {
  let streamCount = 0;
  let chunks = 0;
  let bytes = 0;
  let entries = 0;
  for (const stream of streams) {
    const refs = stream.chunks(bounds.startNs, bounds.endNs);
    if (refs.length > 0) streamCount += 1;
    for (const ref of refs) {
      const share = shareOf(ref, bounds);
      chunks += 1;
      bytes += Math.floor(ref.sizeBytes * share);
      entries += Math.floor(ref.entries * share);
    }
  }
  return queryJsonReply(`${goJson({ streams: streamCount, chunks, bytes, entries })}\n`);
}

export interface VolumeRequest {
  readonly bounds: TimeBounds;
  readonly limit: number;
  readonly targetLabels: readonly string[];
  /** Names in the selector's matchers; what volume groups by when no label is asked for. */
  readonly matcherNames: readonly string[];
  readonly aggregateByLabels: boolean;
  /** `null` for one point over the whole range. */
  readonly stepNs: bigint | null;
}

interface VolumeSeries {
  readonly metric: LabelSet;
  readonly name: string;
  readonly bytesByStep: Map<number, number>;
  total: number;
}

/** `index/volume` and `index/volume_range`, as the query frontend answers them. */
export function volumeReply(streams: readonly LabStream[], request: VolumeRequest, execMs: number): Reply {
  const series = new Map<string, VolumeSeries>();
  for (const stream of streams) {
    const metrics = metricsOf(stream.labels, request);
    for (const step of stepsOf(request)) {
      let bytes = 0;
      for (const ref of stream.chunks(step.startNs, step.endNs))
        bytes += Math.floor(ref.sizeBytes * shareOf(ref, step));
      if (bytes > 0) for (const metric of metrics) addVolume(series, metric, step.index, bytes);
    }
  }
  const sorted = [...series.values()]
    .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
    .slice(0, request.limit);
  const steps = [...stepsOf(request)];
  const matrix = sorted.some(({ bytesByStep }) => bytesByStep.size > 1);
  const result = sorted.map(({ metric, bytesByStep }) => {
    const points = [...bytesByStep].map(([index, bytes]) => `[${steps[index]?.label ?? "0"},"${bytes}"]`);
    const values = matrix ? `"values":[${points.join(",")}]` : `"value":${points[0] ?? "[]"}`;
    return `{"metric":${goJsonLabels(metric)},${values}}`;
  });
  const stats = queryStats(emptyTally(), {
    returned: sorted.length,
    passed: 0,
    splits: steps.length,
    execMs,
    referencedMetadata: false,
    recent: false,
  });
  const type = matrix ? "matrix" : "vector";
  return queryJsonReply(
    `{"status":"success","data":{"resultType":"${type}","result":[${result.join(",")}],"stats":${goJson(stats)}}}`,
  );
}

function metricsOf(labels: LabelSet, request: VolumeRequest): LabelSet[] {
  const wanted = request.targetLabels.length > 0 ? request.targetLabels : request.matcherNames;
  if (request.aggregateByLabels) {
    const names = request.targetLabels.length > 0 ? request.targetLabels : Object.keys(labels);
    return names.filter((name) => labels[name] !== undefined).map((name) => ({ [name]: "" }));
  }
  const metric: Record<string, string> = {};
  for (const name of wanted) {
    const value = labels[name];
    if (value !== undefined) metric[name] = value;
  }
  return Object.keys(metric).length === 0 ? [] : [metric];
}

function addVolume(series: Map<string, VolumeSeries>, metric: LabelSet, step: number, bytes: number): void {
  const name = goJsonLabels(metric);
  const known = series.get(name) ?? { metric, name, bytesByStep: new Map<number, number>(), total: 0 };
  known.bytesByStep.set(step, (known.bytesByStep.get(step) ?? 0) + bytes);
  known.total += bytes;
  series.set(name, known);
}

interface VolumeStep extends TimeBounds {
  readonly index: number;
  /** The point's time in seconds: a millisecond before the step's end, at last the range's end. */
  readonly label: string;
}

function* stepsOf(request: VolumeRequest): Generator<VolumeStep> {
  const { bounds, stepNs } = request;
  if (stepNs === null) {
    yield { ...bounds, index: 0, label: secondsText(ceilMs(bounds.endNs)) };
    return;
  }
  // Steps begin at multiples of themselves, as the frontend aligns them.
  let startNs = bounds.startNs;
  for (let index = 0; startNs < bounds.endNs; index += 1) {
    const aligned = (startNs / stepNs + 1n) * stepNs;
    const endNs = aligned < bounds.endNs ? aligned : bounds.endNs;
    const last = endNs === bounds.endNs;
    yield { startNs, endNs, index, label: secondsText(last ? ceilMs(endNs) : endNs / 1_000_000n - 1n) };
    startNs = endNs;
  }
}

function ceilMs(ns: bigint): bigint {
  return (ns + 999_999n) / 1_000_000n;
}

/** Milliseconds as Loki prints a sample's time: seconds with up to three decimals. */
export function secondsText(ms: bigint): string {
  return (Number(ms) / 1_000).toString();
}
