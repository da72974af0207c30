import type { LabelSet } from "../../model/labels.ts";
import type { Grouping, LogExpr, RangeAggregation, Stage, Unwrap, UnwrapConversion } from "../ast.ts";
import { type EvalOptions, withDefaults } from "../log-pipeline.ts";
import { compileLabelFilter, filterLabelNames, type LabelTest, readNumber } from "../pipeline/label-filters.ts";
import { ERROR_DETAILS_LABEL, ERROR_LABEL, LabelsBuilder, PRESERVE_ERROR_LABEL } from "../pipeline/labels-builder.ts";
import type { LineState, StageRunner } from "../pipeline/line-state.ts";
import { compileSelector } from "../pipeline/matchers.ts";
import type { ParserHints } from "../pipeline/parser-hints.ts";
import { compileStages } from "../pipeline/pipeline.ts";
import { byteLength } from "../template/go-value.ts";
import { parseByteSize } from "../text/byte-size.ts";
import { durationSeconds, parseGoDuration } from "../text/go-duration.ts";
import { requiredLabels } from "./required-labels.ts";
import { labelsKey, sortedLabels } from "./series.ts";

const EXTRACTION_ERROR = "SampleExtractionErr";
const MAX_CACHED = 100_000;

/** The labels of a sample after grouping. Equal ones of one extractor are one object. */
export interface SampleLabels {
  readonly labels: LabelSet;
  /** The sample comes from a line with an error that the query did not ask for: the query fails if it counts. */
  readonly failed: boolean;
}

/**
 * What a range aggregation takes from the lines of one stream. After `process` gave true, `value` is the sample's value and
 * `labels()` its labels.
 */
export interface StreamExtractor {
  process(timestampNs: bigint, line: string, metadata?: LabelSet): boolean;
  readonly value: number;
  labels(): SampleLabels;
}

export interface SampleExtractor {
  readonly matches: (labels: LabelSet) => boolean;
  readonly forStream: (labels: LabelSet) => StreamExtractor;
}

type Convert = (
  text: string,
) => { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string };

function conversionOf(conversion: UnwrapConversion | null): Convert {
  if (conversion === "bytes") {
    return (text) => {
      const reading = parseByteSize(text);
      return reading.ok ? { ok: true, value: reading.bytes } : reading;
    };
  }
  if (conversion === null) return readNumber;
  return (text) => {
    const reading = parseGoDuration(text);
    return reading.ok ? { ok: true, value: durationSeconds(reading.ns) } : reading;
  };
}

/** A `line_format` whose line nobody reads is left out, and with it its errors; not where bytes are counted. */
function withoutIdleFormats(stages: readonly Stage[], countsBytes: boolean): readonly Stage[] {
  if (countsBytes) return stages;
  return stages.filter((stage, index) => {
    if (stage.kind !== "lineFormat") return true;
    return stages.slice(index).some(readsLine);
  });
}

function readsLine({ kind }: Stage): boolean {
  return (
    kind === "lineFilter" ||
    kind === "json" ||
    kind === "logfmt" ||
    kind === "regexp" ||
    kind === "pattern" ||
    kind === "unpack"
  );
}

interface GroupPlan {
  readonly names: readonly string[];
  readonly without: boolean;
  /** All samples fall into one series without labels. */
  readonly noLabels: boolean;
}

function groupPlan(grouping: Grouping | null, unwrap: Unwrap | null, isAbsent: boolean): GroupPlan {
  const names = grouping?.labels ?? [];
  const without = grouping?.without ?? false;
  const noLabels = isAbsent || (grouping !== null && names.length === 0 && !without);
  if (unwrap !== null && (names.length === 0 || without))
    return { names: [...names, unwrap.label], without: true, noLabels };
  return { names, without, noLabels };
}

function withDuplicates(names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) =>
    name.endsWith("_extracted") ? [name.slice(0, -"_extracted".length), name] : [name],
  );
  return [...new Set(all)];
}

function hintsFor(
  stages: readonly Stage[],
  unwrap: Unwrap | null,
  { names, without, noLabels }: GroupPlan,
): ParserHints {
  const read = [...requiredLabels(stages), ...(unwrap?.filters.flatMap(filterLabelNames) ?? [])];
  const wanted = withDuplicates([...read, ...names, ...(unwrap === null ? [] : [unwrap.label])]);
  const preserveError = [...requiredLabels(stages), ...names].includes(ERROR_LABEL);
  const base = { earlyFilters: [], preserveError };
  if (noLabels) {
    return wanted.length > 0
      ? { ...base, noLabels: false, required: wanted }
      : { ...base, noLabels: true, required: null };
  }
  if (without || names.length === 0) return { ...base, noLabels: false, required: null };
  return { ...base, noLabels: false, required: wanted };
}

