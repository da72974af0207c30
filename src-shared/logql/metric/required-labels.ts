import type { Stage } from "../ast.ts";
import { filterLabelNames } from "../pipeline/label-filters.ts";
import type { ArgNode, PipeNode, TemplateNode } from "../template/template-ast.ts";
import { parseTemplate } from "../template/template-parser.ts";

function argNames(arg: ArgNode): readonly string[] {
  switch (arg.kind) {
    case "field":
      return arg.names.slice(0, 1);
    case "variable":
      return arg.name === "$" ? arg.fields.slice(0, 1) : [];
    case "pipe":
      return pipeNames(arg.pipe);
    case "chain":
      return argNames(arg.inner);
    default:
      return [];
  }
}

function pipeNames({ commands }: PipeNode): readonly string[] {
  return commands.flatMap(({ args }) => args.flatMap(argNames));
}

function nodeNames(node: TemplateNode): readonly string[] {
  switch (node.kind) {
    case "action":
      return pipeNames(node.pipe);
    case "if":
    case "with":
    case "range":
      return [...pipeNames(node.pipe), ...[...node.body, ...(node.otherwise ?? [])].flatMap(nodeNames)];
    case "template":
      return node.pipe === null ? [] : pipeNames(node.pipe);
    default:
      return [];
  }
}

function templateNames(text: string): readonly string[] {
  const { nodes, definitions } = parseTemplate("line", text);
  return [...nodes, ...[...definitions.values()].flat()].flatMap(nodeNames);
}

/** The labels that stages read, which parsers before them must therefore extract. */
export function requiredLabels(stages: readonly Stage[]): readonly string[] {
  return stages.flatMap((stage) => {
    switch (stage.kind) {
      case "labelFilter":
        return filterLabelNames(stage.filter);
      case "lineFormat":
        return templateNames(stage.template);
      case "labelFormat":
        return stage.formats.flatMap(({ value, rename }) => (rename ? [value] : templateNames(value)));
      default:
        return [];
    }
  });
}
