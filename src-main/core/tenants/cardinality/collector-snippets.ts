import type { LabelChange } from "./what-if.ts";

/** What to add to the collectors' configurations for changes of labels, behind the stages that make them. */
export interface CollectorSnippets {
  readonly promtail: string;
  readonly alloy: string;
}

/** A label's name is data of whoever sends logs; Loki itself lets only such through (`^[a-zA-Z_:][a-zA-Z0-9_:]*$`). */
function quoted(name: string): string {
  return JSON.stringify(name);
}

function buckets(change: LabelChange): number {
  return change.kind === "hash" ? change.buckets : 0;
}

/**
 * Stages for Promtail and Alloy. Promtail's templates have no modulus, so a hash is made by relabelling there (`hashmod`), which
 * works for labels of targets; labels that come from lines can be dropped or moved alone.
 */
export function collectorSnippets(changes: readonly LabelChange[]): CollectorSnippets {
  const moved = changes.filter(({ kind }) => kind === "metadata").map(({ label }) => label);
  const gone = changes.filter(({ kind }) => kind !== "hash").map(({ label }) => label);
  const hashed = changes.filter(({ kind }) => kind === "hash");
  const promtail = [
    ...(gone.length === 0 ? [] : ["pipeline_stages:"]),
    ...(moved.length === 0 ? [] : ["  - structured_metadata:", ...moved.map((label) => `      ${quoted(label)}:`)]),
    ...(gone.length === 0 ? [] : ["  - labeldrop:", ...gone.map((label) => `      - ${quoted(label)}`)]),
    ...(hashed.length === 0 ? [] : ["relabel_configs:"]),
    ...hashed.flatMap((change) => [
      `  - source_labels: [${quoted(change.label)}]`,
      "    action: hashmod",
      `    modulus: ${buckets(change)}`,
      `    target_label: ${quoted(change.label)}`,
    ]),
  ];
  const process = [
    ...(moved.length === 0
      ? []
      : [
          "  stage.structured_metadata {",
          "    values = {",
          ...moved.map((label) => `      ${quoted(label)} = "",`),
          "    }",
          "  }",
        ]),
    ...(gone.length === 0 ? [] : ["  stage.label_drop {", `    values = [${gone.map(quoted).join(", ")}]`, "  }"]),
  ];
  const alloy = [
    ...(process.length === 0
      ? []
      : ['loki.process "cardinality" {', ...process, "  forward_to = [loki.write.default.receiver]", "}"]),
    ...(hashed.length === 0
      ? []
      : [
          'loki.relabel "cardinality" {',
          ...hashed.flatMap((change) => [
            "  rule {",
            `    source_labels = [${quoted(change.label)}]`,
            '    action        = "hashmod"',
            `    modulus       = ${buckets(change)}`,
            `    target_label  = ${quoted(change.label)}`,
            "  }",
          ]),
          "  forward_to = [loki.write.default.receiver]",
          "}",
        ]),
  ];
  return { promtail: `${promtail.join("\n")}\n`, alloy: `${alloy.join("\n")}\n` };
}