interface Compiled {
  readonly stages: readonly StageRunner[];
  readonly hints: ParserHints;
  readonly plan: GroupPlan;
  readonly countsBytes: boolean;
  readonly unwrap: { readonly label: string; readonly convert: Convert; readonly filters: readonly LabelTest[] } | null;
  readonly cache: Map<string, SampleLabels>;
}

class CompiledExtractor implements StreamExtractor {
  value = 0;
  private readonly compiled: Compiled;
  private readonly state: LineState;
  private constant: SampleLabels | null = null;

  constructor(labels: LabelSet, compiled: Compiled) {
    this.compiled = compiled;
    this.state = { line: "", timestampNs: 0n, labels: new LabelsBuilder(labels, compiled.hints) };
  }

  process(timestampNs: bigint, line: string, metadata?: LabelSet): boolean {
    const { state } = this;
    const { stages, unwrap, countsBytes } = this.compiled;
    state.line = line;
    state.timestampNs = timestampNs;
    state.labels.reset(metadata);
    for (let at = 0; at < stages.length; at++) {
      const stage = stages[at];
      if (stage !== undefined && !stage(state)) return false;
    }
    if (unwrap !== null) return this.unwrapped(unwrap);
    this.value = countsBytes ? byteLength(state.line) : 1;
    return true;
  }

  private unwrapped({ label, convert, filters }: NonNullable<Compiled["unwrap"]>): boolean {
    const { labels } = this.state;
    const text = labels.get(label) ?? "";
    if (text === "") return false;
    const reading = convert(text);
    if (reading.ok) {
      this.value = reading.value;
    } else {
      this.value = 0;
      labels.setError(EXTRACTION_ERROR, reading.error);
    }
    return filters.every((filter) => filter(labels));
  }

  labels(): SampleLabels {
    const { labels } = this.state;
    const { plan, hints } = this.compiled;
    if (labels.error !== "") return this.failing();
    if (plan.noLabels) return (this.constant ??= this.cached([]));
    if (labels.isUnchanged()) return (this.constant ??= this.grouped());
    void hints;
    return this.grouped();
  }

  private grouped(): SampleLabels {
    const { names, without } = this.compiled.plan;
    const pairs: [string, string][] = [];
    if (!without && names.length > 0) {
      for (const name of names) {
        const value = this.state.labels.get(name);
        if (value !== undefined && value !== "") pairs.push([name, value]);
      }
    } else {
      this.state.labels.forEach((name, value) => {
        if (value !== "" && !names.includes(name)) pairs.push([name, value]);
      });
    }
    return this.cached(pairs);
  }

  private failing(): SampleLabels {
    const pairs: [string, string][] = [];
    this.state.labels.forEach((name, value) => pairs.push([name, value]));
    const { preserveError } = this.compiled.hints;
    if (preserveError) pairs.push([PRESERVE_ERROR_LABEL, "true"]);
    return { labels: sortedLabels(pairs), failed: !preserveError };
  }

  private cached(pairs: [string, string][]): SampleLabels {
    const { cache } = this.compiled;
    let key = "";
    if (pairs.length === 1) key = `${pairs[0]?.[0] ?? ""}\u0000${pairs[0]?.[1] ?? ""}\u0001`;
    else {
      const labels = Object.fromEntries(pairs);
      key = labelsKey(labels);
    }
    const existing = cache.get(key);
    if (existing !== undefined) return existing;
    const made = { labels: sortedLabels(pairs), failed: false };
    if (cache.size < MAX_CACHED) cache.set(key, made);
    return made;
  }
}

export { ERROR_DETAILS_LABEL, ERROR_LABEL };

/**
 * Compiles what a range aggregation takes from lines. `pushed` is the grouping of a `sum` around it, which lets the parsers
 * stop early: the numbers are the same.
 */
export function compileSampleExtractor(
  expr: RangeAggregation,
  pushed: Grouping | null,
  options: EvalOptions = {},
): SampleExtractor {
  const full = withDefaults(options);
  const { log, unwrap } = expr.range;
  const countsBytes = expr.op === "bytes_over_time" || expr.op === "bytes_rate";
  const stages = withoutIdleFormats(log.stages, countsBytes);
  const plan = groupPlan(expr.grouping ?? pushed, unwrap, expr.op === "absent_over_time");
  const piped: Pick<LogExpr, "stages"> = { stages };
  const compiled: Compiled = {
    stages: compileStages(piped, full),
    hints: hintsFor(stages, unwrap, plan),
    plan,
    countsBytes,
    unwrap:
      unwrap === null
        ? null
        : {
            label: unwrap.label,
            convert: conversionOf(unwrap.conversion),
            filters: unwrap.filters.map((filter) => compileLabelFilter(filter, full)),
          },
    cache: new Map(),
  };
  return {
    matches: compileSelector(log.selector.matchers),
    forStream: (labels) => new CompiledExtractor(labels, compiled),
  };
}
