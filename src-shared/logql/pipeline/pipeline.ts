import type { LabelFilter, LogExpr, Stage } from "../ast.ts";
import { compilePattern, compileRegexp } from "../parsers/capture-parsers.ts";
import { compileJsonExpressions } from "../parsers/json-expressions.ts";
import { compileJson } from "../parsers/json-parser.ts";
import { compileLogfmt, compileLogfmtExpressions } from "../parsers/logfmt-parser.ts";
import { compileUnpack } from "../parsers/unpack-parser.ts";
import { compileDecolorize } from "./decolorize.ts";
import { compileDropKeep } from "./drop-keep.ts";
import { compileLabelFormat, compileLineFormat } from "./formats.ts";
import { compileLabelFilter, filterLabelNames } from "./label-filters.ts";
import { compileLineFilter } from "./line-filters.ts";
import type { PipelineOptions, StageRunner } from "./line-state.ts";
import { earlyFilterStages, hoistLineFilters } from "./loki-376-bugs.ts";
import type { EarlyFilter } from "./parser-hints.ts";
import { prefiltersAt } from "./prefilter.ts";

export function compileStage(stage: Stage, options: PipelineOptions): StageRunner {
  switch (stage.kind) {
    case "lineFilter": {
      const test = compileLineFilter(stage, options);
      return ({ line }) => test(line);
    }
    case "json":
      return stage.extractions.length === 0 ? compileJson() : compileJsonExpressions(stage.extractions);
    case "logfmt":
      return stage.extractions.length === 0 ? compileLogfmt(stage) : compileLogfmtExpressions(stage.extractions, stage);
    case "regexp":
      return compileRegexp(stage.expression);
    case "pattern":
      return compilePattern(stage.expression);
    case "unpack":
      return compileUnpack();
    case "decolorize":
      return compileDecolorize();
    case "lineFormat":
      return compileLineFormat(stage.template, options);
    case "labelFormat":
      return compileLabelFormat(stage.formats, options);
    case "labelFilter": {
      const test = compileLabelFilter(stage.filter, options);
      return ({ labels }) => test(labels);
    }
    case "drop":
    case "keep":
      return compileDropKeep(stage);
  }
}

/** Stages that neither read what a line filter reads nor change it, so that one may run before them. */
const TRANSPARENT: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>([
  "json",
  "logfmt",
  "regexp",
  "pattern",
  "labelFormat",
  "drop",
  "keep",
]);

/** Line filters before the parsers in front of them, where that changes nothing but the cost. */
function cheapFirst(stages: readonly Stage[]): readonly Stage[] {
  const out: Stage[] = [];
  let from = 0;
  for (const stage of stages) {
    if (stage.kind === "lineFilter") {
      out.splice(from, 0, stage);
      from++;
    } else {
      out.push(stage);
      if (!TRANSPARENT.has(stage.kind)) from = out.length;
    }
  }
  return out;
}

export function orderedStages(stages: readonly Stage[], compat: PipelineOptions["compat"]): readonly Stage[] {
  return compat === "loki" ? hoistLineFilters(stages) : cheapFirst(stages);
}

/**
 * Filters that are decided while the parser before them runs: those behind it, on one label. Loki does so across `drop` and
 * `keep` too, so `| json | drop level | level=""` keeps only lines that had no level; its list of bugs does not name that.
 */
function safeEarlyFilters(stages: readonly Stage[]): readonly LabelFilter[] {
  const filters: LabelFilter[] = [];
  let parser: Stage | null = null;
  for (const stage of stages) {
    if (stage.kind === "labelFilter") {
      const { filter } = stage;
      if (parser === null || filter.kind === "and" || filter.kind === "or") break;
      const [name = ""] = filterLabelNames(filter);
      if (!name.startsWith("__")) filters.push(filter);
    } else if (stage.kind !== "lineFilter" && stage.kind !== "drop" && stage.kind !== "keep") {
      if (parser !== null) break;
      parser = stage;
    }
  }
  return filters;
}

/** The early filters of a log query. */
export function earlyFilters(stages: readonly Stage[], options: PipelineOptions): readonly EarlyFilter[] {
  const filters = options.compat === "loki" ? earlyFilterStages(stages) : safeEarlyFilters(stages);
  return filters.map((filter) => ({
    name: filterLabelNames(filter)[0] ?? "",
    test: compileLabelFilter(filter, options),
  }));
}

export function compileStages(expr: Pick<LogExpr, "stages">, options: PipelineOptions): readonly StageRunner[] {
  const stages = orderedStages(expr.stages, options.compat);
  return stages.flatMap((stage, at) => [...prefiltersAt(stages, at), compileStage(stage, options)]);
}
