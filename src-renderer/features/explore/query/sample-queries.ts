export interface SampleQuery {
  readonly kind: "lines" | "errors" | "text" | "rate";
  readonly query: string;
}

/** Queries to begin with, over values that the source really has. Pods keep neither levels nor numbers to ask for. */
export function sampleQueries(
  label: string,
  values: readonly string[],
  source: "loki" | "pods" | "archive",
): readonly SampleQuery[] {
  const [first, second = first] = values;
  if (first === undefined || second === undefined) return [];
  const matcher = (value: string): string => `{${label}=${JSON.stringify(value)}}`;
  const ofLines: readonly SampleQuery[] = [
    { kind: "lines", query: matcher(first) },
    { kind: "text", query: `${matcher(second)} |~ "(?i)error|timeout|refused"` },
  ];
  if (source === "pods") return ofLines;
  return [
    ...ofLines,
    { kind: "errors", query: `${matcher(first)} | detected_level=~"error|critical|fatal"` },
    { kind: "rate", query: `sum by (detected_level) (count_over_time(${matcher(first)} [1m]))` },
  ];
}
