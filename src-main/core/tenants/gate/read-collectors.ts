import { alloyLabels, looksLikeAlloy } from "./alloy-config.ts";
import { AlloySyntaxError, parseAlloy } from "./alloy-syntax.ts";
import type { CollectorReading, LabelUse } from "./label-use.ts";
import { isPromtailConfig, podLogsLabels, promtailLabels } from "./promtail-config.ts";
import { originOfFile, readYaml, type TextOrigin, type YamlTree } from "./yaml-tree.ts";

const ALLOY_FILE = /\.(?:alloy|river)$/;

/** The stream labels that a file makes: a Promtail or Alloy configuration, or manifests with such inside. */
export function readCollectors(file: string, text: string): CollectorReading {
  const origin = originOfFile(file);
  if (ALLOY_FILE.test(file) || (!/\.(?:ya?ml|json)$/.test(file) && looksLikeAlloy(text)))
    return readAlloy(text, origin);
  const { documents, unreadable } = readYaml(text, origin);
  return joined([{ uses: [], unreadable }, ...documents.map(readDocument)]);
}

function joined(readings: readonly CollectorReading[]): CollectorReading {
  return {
    uses: readings.flatMap(({ uses }) => uses),
    unreadable: readings.flatMap(({ unreadable }) => unreadable),
  };
}

function readAlloy(text: string, origin: TextOrigin): CollectorReading {
  try {
    return { uses: alloyLabels(parseAlloy(text, origin)), unreadable: [] };
  } catch (error) {
    if (!(error instanceof AlloySyntaxError)) throw error;
    return { uses: [], unreadable: [{ place: error.place, problem: error.message }] };
  }
}

function readDocument(document: YamlTree): CollectorReading {
  const kind = document.member("kind")?.text() ?? "";
  if (document.member("apiVersion") === null || kind === "") {
    return { uses: isPromtailConfig(document) ? promtailLabels(document) : [], unreadable: [] };
  }
  if (kind.endsWith("List")) return joined((document.member("items")?.items() ?? []).map(readDocument));
  const name = document.member("metadata")?.member("name")?.text() ?? "";
  if (kind === "ConfigMap" || kind === "Secret") return joined(embedded(document, kind).map(readEmbedded));
  if (kind === "PodLogs" || kind === "ClusterPodLogs") {
    const spec = document.member("spec");
    return { uses: spec === null ? [] : podLogsLabels(spec, `${kind}/${name}`), unreadable: [] };
  }
  return { uses: podLabels(document, kind, name), unreadable: [] };
}

interface Embedded {
  readonly name: string;
  readonly text: string;
  readonly origin: TextOrigin;
}

/** The texts in a ConfigMap or Secret. Those of a Secret are base64, so that their lines cannot be pointed at. */
function embedded(document: YamlTree, kind: string): readonly Embedded[] {
  return ["data", "stringData"].flatMap((field) =>
    (document.member(field)?.members() ?? []).flatMap(({ name, value }) => {
      const text = value?.text() ?? null;
      if (text === null || value === null) return [];
      if (kind === "ConfigMap" || field === "stringData") return [{ name, text, origin: value.textFrom() }];
      const origin = { ...value.textFrom(), linesFollow: false };
      return [{ name, text: Buffer.from(text, "base64").toString("utf8"), origin }];
    }),
  );
}

/** A value may be anything. Only what is meant for a collector has to be readable. */
function readEmbedded({ name, text, origin }: Embedded): CollectorReading {
  if (ALLOY_FILE.test(name) || looksLikeAlloy(text)) return readAlloy(text, origin);
  if (!/scrape_configs|pipeline_stages/.test(text)) return { uses: [], unreadable: [] };
  const { documents, unreadable } = readYaml(text, origin);
  return joined([{ uses: [], unreadable }, ...documents.map(readDocument)]);
}

/** Labels of pods that workloads make: collectors map them. */
function podLabels(document: YamlTree, kind: string, name: string): readonly LabelUse[] {
  const spec = document.member("spec");
  const template =
    kind === "Pod" ? document : (spec?.member("jobTemplate")?.member("spec") ?? spec)?.member("template");
  const labels = template?.member("metadata")?.member("labels")?.members() ?? [];
  return labels.map(({ name: label, at, value }) => ({
    label,
    way: "pod-label",
    sources: [],
    value: value?.text() ?? "",
    owner: `${kind}/${name}`,
    place: at,
  }));
}
