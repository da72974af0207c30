import { REDACTION_PATTERNS, type RedactionPattern } from "../model/redaction-pattern.ts";
import type { LabelSet } from "../model/labels.ts";
import type { Found } from "./found.ts";
import { copyRedacted, growth } from "./replacements.ts";
import type { SecretFinder } from "./secret-finder.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Replacements by the index of their pattern. */
export class RedactionTally {
  readonly #counts = REDACTION_PATTERNS.map(() => 0);

  add(pattern: number, times = 1): void {
    this.#counts[pattern] = (this.#counts[pattern] ?? 0) + times;
  }

  addAll(found: readonly Found[], times = 1): void {
    for (const { pattern } of found) this.add(pattern, times);
  }

  /** The patterns that were found at all. */
  counts(): Partial<Record<RedactionPattern, number>> {
    const counts: Partial<Record<RedactionPattern, number>> = {};
    for (const [index, name] of REDACTION_PATTERNS.entries()) {
      const count = this.#counts[index] ?? 0;
      if (count > 0) counts[name] = count;
    }
    return counts;
  }
}

/** A text with what is found in it replaced; the same string where nothing is. */
export function redactText(text: string, finder: SecretFinder, tally: RedactionTally, times = 1): string {
  const bytes = encoder.encode(text);
  const found = finder.find(bytes, 0, bytes.length);
  if (found.length === 0) return text;
  tally.addAll(found, times);
  const target = new Uint8Array(bytes.length + growth(found));
  copyRedacted(bytes, 0, bytes.length, found, target, 0);
  return decoder.decode(target);
}

/**
 * Label values, each with its name before it: that a value is a token may be told by its name alone. The same object where
 * nothing was found.
 */
export function redactLabels(labels: LabelSet, finder: SecretFinder, tally: RedactionTally, times = 1): LabelSet {
  let changed: Record<string, string> | null = null;
  for (const [name, value] of Object.entries(labels)) {
    const prefix = `${name}=`;
    // A name could itself look like something; only what is found in the value counts.
    const shown = redactValue(prefix, value, finder, tally, times);
    if (shown === value) continue;
    changed ??= { ...labels };
    changed[name] = shown;
  }
  return changed ?? labels;
}

function redactValue(
  prefix: string,
  value: string,
  finder: SecretFinder,
  tally: RedactionTally,
  times: number,
): string {
  const bytes = encoder.encode(prefix + value);
  const from = encoder.encode(prefix).length;
  const found = finder.find(bytes, 0, bytes.length).filter(({ start }) => start >= from);
  if (found.length === 0) return value;
  tally.addAll(found, times);
  const target = new Uint8Array(bytes.length - from + growth(found));
  copyRedacted(bytes, from, bytes.length, found, target, 0);
  return decoder.decode(target);
}
