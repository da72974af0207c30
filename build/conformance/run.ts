import { answerQuery, type QueryRequest } from "../../src-shared/logql/answer-query.ts";
import { compareAnswer, sameErrorText } from "./compare.ts";
import type { Actual, AnswerBody, Corpus, CorpusQuery } from "./corpus.ts";

export interface Difference {
  readonly id: string;
  readonly query: string;
  readonly why: string;
  /** The known bug of Loki that the recorded answer shows. */
  readonly bug: string | null;
}

export interface GroupCount {
  readonly group: string;
  equal: number;
  total: number;
}

export interface ConformanceReport {
  readonly groups: readonly GroupCount[];
  readonly equal: number;
  readonly total: number;
  readonly differences: readonly Difference[];
  readonly errorTexts: { readonly equal: number; readonly total: number };
  readonly differentTexts: readonly Difference[];
}

export interface ConformanceOptions {
  readonly compat: "documented" | "loki";
  /** Only this group. */
  readonly group?: string | undefined;
}

function text(value: string | number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

export function requestOf(query: CorpusQuery, compat: "documented" | "loki"): QueryRequest {
  const { query: expr, kind } = query;
  if (kind === "instant") return { kind, query: expr, compat, timeNs: BigInt(query.time ?? "0") };
  const limit = text(query.limit);
  return {
    kind,
    query: expr,
    compat,
    startNs: BigInt(query.start ?? "0"),
    endNs: BigInt(query.end ?? "0"),
    step: text(query.step),
    interval: text(query.interval),
    limit: limit === undefined ? undefined : Number(limit),
    direction: query.direction?.toLowerCase() === "forward" ? "forward" : "backward",
    categorizeLabels: query.encoding === "categorize-labels",
  };
}

/** Answers one query of the corpus from its data. */
export function answerCorpusQuery(corpus: Corpus, query: CorpusQuery, compat: "documented" | "loki"): Actual {
  const answer = answerQuery(requestOf(query, compat), corpus.streamsByTenant.get(query.tenant) ?? []);
  if ("error" in answer) return { status: answer.status, body: answer.error };
  // What would be sent, as a reader of the answer gets it.
  const body: AnswerBody = JSON.parse(JSON.stringify(answer.data));
  return { status: answer.status, body };
}

/** Runs the queries of a corpus and compares every answer with the recorded one. */
export function runConformance(corpus: Corpus, { compat, group }: ConformanceOptions): ConformanceReport {
  const groups = new Map<string, GroupCount>();
  const differences: Difference[] = [];
  const differentTexts: Difference[] = [];
  const texts = { equal: 0, total: 0 };
  for (const query of corpus.queries) {
    const expected = corpus.expected.get(query.id);
    if (expected === undefined || expected.flaky === true || (group !== undefined && query.group !== group)) continue;
    const count = groups.get(query.group) ?? { group: query.group, equal: 0, total: 0 };
    groups.set(query.group, count);
    count.total++;
    const bug = corpus.buggy.get(query.id) ?? null;
    const actual = answerCorpusQuery(corpus, query, compat);
    const why = compareAnswer(query, expected, actual);
    if (why === null) count.equal++;
    else differences.push({ id: query.id, query: query.query, why, bug });
    const sameText = sameErrorText(expected, actual);
    if (sameText === null) continue;
    texts.total++;
    if (sameText) texts.equal++;
    else {
      const shown = `got ${JSON.stringify(actual.body)} want ${JSON.stringify(expected.body)}`;
      differentTexts.push({ id: query.id, query: query.query, why: shown, bug });
    }
  }
  const list = [...groups.values()];
  return {
    groups: list,
    equal: list.reduce((sum, { equal }) => sum + equal, 0),
    total: list.reduce((sum, { total }) => sum + total, 0),
    differences,
    errorTexts: texts,
    differentTexts,
  };
}
