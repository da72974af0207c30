import { formatLabelSet, type LabelSet } from "../../model/labels.ts";
import { ERROR_LABEL } from "../pipeline/labels-builder.ts";
import { quoteGo } from "../text/go-quote.ts";

function printLabels(labels: LabelSet): string {
  const pairs = Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${quoteGo(labels[name] ?? "")}`);
  return pairs.length === 0 ? formatLabelSet({}) : `{${pairs.join(", ")}}`;
}

/** Loki's text for a metric query that meets a line with an error. */
export function pipelineErrorText(labels: LabelSet): string {
  const error = labels[ERROR_LABEL] ?? "";
  return (
    `pipeline error: '${error}' for series: '${printLabels(labels)}'.\n` +
    `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
    'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
    'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
  );
}
