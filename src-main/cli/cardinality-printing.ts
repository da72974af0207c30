import type { CardinalityReport, WhatIf } from "../../src-shared/model/tenants/cardinality.ts";
import type { CardinalityAnswer } from "./run-cardinality.ts";
import { terminalSafe } from "./terminal.ts";
import { textTable } from "./text-table.ts";

/** A report for people: labels, combinations, fields, suggestions, and the what-if. */
export function cardinalityText({ report, whatIf }: CardinalityAnswer): string {
  return [
    headText(report),
    labelsText(report),
    combinationsText(report),
    fieldsText(report),
    suggestionsText(report),
    whatIf === null ? "" : whatIfText(whatIf),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function headText({
  series,
  sampledShare,
  seriesKnown,
  seriesDayBefore,
  memoryStreams,
  partial,
}: CardinalityReport): string {
  const all = sampledShare < 1 ? `, ${(sampledShare * 100).toFixed(1)} % of all` : "";
  const lines = [
    `${series} streams${all}`,
    ...(seriesKnown === null ? [] : [`${seriesKnown} by the index, which may count one twice`]),
    ...(seriesDayBefore === null ? [] : [`${seriesDayBefore} the day before`]),
    ...(memoryStreams === null ? [] : [`${memoryStreams} in the memory of ingesters, replicas counted`]),
    ...partial.map(({ key, params }) => `not whole: ${key} ${JSON.stringify(params)}`),
  ];
  return `${lines.map(terminalSafe).join("\n")}\n`;
}

function labelsText({ labels }: CardinalityReport): string {
  return textTable(
    ["LABEL", "VALUES", "STREAMS", "WITHOUT", "LOOKS LIKE", "SAMPLES"],
    labels.map(({ label, values, series, streamsWithout, shape, idLike, samples }) => [
      label,
      String(values),
      String(series),
      String(streamsWithout),
      idLike ? `${shape ?? "one a stream"} !` : (shape ?? ""),
      samples
        .slice(0, 3)
        .map((sample) => sample.slice(0, 40))
        .join("  "),
    ]),
  );
}

function combinationsText({ combinations }: CardinalityReport): string {
  return textTable(
    ["STREAMS", "LABELS TOGETHER"],
    combinations.slice(0, 5).map(({ labels, series }) => [String(series), labels.join(", ")]),
  );
}

function fieldsText({ fields }: CardinalityReport): string {
  const told = fields.filter(({ verdict }) => verdict !== "none");
  if (told.length === 0) return "";
  return textTable(
    ["FIELD", "GOOD AS", "VALUES", "LINES"],
    told.map(({ field, verdict, values, lines }) => [field, verdict, String(values), String(lines)]),
  );
}

function suggestionsText({ suggested }: CardinalityReport): string {
  if (suggested.length === 0) return "";
  return `suggested: ${suggested.map(({ kind, label }) => terminalSafe(`--what-if ${kind}:${label}`)).join(" ")}\n`;
}

function whatIfText({ streams, chunksPerHour, memoryBytes, promtail, alloy }: WhatIf): string {
  const { before, after, low, high } = streams;
  const pair = (what: string, of: { readonly before: number; readonly after: number } | null, unit: string): string =>
    of === null ? `${what}: not known` : `${what}: ${Math.round(of.before)} → ${Math.round(of.after)}${unit}`;
  return [
    `streams: ${before} → ${after}${low === high ? "" : ` (${low} to ${high})`}`,
    pair("chunks an hour", chunksPerHour, ""),
    pair("memory of ingesters", memoryBytes, " bytes"),
    `# Promtail\n${promtail}`,
    `# Alloy\n${alloy}`,
  ].join("\n");
}
