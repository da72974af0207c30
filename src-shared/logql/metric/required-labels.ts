import type { Stage } from "../ast.ts";
import { filterLabelNames } from "../pipeline/label-filters.ts";
import type { ArgNode, PipeNode, TemplateNode } from "../template/template-ast.ts";
import { parseTemplate } from "../template/template-parser.ts";

function argNames(arg: ArgNode): readonly string[] {
  if (arg.kind === "field") return arg.names.slice(0, 1);
  if (arg.kind === "variable") return arg.name === "$" ? arg.fields.slice(0, 1) : [];
  if (arg.kind === "pipe") return pipeNames(arg.pipe);
  return arg.kind === "chain" ? argNames(arg.inner) : [];
}

function pipeNames({ commands }: PipeNode): readonly string[] {
  return commands.flatMap(({ args }) => args.flatMap(argNames));
}

function nodeNames(node: TemplateNode): readonly string[] {
  if (node.kind === "action") return pipeNames(node.pipe);
  if (node.kind === "template") return node.pipe === null ? [] : pipeNames(node.pipe);
  if (node.kind !== "if" && node.kind !== "with" && node.kind !== "range") return [];
  return [...pipeNames(node.pipe), ...[...node.body, ...(node.otherwise ?? [])].flatMap(nodeNames)];
}

function templateNames(text: string): readonly string[] {
  const { nodes, definitions } = parseTemplate("line", text);
  return [...nodes, ...[...definitions.values()].flat()].flatMap(nodeNames);
}

/** The labels that stages read, which parsers before them must therefore extract. */
export function requiredLabels(stages: readonly Stage[]): readonly string[] {
  return stages.flatMap((stage) => {
    if (stage.kind === "labelFilter") return filterLabelNames(stage.filter);
    if (stage.kind === "lineFormat") return templateNames(stage.template);
    if (stage.kind !== "labelFormat") return [];
    return stage.formats.flatMap(({ value, rename }) => (rename ? [value] : templateNames(value)));
  });
}
