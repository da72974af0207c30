import type { GatePlace, LabelSource, LabelUse } from "./label-use.ts";

/** A stage of a pipeline, as Promtail and Alloy both have it, with what matters of its options. */
export type PipelineStage =
  /** What a parser gives: a name to the key or path it is taken from, with the expression that finds it. */
  | { readonly kind: "extract"; readonly names: ReadonlyMap<string, LabelSource> }
  | {
      readonly kind: "labels";
      readonly labels: readonly { readonly name: string; readonly source: string; readonly place: GatePlace }[];
    }
  | {
      readonly kind: "static";
      readonly labels: readonly { readonly name: string; readonly value: string; readonly place: GatePlace }[];
    }
  | { readonly kind: "drop"; readonly names: readonly string[] }
  | { readonly kind: "keep"; readonly names: readonly string[] }
  /** A label of a source's name leaves the labels. */
  | { readonly kind: "metadata"; readonly sources: readonly string[] }
  | { readonly kind: "geoip"; readonly place: GatePlace }
  | { readonly kind: "nested"; readonly stages: readonly PipelineStage[] };

/** The labels of the geoip stage (Promtail `stages/geoip.go`) that have more than some hundred values. */
const GEO_LABELS = ["geoip_location_latitude", "geoip_location_longitude", "geoip_postal_code"];

/**
 * The stream labels that are left behind a pipeline. `before` are those that an entry comes with. What nested stages drop, they
 * drop for the entries that match alone, so labels from outside stay.
 */
export function labelsOfPipeline(
  stages: readonly PipelineStage[],
  before: readonly LabelUse[],
  owner: string,
  known: ReadonlyMap<string, LabelSource> = new Map(),
): readonly LabelUse[] {
  let uses = before;
  const extracted = new Map(known);
  for (const stage of stages) {
    switch (stage.kind) {
      case "extract":
        for (const [name, source] of stage.names) extracted.set(name, source);
        break;
      case "labels":
        uses = [
          ...uses,
          ...stage.labels.map(({ name, source, place }): LabelUse => {
            const from = extracted.get(source);
            const sources = [{ name: source, pattern: null }, ...(from === undefined ? [] : [from])];
            return { label: name, way: "labels", sources, value: null, owner, place };
          }),
        ];
        break;
      case "static":
        uses = [
          ...uses,
          ...stage.labels.map(({ name, value, place }): LabelUse => ({
            label: name,
            way: "static-labels",
            sources: [],
            value,
            owner,
            place,
          })),
        ];
        break;
      case "drop":
        uses = uses.filter(({ label }) => !stage.names.includes(label));
        break;
      case "keep":
        uses = uses.filter(({ label, way }) => way !== "labelmap" && stage.names.includes(label));
        break;
      case "metadata":
        uses = uses.filter(({ label }) => !stage.sources.includes(label));
        break;
      case "geoip":
        uses = [
          ...uses,
          ...GEO_LABELS.map((label): LabelUse => ({
            label,
            way: "geoip",
            sources: [],
            value: null,
            owner,
            place: stage.place,
          })),
        ];
        break;
      case "nested": {
        const outside = new Set(uses);
        uses = [...uses, ...labelsOfPipeline(stage.stages, uses, owner, extracted).filter((use) => !outside.has(use))];
        break;
      }
    }
  }
  return uses;
}

const GROUP = /\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** The named groups of a regular expression with what each finds. Groups that do not close run to the end. */
export function namedGroups(expression: string): ReadonlyMap<string, LabelSource> {
  const groups = new Map<string, LabelSource>();
  for (const match of expression.matchAll(GROUP)) {
    const [whole, name = ""] = match;
    const start = match.index + whole.length;
    groups.set(name, { name, pattern: expression.slice(start, closing(expression, start)) });
  }
  return groups;
}

function closing(expression: string, start: number): number {
  let depth = 1;
  let inClass = false;
  for (let at = start; at < expression.length; at += 1) {
    const character = expression[at];
    if (character === "\\") at += 1;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return expression.length;
}
