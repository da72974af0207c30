import type { LabelSource, LabelUse } from "./label-use.ts";
import { labelsOfPipeline, namedGroups, type PipelineStage } from "./pipeline.ts";
import { labelsOfRules, type RelabelRule } from "./relabel.ts";
import type { YamlTree } from "./yaml-tree.ts";

/** Top-level keys that a Promtail configuration has and Prometheus' does not. */
const PROMTAIL_KEYS = ["clients", "client", "positions", "target_config", "limits_config"];

/** Whether a document is the configuration of a Promtail, or of a Grafana Agent's logs. Prometheus has scrape configs as well. */
export function isPromtailConfig(document: YamlTree): boolean {
  if (document.member("logs")?.member("configs") != null) return true;
  const jobs = document.member("scrape_configs")?.items() ?? [];
  if (jobs.length === 0) return false;
  if (PROMTAIL_KEYS.some((key) => document.member(key) !== null)) return true;
  return jobs.some((job) => job.member("pipeline_stages") !== null || hasLogPath(job));
}

function hasLogPath(job: YamlTree): boolean {
  return (job.member("static_configs")?.items() ?? []).some(
    (config) => config.member("labels")?.member("__path__") != null,
  );
}

/** The stream labels that a Promtail configuration makes. */
export function promtailLabels(document: YamlTree): readonly LabelUse[] {
  const agents = document.member("logs")?.member("configs")?.items() ?? [];
  return [document, ...agents].flatMap((config) => [
    ...(config.member("scrape_configs")?.items() ?? []).flatMap(jobLabels),
    ...[...(config.member("clients")?.items() ?? []), config.member("client")].flatMap((client) =>
      staticLabels(client?.member("external_labels") ?? null, "clients", "external-labels"),
    ),
  ]);
}

/** The sources that put labels of their own on every entry. */
const LABELLED_SOURCES = [
  "journal",
  "syslog",
  "gelf",
  "kafka",
  "windows_events",
  "loki_push_api",
  "gcplog",
  "cloudflare",
  "heroku_drain",
  "azure_event_hubs",
];

function jobLabels(job: YamlTree): readonly LabelUse[] {
  const owner = job.member("job_name")?.text() ?? "scrape_configs";
  const fixed = [
    ...(job.member("static_configs")?.items() ?? []).flatMap((config) =>
      staticLabels(config.member("labels"), owner, "static-labels"),
    ),
    ...LABELLED_SOURCES.flatMap((source) =>
      staticLabels(job.member(source)?.member("labels") ?? null, owner, "static-labels"),
    ),
  ];
  const relabelled = labelsOfRules((job.member("relabel_configs")?.items() ?? []).map(relabelRule), owner);
  const stages = promtailStages(job.member("pipeline_stages"));
  return labelsOfPipeline(stages, [...fixed, ...relabelled], owner);
}

/** The pipeline of a `PodLogs` object of the Grafana Agent's operator. */
export function podLogsLabels(spec: YamlTree, owner: string): readonly LabelUse[] {
  const rules = (spec.member("relabelings", "relabelConfigs")?.items() ?? []).map(relabelRule);
  return labelsOfPipeline(
    promtailStages(spec.member("pipelineStages", "pipeline_stages")),
    labelsOfRules(rules, owner),
    owner,
  );
}

function staticLabels(labels: YamlTree | null, owner: string, way: LabelUse["way"]): readonly LabelUse[] {
  return (labels?.members() ?? []).flatMap(({ name, at, value }) => {
    if (name.startsWith("__")) return [];
    return [{ label: name, way, sources: [], value: value?.text() ?? "", owner, place: at }];
  });
}

function relabelRule(rule: YamlTree): RelabelRule {
  const read = (...names: readonly string[]) => rule.member(...names)?.text() ?? null;
  const target = rule.member("target_label", "targetLabel");
  return {
    action: (read("action") ?? "replace").toLowerCase(),
    sources: (rule.member("source_labels", "sourceLabels")?.items() ?? []).map((item) => item.text() ?? ""),
    target: target?.text() ?? "",
    regex: read("regex") ?? "",
    replacement: read("replacement"),
    place: target?.place ?? rule.member("regex")?.place ?? rule.place,
  };
}

/** Stages as maps of one key each. What no label comes from is left out. */
function promtailStages(stages: YamlTree | null): readonly PipelineStage[] {
  return (stages?.items() ?? []).flatMap((stage) =>
    stage.members().flatMap(({ name, at, value }) => promtailStage(name, at, value) ?? []),
  );
}

function textItems(tree: YamlTree | null): readonly string[] {
  return (tree?.items() ?? []).flatMap((item) => item.text() ?? []);
}

/** `key: path`, where an empty path stands for the key itself. */
function mapping(tree: YamlTree | null): ReadonlyMap<string, LabelSource> {
  return new Map(
    (tree?.members() ?? []).map(({ name, value }) => {
      const path = value?.text() ?? "";
      return [name, { name: path === "" ? name : path, pattern: null }];
    }),
  );
}

function promtailStage(kind: string, at: YamlTree["place"], options: YamlTree | null): PipelineStage | null {
  const inside = options?.members() ?? [];
  switch (kind) {
    case "json":
      return { kind: "extract", names: mapping(options?.member("expressions") ?? null) };
    case "logfmt":
      return { kind: "extract", names: mapping(options?.member("mapping") ?? null) };
    case "regex":
    case "replace":
      return { kind: "extract", names: namedGroups(options?.member("expression")?.text() ?? "") };
    case "template":
      return templateStage(options?.member("source")?.text() ?? "", options?.member("template")?.text() ?? "");
    case "labels":
      return {
        kind: "labels",
        labels: inside.map(({ name, at: place, value }) => ({ name, source: value?.text() || name, place })),
      };
    case "static_labels":
    case "staticLabels":
      return {
        kind: "static",
        labels: inside.map(({ name, at: place, value }) => ({ name, value: value?.text() ?? "", place })),
      };
    case "labeldrop":
    case "labelDrop":
      return { kind: "drop", names: textItems(options) };
    case "labelallow":
    case "labelAllow":
      return { kind: "keep", names: textItems(options) };
    case "pack":
      return { kind: "drop", names: textItems(options?.member("labels") ?? null) };
    case "structured_metadata":
    case "structuredMetadata":
    case "non_indexed_labels":
      return { kind: "metadata", sources: inside.map(({ name, value }) => value?.text() || name) };
    case "geoip":
      return { kind: "geoip", place: at };
    case "match":
      return { kind: "nested", stages: promtailStages(options?.member("stages") ?? null) };
    default:
      return null;
  }
}

/** A value that a template makes has as many values as what it is made of: hashes and random ids of their own kind. */
export function templateStage(source: string, template: string): PipelineStage | null {
  if (/\buuidv4\b/.test(template))
    return { kind: "extract", names: new Map([[source, { name: "uuid", pattern: null }]]) };
  if (/\b(?:Sha2Hash|Hash|sha256sum|sha1sum|md5sum)\b/.test(template)) {
    return { kind: "extract", names: new Map([[source, { name: "hash", pattern: null }]]) };
  }
  if (/\bnow\b/.test(template)) return { kind: "extract", names: new Map([[source, { name: "time", pattern: null }]]) };
  return null;
}
