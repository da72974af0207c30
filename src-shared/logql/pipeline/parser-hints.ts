import type { LabelsBuilder } from "./labels-builder.ts";

/** A label filter on one label that may be decided as soon as a parser has that label. */
export interface EarlyFilter {
  readonly name: string;
  readonly test: (labels: LabelsBuilder) => boolean;
}

/** What the parsers of a pipeline need not do. */
export interface ParserHints {
  /** No label is needed at all: parsers are skipped. */
  readonly noLabels: boolean;
  /** The only labels that are needed; `null` for all. */
  readonly required: readonly string[] | null;
  readonly earlyFilters: readonly EarlyFilter[];
  /** The query itself looks at `__error__`, so lines with one are not a failure of it. */
  readonly preserveError: boolean;
}

export const NO_HINTS: ParserHints = { noLabels: false, required: null, earlyFilters: [], preserveError: false };

/** Whether some needed label begins like a nested field's. */
export function shouldExtractPrefix(labels: LabelsBuilder, prefix: string): boolean {
  const { required } = labels.hints;
  return required === null || required.some((name) => name.startsWith(prefix));
}

export function parsersIdle(labels: LabelsBuilder): boolean {
  return labels.hints.noLabels || labels.allExtracted();
}

/** Decides the filters on a label that was just extracted: `false` when the line is lost. */
export function passesEarly(labels: LabelsBuilder, name: string): boolean {
  const { earlyFilters } = labels.hints;
  for (const filter of earlyFilters) if (filter.name === name) return filter.test(labels);
  return true;
}
