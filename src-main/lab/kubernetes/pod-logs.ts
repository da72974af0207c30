import type { ServerResponse } from "node:http";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import { goRfc3339Nano } from "../format/go-text.ts";
import { parseLokiTime } from "../loki/request-form.ts";
import { emptyTally, mergeEntries } from "../store/entry-merge.ts";
import type { LabStream } from "../store/stream.ts";
import { type KubeObject, listAt, numberAt, textAt } from "./kube-object.ts";
import { badRequest } from "./status.ts";

/** A kubelet keeps what its log rotation leaves; here the last two hours. */
const KEPT_NS = 2n * 3_600_000_000_000n;
const FOLLOW_MS = 250;

/** Where a pod's output comes from, by namespace, pod and container. */
export type PodStreams = (namespace: string, pod: string) => LabStream | null;

export interface PodLogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  readonly sinceNs: bigint | null;
}

export function parsePodLogOptions(query: URLSearchParams, nowNs: bigint): PodLogOptions {
  const number = (name: string): number | null => {
    const text = query.get(name);
    if (text === null || text === "") return null;
    if (!/^\d+$/.test(text)) throw badRequest(`invalid ${name}: "${text}"`);
    return Number(text);
  };
  const seconds = number("sinceSeconds");
  const stamp = query.get("sinceTime");
  const since = stamp === null ? null : parseLokiTime(stamp);
  if (stamp !== null && since === null) throw badRequest(`invalid sinceTime: "${stamp}"`);
  return {
    follow: flag(query, "follow"),
    previous: flag(query, "previous"),
    timestamps: flag(query, "timestamps"),
    tailLines: number("tailLines"),
    limitBytes: number("limitBytes"),
    sinceNs: seconds === null ? since : nowNs - BigInt(seconds) * 1_000_000_000n,
  };
}

function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value === "true" || value === "1";
}

/** The container that is meant: the only one, or the one named. */
export function containerOf(pod: KubeObject, name: string | null): string {
  const names = listAt(pod, "spec.containers").map((each) => textAt(each, "name"));
  const [first = ""] = names;
  if (name === null || name === "") return first;
  if (!names.includes(name)) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
  return name;
}

/** When the present container and the one before it ran, in nanoseconds. */
function lifetime(pod: KubeObject, container: string, previous: boolean): { startNs: bigint; endNs: bigint | null } {
  const status = listAt(pod, "status.containerStatuses").find((each) => textAt(each, "name") === container);
  if (status === undefined) {
    throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ContainerCreating`);
  }
  const time = (path: string) => BigInt(Date.parse(textAt(status, path))) * NS_PER_MS;
  if (!previous) return { startNs: time("state.running.startedAt"), endNs: null };
  if (numberAt(status, "restartCount") === 0) {
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  }
  return { startNs: time("lastState.terminated.startedAt"), endNs: time("lastState.terminated.finishedAt") };
}

/** Writes a container's log, and with `follow` goes on as it grows. An entry of several lines is several lines here too. */
export function streamPodLog(
  response: ServerResponse,
  pod: KubeObject,
  container: string,
  stream: LabStream | null,
  options: PodLogOptions,
  clock: Clock,
): void {
  const nowNs = () => BigInt(Math.floor(clock.nowMs())) * NS_PER_MS;
  const life = lifetime(pod, container, options.previous);
  const endNs = life.endNs ?? nowNs() + 1n;
  const floor = endNs - KEPT_NS > life.startNs ? endNs - KEPT_NS : life.startNs;
  const startNs = options.sinceNs !== null && options.sinceNs > floor ? options.sinceNs : floor;

  response.removeHeader("connection");
  response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-cache, private" });
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const write = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    const text = Buffer.from(`${lines.join("\n")}\n`);
    const piece = text.subarray(0, Math.min(text.length, left));
    left -= piece.length;
    response.write(piece);
  };
  write(readLines(stream, startNs, endNs, options));
  if (!options.follow || options.previous || left <= 0) {
    response.end();
    return;
  }
  let fromNs = endNs;
  let cancel: () => void = () => {};
  const poll = () => {
    cancel = clock.after(FOLLOW_MS, () => {
      const toNs = nowNs() + 1n;
      // A reader that does not keep up gets its lines when it has: what is generated is not lost.
      if (!response.writableNeedDrain && toNs > fromNs) {
        write(readLines(stream, fromNs, toNs, { ...options, tailLines: null }));
        fromNs = toNs;
      }
      if (left <= 0) response.end();
      else poll();
    });
  };
  poll();
  response.once("close", () => cancel());
}

function readLines(stream: LabStream | null, startNs: bigint, endNs: bigint, options: PodLogOptions): string[] {
  if (stream === null || options.tailLines === 0) return [];
  const backward = options.tailLines !== null;
  const lines: string[] = [];
  mergeEntries({ streams: [stream], startNs, endNs, backward, lost: () => false, tally: emptyTally() }, (cursor) => {
    if (cursor.chunk === null) return false;
    const stamp = options.timestamps ? `${goRfc3339Nano(cursor.timestampNs)} ` : "";
    const parts = cursor.chunk
      .lineAt(cursor.index)
      .split("\n")
      .map((line) => `${stamp}${line}`);
    if (backward) parts.reverse();
    lines.push(...parts);
    return options.tailLines === null || lines.length < options.tailLines;
  });
  if (!backward) return lines;
  return lines.slice(0, options.tailLines ?? lines.length).toReversed();
}
