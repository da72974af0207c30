import type { LabelFormat } from "../ast.ts";
import type { LabelMap } from "../template/go-value.ts";
import { runTemplate, TemplateRunError } from "../template/template-exec.ts";
import type { ParsedTemplate } from "../template/template-ast.ts";
import { parseTemplate } from "../template/template-parser.ts";
import { type LabelsBuilder, PARSED_LABEL } from "./labels-builder.ts";
import type { PipelineOptions, StageRunner } from "./line-state.ts";

const TEMPLATE_ERROR = "TemplateFormatErr";

const NO_LABELS: LabelMap = { labelMap: true, get: () => undefined, keys: () => [] };

type Clock = Pick<PipelineOptions, "nowNs">;

/** The labels of a line as a template sees them, which are never the error ones; without a copy while nothing asks for all of them. */
function liveLabels(labels: LabelsBuilder): LabelMap {
  return {
    labelMap: true,
    get: (name) => labels.get(name),
    keys: () => {
      const names: string[] = [];
      labels.forEachPlain((name) => names.push(name));
      return names.toSorted();
    },
  };
}

function frozenLabels(labels: LabelsBuilder): LabelMap {
  const copy = new Map<string, string>();
  labels.forEachPlain((name, value) => copy.set(name, value));
  return { labelMap: true, get: (name) => copy.get(name), keys: () => [...copy.keys()].toSorted() };
}

/** A template that is nothing but text and labels, which is most of them, needs no interpreter. */
function simpleParts(template: ParsedTemplate): readonly (readonly [text: string, label: string | null])[] | null {
  const parts: [string, string | null][] = [];
  for (const node of template.nodes) {
    if (node.kind === "text") {
      parts.push([node.text, null]);
      continue;
    }
    const command = node.kind === "action" && node.pipe.commands.length === 1 ? node.pipe.commands[0] : undefined;
    const [arg, more] = command?.args ?? [];
    if (node.kind !== "action" || node.pipe.variables.length > 0 || arg?.kind !== "field" || more !== undefined)
      return null;
    const [name, inner] = arg.names;
    if (name === undefined || inner !== undefined) return null;
    parts.push(["", name]);
  }
  return parts;
}

type Render = (map: LabelMap, line: string, timestampNs: bigint) => string;

function compileTemplate(name: string, text: string, { nowNs }: Clock): Render {
  const template = parseTemplate(name, text);
  const simple = simpleParts(template);
  if (simple !== null) {
    return (map) => {
      let out = "";
      for (const [fixedText, label] of simple) out += label === null ? fixedText : (map.get(label) ?? "");
      return out;
    };
  }
  return (map, line, timestampNs) => runTemplate(template, map, { line, timestampNs, nowNs });
}

/** Runs a template; on failure marks the line and gives `null`. */
function rendered(
  labels: LabelsBuilder,
  render: Render,
  map: LabelMap,
  line: string,
  timestampNs: bigint,
): string | null {
  try {
    return render(map, line, timestampNs);
  } catch (error) {
    if (!(error instanceof TemplateRunError)) throw error;
    labels.setError(TEMPLATE_ERROR, error.message);
    return null;
  }
}

/** `| line_format "{{.msg}}"` */
export function compileLineFormat(text: string, clock: Clock): StageRunner {
  const render = compileTemplate("line", text, clock);
  let seen: LabelsBuilder | null = null;
  let map: LabelMap = NO_LABELS;
  return (state) => {
    const { labels, line, timestampNs } = state;
    if (labels !== seen) {
      seen = labels;
      map = liveLabels(labels);
    }
    state.line = rendered(labels, render, map, line, timestampNs) ?? line;
    return true;
  };
}

/** `| label_format a=b, c="{{.d}}"`: from left to right, but all templates see the labels as they were before the first one. */
export function compileLabelFormat(formats: readonly LabelFormat[], clock: Clock): StageRunner {
  const compiled = formats.map(({ name, value, rename }) => ({
    name,
    source: value,
    render: rename ? null : compileTemplate("label", value, clock),
  }));
  const copies = compiled.length > 1;
  return ({ labels, line, timestampNs }) => {
    let map: LabelMap | null = null;
    for (const { name, source, render } of compiled) {
      if (render === null) {
        const value = labels.get(source);
        if (value === undefined) continue;
        labels.set(PARSED_LABEL, name, value);
        labels.delete(source);
        continue;
      }
      const seen = (map ??= copies ? frozenLabels(labels) : liveLabels(labels));
      const value = rendered(labels, render, seen, line, timestampNs);
      if (value !== null) labels.set(PARSED_LABEL, name, value);
    }
    return true;
  };
}
