import { compareSamples } from "./compare-samples.ts";
import { compareStreams } from "./compare-streams.ts";
import type { Actual, CorpusQuery, Expected } from "./corpus.ts";

/** Why an answer is not the recorded one; `null` when it is, by the rules of the corpus's README. */
export function compareAnswer(query: CorpusQuery, expected: Expected, actual: Actual): string | null {
  if (expected.status !== actual.status) {
    const text = typeof actual.body === "string" ? actual.body : JSON.stringify(actual.body);
    return `status ${actual.status} want ${expected.status}: ${text.slice(0, 300)}`;
  }
  if (expected.status !== 200) return null;
  const { body: want } = expected;
  const { body: have } = actual;
  if (typeof want === "string" || typeof have === "string") return "body";
  if (want.resultType !== have.resultType) return `resultType ${have.resultType} want ${want.resultType}`;
  if (JSON.stringify(want.warnings ?? []) !== JSON.stringify(have.warnings ?? [])) return "warnings";
  const compare = want.resultType === "streams" ? compareStreams : compareSamples;
  return compare(query, expected, want, have);
}

/** Whether an error's text is the recorded one; `null` where texts are not compared. */
export function sameErrorText(expected: Expected, actual: Actual): boolean | null {
  if (expected.status === 200 || actual.status !== expected.status || expected.varies === "text") return null;
  return (
    typeof actual.body === "string" && typeof expected.body === "string" && actual.body.trim() === expected.body.trim()
  );
}
