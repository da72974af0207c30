import { nanoFromMs } from "../../../src-shared/model/nano-time.ts";
import type { LogSource } from "./log-source.ts";
import type { PodListing } from "./logs.service.ts";

/** The pods that a source of pods can read, with their containers; its streams are one a container. */
export async function podListing(source: LogSource, nowMs: number, signal: AbortSignal): Promise<PodListing[]> {
  const range = { startNs: 0n, endNs: nanoFromMs(nowMs) };
  const pods = new Map<string, PodListing>();
  for (const { namespace = "", pod = "", container = "", component = "" } of await source.series([], range, signal)) {
    const key = `${namespace}/${pod}`;
    const known = pods.get(key) ?? { namespace, pod, containers: [], component };
    if (!known.containers.includes(container)) known.containers.push(container);
    pods.set(key, known);
  }
  return [...pods.values()];
}
