import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { LogStream, StreamEntry } from "../../src-shared/logql/log-entry.ts";

/** A corpus folder: `dataset/*.ndjson`, `queries.json`, `expected.ndjson`, `bugs.json`; see its README. */

const entrySchema = z.object({
  tenant: z.string(),
  labels: z.record(z.string(), z.string()),
  ts: z.string().transform((text) => BigInt(text)),
  line: z.string(),
  metadata: z.record(z.string(), z.string()).optional(),
});

const text = z.string().nullish();

export const querySchema = z.object({
  id: z.string(),
  group: z.string(),
  tenant: z.string(),
  kind: z.enum(["range", "instant"]),
  query: z.string(),
  start: text,
  end: text,
  time: text,
  step: z.union([z.string(), z.number()]).nullish(),
  limit: z.union([z.string(), z.number()]).nullish(),
  direction: text,
  interval: z.union([z.string(), z.number()]).nullish(),
  encoding: text,
});
export type CorpusQuery = z.infer<typeof querySchema>;

const labels = z.record(z.string(), z.string());

export const bodySchema = z.object({
  resultType: z.string(),
  result: z.unknown(),
  encodingFlags: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
});
export type AnswerBody = z.infer<typeof bodySchema>;

export const streamsSchema = z.array(
  z.object({
    stream: labels,
    values: z.array(z.tuple([z.string(), z.string()]).rest(z.record(z.string(), z.unknown()))),
  }),
);
export type AnswerStreams = z.infer<typeof streamsSchema>;

const expectedSchema = z.object({
  id: z.string(),
  status: z.number(),
  body: z.union([z.string(), bodySchema]),
  ties: z
    .object({
      tie_cut: z.object({ ts: z.string(), returned: z.number(), candidates: streamsSchema }).optional(),
      topk_tie: z.array(z.union([z.string(), z.number()])).optional(),
    })
    .loose()
    .optional(),
  varies: z.string().optional(),
  flaky: z.boolean().optional(),
});
export type Expected = z.infer<typeof expectedSchema>;

export interface Actual {
  readonly status: number;
  readonly body: string | AnswerBody;
}

export interface Corpus {
  readonly queries: readonly CorpusQuery[];
  readonly expected: ReadonlyMap<string, Expected>;
  readonly streamsByTenant: ReadonlyMap<string, readonly LogStream[]>;
  /** Ids of queries whose recorded answer shows a known bug. */
  readonly buggy: ReadonlyMap<string, string>;
}

function ndjson<T>(file: string, schema: z.ZodType<T>): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}

interface MutableStream {
  readonly labels: LabelSet;
  readonly entries: StreamEntry[];
  readonly seen: Set<string>;
}

function loadStreams(folder: string): ReadonlyMap<string, readonly LogStream[]> {
  const tenants = new Map<string, Map<string, MutableStream>>();
  for (const file of readdirSync(folder).toSorted()) {
    for (const { tenant, labels: own, ts, line, metadata } of ndjson(join(folder, file), entrySchema)) {
      const streams = tenants.get(tenant) ?? new Map<string, MutableStream>();
      tenants.set(tenant, streams);
      const key = JSON.stringify(Object.entries(own).toSorted(([left], [right]) => (left < right ? -1 : 1)));
      const stream = streams.get(key) ?? { labels: own, entries: [], seen: new Set<string>() };
      streams.set(key, stream);
      // Loki stores an exact duplicate once.
      const identity = JSON.stringify([ts.toString(), line, metadata]);
      if (stream.seen.has(identity)) continue;
      stream.seen.add(identity);
      stream.entries.push({ timestampNs: ts, line, metadata });
    }
  }
  return new Map([...tenants].map(([tenant, streams]) => [tenant, [...streams.values()]]));
}

const bugsSchema = z.record(z.string(), z.object({ what: z.string(), ids: z.array(z.string()) }));

export function loadCorpus(folder: string): Corpus {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const bugs = bugsSchema.parse(read("bugs.json"));
  const buggy = new Map(Object.entries(bugs).flatMap(([tag, { ids }]) => ids.map((id) => [id, tag] as const)));
  return {
    queries: z.array(querySchema).parse(read("queries.json")),
    expected: new Map(ndjson(join(folder, "expected.ndjson"), expectedSchema).map((row) => [row.id, row])),
    streamsByTenant: loadStreams(join(folder, "dataset")),
    buggy,
  };
}
