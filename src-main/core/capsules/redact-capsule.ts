import type { Capsule } from "../../../src-shared/api/capsules.api.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import { redactText, RedactionTally } from "../../../src-shared/redaction/redact-text.ts";
import { SecretFinder } from "../../../src-shared/redaction/secret-finder.ts";

/** Makes the words around the rows unreadable by the same patterns as the rows, and counts as they are counted. */
export interface WordRedaction {
  text(words: string): string;
  counts(): Readonly<Record<string, number>>;
}

export function wordRedaction(patterns: readonly RedactionPattern[]): WordRedaction {
  const tally = new RedactionTally();
  if (patterns.length === 0) return { text: (words) => words, counts: () => ({}) };
  const finder = new SecretFinder(patterns);
  return { text: (words) => redactText(words, finder, tally), counts: () => ({ ...tally.counts() }) };
}

/**
 * A capsule's words: what people wrote, what was asked, and what audit entries say of it. An entry that was changed no
 * longer fits its own hash; that it is another one than in the audit log is what the hash is there to show.
 */
export function redactCapsule(capsule: Capsule, words: WordRedaction): Capsule {
  return {
    ...capsule,
    title: words.text(capsule.title),
    notes: words.text(capsule.notes),
    queries: capsule.queries.map((query) => ({ ...query, query: words.text(query.query) })),
    facts: capsule.facts.map((fact) => ({ ...fact, value: words.text(fact.value) })),
    audit: capsule.audit.map((entry) => ({
      ...entry,
      subject: Object.fromEntries(
        Object.entries(entry.subject).map(([name, value]) => [
          name,
          typeof value === "string" ? words.text(value) : value,
        ]),
      ),
    })),
  };
}

/** Counts of two redactions together. */
export function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [pattern, count] of Object.entries(b)) sum[pattern] = (sum[pattern] ?? 0) + count;
  return sum;
}
