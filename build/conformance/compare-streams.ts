import { type AnswerBody, type AnswerStreams, type CorpusQuery, type Expected, streamsSchema } from "./corpus.ts";

type Value = readonly [ts: string, line: string, ...extra: Record<string, unknown>[]];

function sortedJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${sortedJson(item)}`).join(",")}}`;
}

function valueKey([ts, line, extra]: Value): string {
  return JSON.stringify([ts, line, extra === undefined ? "" : sortedJson(extra)]);
}

/** Entries by stream; those of equal streams are joined. */
function byStream(result: AnswerStreams): Map<string, Value[]> {
  const streams = new Map<string, Value[]>();
  for (const { stream, values } of result) {
    const key = sortedJson(stream);
    streams.set(key, [...(streams.get(key) ?? []), ...values]);
  }
  return streams;
}

function counts(keys: Iterable<string>): Map<string, number> {
  const map = new Map<string, number>();
  for (const key of keys) map.set(key, (map.get(key) ?? 0) + 1);
  return map;
}

/** Keys that are more often in the first than in the second. */
function surplus(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): string[] {
  return [...first].flatMap(([key, count]) => (count > (second.get(key) ?? 0) ? [key] : []));
}

function streamValueKeys(streams: ReadonlyMap<string, readonly Value[]>, keep: (value: Value) => boolean): string[] {
  return [...streams].flatMap(([stream, values]) => values.filter(keep).map((value) => stream + valueKey(value)));
}

function withoutTime(streams: Map<string, Value[]>, ts: string): Map<string, Value[]> {
  const rest = [...streams].map(([key, values]) => [key, values.filter((value) => value[0] !== ts)] as const);
  return new Map(rest.filter(([, values]) => values.length > 0));
}

function isOrdered(values: readonly Value[], forward: boolean): boolean {
  return values.every(([ts], index) => {
    const before = values[index - 1];
    if (before === undefined) return true;
    return forward ? BigInt(before[0]) <= BigInt(ts) : BigInt(before[0]) >= BigInt(ts);
  });
}

function short(items: readonly string[], count: number): string {
  return items.slice(0, count).join(" ").slice(0, 500);
}

/** Why two answers with streams differ; `null` when they are equal by the corpus's rules. */
export function compareStreams(
  query: CorpusQuery,
  expected: Expected,
  wanted: AnswerBody,
  got: AnswerBody,
): string | null {
  let want = byStream(streamsSchema.parse(wanted.result));
  let have = byStream(streamsSchema.parse(got.result));
  if (JSON.stringify(wanted.encodingFlags) !== JSON.stringify(got.encodingFlags)) return "encodingFlags";
  if (query.interval !== null && query.interval !== undefined) {
    const times = (streams: Map<string, Value[]>): string =>
      [...streams.values()]
        .flatMap((values) => values.map(([ts]) => ts))
        .toSorted()
        .join();
    return times(want) === times(have) ? null : "timestamps";
  }
  const cut = expected.ties?.tie_cut;
  if (cut !== undefined) {
    const candidates = counts(streamValueKeys(byStream(cut.candidates), () => true));
    const taken = streamValueKeys(have, ([ts]) => ts === cut.ts);
    if (taken.length !== cut.returned || surplus(counts(taken), candidates).length > 0)
      return `entries at the cut ${cut.ts}`;
    want = withoutTime(want, cut.ts);
    have = withoutTime(have, cut.ts);
  }
  const missing = [...want.keys()].filter((key) => !have.has(key));
  const extra = [...have.keys()].filter((key) => !want.has(key));
  if (missing.length + extra.length > 0) {
    return `streams: ${missing.length} missing ${short(missing, 1)} ${extra.length} extra ${short(extra, 1)}`;
  }
  const forward = (query.direction ?? "backward").toLowerCase() === "forward";
  for (const [key, values] of want) {
    const own = have.get(key) ?? [];
    const wantCounts = counts(values.map(valueKey));
    const ownCounts = counts(own.map(valueKey));
    const lost = surplus(wantCounts, ownCounts);
    const added = surplus(ownCounts, wantCounts);
    if (lost.length + added.length > 0) return `entries of ${key}: missing ${short(lost, 1)} extra ${short(added, 1)}`;
    if (!isOrdered(own, forward)) return `order in ${key}`;
  }
  return null;
}
