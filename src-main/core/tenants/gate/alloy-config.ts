import type { AlloyAttribute, AlloyBlock, AlloyValue } from "./alloy-syntax.ts";
import type { LabelSource, LabelUse } from "./label-use.ts";
import { labelsOfPipeline, namedGroups, type PipelineStage } from "./pipeline.ts";
import { templateStage } from "./promtail-config.ts";
import { labelsOfRules, type RelabelRule } from "./relabel.ts";

/** Whether a text is a configuration of Alloy with something to do with logs in it. */
export function looksLikeAlloy(text: string): boolean {
  return /^\s*(?:loki|discovery|local|otelcol|declare|import|logging|prometheus)(?:\.[\w.]+)?\s+(?:"[^"\n]*"\s*)?\{/m.test(
    text,
  );
}

/** The stream labels that an Alloy configuration makes, `declare`d components included. */
export function alloyLabels(blocks: readonly AlloyBlock[]): readonly LabelUse[] {
  const components = blocks.flatMap((block) => (block.name === "declare" ? [block, ...block.blocks] : [block]));
  const logs = componentsOfLogs(components);
  return components.flatMap((block): readonly LabelUse[] => {
    const owner = block.label === "" ? block.name : `${block.name}.${block.label}`;
    if (block.name === "loki.process") return labelsOfPipeline(block.blocks.flatMap(alloyStage), [], owner);
    if (block.name === "loki.relabel") return labelsOfRules(rules(block), owner);
    if (block.name === "discovery.relabel") return logs.has(owner) ? labelsOfRules(rules(block), owner) : [];
    if (block.name === "loki.write" || block.name.startsWith("loki.source.")) {
      const way = block.name === "loki.write" ? "external-labels" : "static-labels";
      const own = objectOf(attribute(block, way === "external-labels" ? "external_labels" : "labels"));
      const inner = block.blocks.flatMap((each) => objectOf(attribute(each, "labels")));
      return [...own, ...inner].map(({ name, value, place }) => ({
        label: name,
        way,
        sources: [],
        value: value.kind === "text" ? value.text : "",
        owner,
        place,
      }));
    }
    return [];
  });
}

function attribute({ attributes }: AlloyBlock, name: string): AlloyValue | null {
  return attributes.find((each) => each.name === name)?.value ?? null;
}

function objectOf(value: AlloyValue | null): readonly AlloyAttribute[] {
  return value?.kind === "object" ? value.members : [];
}

function textOf(value: AlloyValue | null): string {
  return value?.kind === "text" ? value.text : "";
}

function textsOf(value: AlloyValue | null): readonly string[] {
  return value?.kind === "list" ? value.items.flatMap((item) => (item.kind === "text" ? [item.text] : [])) : [];
}

/** Discoveries whose targets reach a source of logs, and not only a scraper of metrics. */
function componentsOfLogs(blocks: readonly AlloyBlock[]): ReadonlySet<string> {
  const named = blocks.map((block) => ({ name: `${block.name}.${block.label}`, block, text: references(block) }));
  const reached = new Set(named.filter(({ block }) => block.name.startsWith("loki.")).map(({ name }) => name));
  for (let grown = true; grown;) {
    grown = false;
    for (const { name } of named) {
      if (reached.has(name)) continue;
      const used = named.some((other) => reached.has(other.name) && other.text.includes(`${name}.`));
      if (!used) continue;
      reached.add(name);
      grown = true;
    }
  }
  return reached;
}

/** The text of all expressions of a block. */
function references(block: AlloyBlock): string {
  const texts = (value: AlloyValue): string => {
    switch (value.kind) {
      case "other":
        return `${value.text}.`;
      case "list":
        return value.items.map(texts).join(" ");
      case "object":
        return value.members.map((member) => texts(member.value)).join(" ");
      case "text":
        return "";
    }
  };
  return [...block.attributes.map(({ value }) => texts(value)), ...block.blocks.map(references)].join(" ");
}

function rules(block: AlloyBlock): readonly RelabelRule[] {
  return block.blocks
    .filter(({ name }) => name === "rule")
    .map((rule) => {
      const target = rule.attributes.find(({ name }) => name === "target_label");
      const replacement = attribute(rule, "replacement");
      return {
        action: textOf(attribute(rule, "action")) || "replace",
        sources: textsOf(attribute(rule, "source_labels")),
        target: textOf(target?.value ?? null),
        regex: textOf(attribute(rule, "regex")),
        replacement: replacement?.kind === "text" ? replacement.text : null,
        place: target?.place ?? rule.place,
      };
    });
}

/** `name = "path"`, where an empty path or none stands for the name itself. */
function mapping(value: AlloyValue | null): ReadonlyMap<string, LabelSource> {
  return new Map(
    objectOf(value).map((member) => [member.name, { name: textOf(member.value) || member.name, pattern: null }]),
  );
}

function alloyStage(block: AlloyBlock): readonly PipelineStage[] {
  const values = objectOf(attribute(block, "values"));
  switch (block.name) {
    case "stage.json":
      return [{ kind: "extract", names: mapping(attribute(block, "expressions")) }];
    case "stage.logfmt":
      return [{ kind: "extract", names: mapping(attribute(block, "mapping")) }];
    case "stage.regex":
    case "stage.replace":
      return [{ kind: "extract", names: namedGroups(textOf(attribute(block, "expression"))) }];
    case "stage.template": {
      const stage = templateStage(textOf(attribute(block, "source")), textOf(attribute(block, "template")));
      return stage === null ? [] : [stage];
    }
    case "stage.labels":
      return [
        {
          kind: "labels",
          labels: values.map(({ name, value, place }) => ({ name, source: textOf(value) || name, place })),
        },
      ];
    case "stage.static_labels":
      return [
        { kind: "static", labels: values.map(({ name, value, place }) => ({ name, value: textOf(value), place })) },
      ];
    case "stage.label_drop":
      return [{ kind: "drop", names: textsOf(attribute(block, "values")) }];
    case "stage.label_keep":
      return [{ kind: "keep", names: textsOf(attribute(block, "values")) }];
    case "stage.pack":
      return [{ kind: "drop", names: textsOf(attribute(block, "labels")) }];
    case "stage.structured_metadata":
      return [{ kind: "metadata", sources: values.map(({ name, value }) => textOf(value) || name) }];
    case "stage.geoip":
      return [{ kind: "geoip", place: block.place }];
    case "stage.match":
      return [{ kind: "nested", stages: block.blocks.flatMap(alloyStage) }];
    default:
      return [];
  }
}
