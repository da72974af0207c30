import { createLab, type Lab, type LabOptions } from "../../src-main/lab/lab.ts";
import type { CorpusEntry } from "./lab-recordings.ts";
import { ManualClock } from "./manual-clock.ts";

/** A lab without traffic of its own, standing at one moment. */
export async function quietLab(
  nowMs: number,
  options: Partial<LabOptions> = {},
): Promise<{ lab: Lab; clock: ManualClock }> {
  const clock = new ManualClock(nowMs);
  return { lab: await createLab({ clock, historyHours: 0, ...options }), clock };
}

/** Headers that `fetch` sets itself. */
const OF_THE_CONNECTION = /^(host|connection|upgrade|sec-websocket-.*)$/i;

/** One request to the lab's Loki, as a tenant. */
export async function askLoki(
  lab: Lab,
  path: string,
  options: {
    tenant?: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
  } = {},
): Promise<{ status: number; contentType: string | null; headers: Headers; text: string }> {
  const given = Object.entries(options.headers ?? {}).filter(([name]) => !OF_THE_CONNECTION.test(name));
  const response = await fetch(`${lab.lokiUrl}${path}`, {
    method: options.method ?? "GET",
    headers: {
      ...(options.tenant === undefined ? {} : { "X-Scope-OrgID": options.tenant }),
      ...Object.fromEntries(given),
    },
    ...(options.body === undefined ? {} : { body: options.body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get("content-type"),
    headers: response.headers,
    text: await response.text(),
  };
}

export interface PushedStream {
  readonly stream: Record<string, string>;
  readonly values: readonly (readonly [string, string] | readonly [string, string, Record<string, string>])[];
}

export async function push(
  lab: Lab,
  tenant: string,
  streams: readonly PushedStream[],
): Promise<{ status: number; text: string }> {
  const { status, text } = await askLoki(lab, "/loki/api/v1/push", {
    tenant,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ streams }),
  });
  return { status, text };
}

/** Pushes entries in their order, a stream at a time. */
export async function pushCorpus(lab: Lab, entries: readonly CorpusEntry[]): Promise<void> {
  const tenants = Map.groupBy(entries, ({ tenant }) => tenant);
  for (const [tenant, own] of tenants) {
    const streams = [...Map.groupBy(own, ({ labels }) => JSON.stringify(labels))].map(([labels, some]) => ({
      stream: JSON.parse(labels) as Record<string, string>,
      values: some.map(({ ts, line, metadata }) =>
        metadata === undefined ? ([ts, line] as const) : ([ts, line, metadata] as const),
      ),
    }));
    const { status, text } = await push(lab, tenant, streams);
    if (status !== 204) throw new Error(`push of the corpus: ${status} ${text.slice(0, 300)}`);
  }
}

/** Series are bare label sets: objects of strings, with names that no envelope of Loki's has. */
function isLabelSet(value: object): boolean {
  return "service_name" in value || ("app" in value && Object.values(value).every((each) => typeof each === "string"));
}

/** A value's form: keys and kinds of everything in it; label sets and lists by what their elements have in common. */
export function shapeOf(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    // A tuple of a sample or an entry: [time, text] or [time, text, extra].
    if (value.length >= 2 && value.length <= 3 && typeof value[1] === "string" && /^[\d.]+$/.test(String(value[0]))) {
      return value.map((part) => (typeof part === "object" ? "extra" : typeof part));
    }
    const kinds = [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort();
    return { list: kinds };
  }
  if (typeof value !== "object") return typeof value;
  if (isLabelSet(value)) return "labels";
  const keys = Object.entries(value).map(
    ([key, child]) => [key, key === "stream" || key === "metric" ? "labels" : shapeOf(child)] as const,
  );
  return Object.fromEntries(keys.sort(([a], [b]) => (a < b ? -1 : 1)));
}
