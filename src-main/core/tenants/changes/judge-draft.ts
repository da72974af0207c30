import type { LimitProblem } from "../../../../src-shared/model/tenants/limit-change.ts";
import { limitOf } from "../limits/limit-table.ts";
import type { RuntimeOverrides } from "../limits/runtime-overrides.ts";
import type { RuntimeProblem } from "../limits/runtime-problem.ts";
import { configuredNumber } from "./capacity.ts";
import type { SiteLimitFacts } from "./change-facts.ts";
import type { FoundRuntime } from "./changes-parts.ts";
import { bounded, stops, warns, type Draft } from "./draft.ts";
import { MAX_ANNOTATION_BYTES, parseExpiries } from "./expiry-annotation.ts";
import { overrideIn, type ChangedValue } from "./override-values.ts";
import type { RuntimeMap } from "./runtime-map.ts";

/** `data` and `binaryData` of a ConfigMap together (Kubernetes' validation). */
export const MAX_MAP_BYTES = 1_048_576;
/** The minor release whose limits are known; patches of it do not change them. */
const KNOWN_VERSION = /^v?3\.7\./;
const MOST_PROBLEMS = 50;
/** Names in `managedFields` of those that write what they have somewhere else. */
const RECONCILERS = /^(?:helm|argocd|argo-cd|kustomize-controller|helm-controller|flux|pulumi|terraform)/i;

export interface JudgedDraft {
  readonly found: FoundRuntime;
  readonly map: RuntimeMap;
  readonly draft: Draft;
  readonly values: readonly ChangedValue[];
  readonly before: RuntimeOverrides;
  readonly after: RuntimeOverrides;
  readonly facts: SiteLimitFacts;
  readonly nowMs: number;
}

/** All that speaks against a change, what stops it first. */
export function judgeDraft(judged: JudgedDraft): LimitProblem[] {
  const { draft } = judged;
  const problems = [
    ...draft.problems,
    ...placeProblems(judged),
    ...fileProblems(judged),
    ...sizeProblems(judged),
    ...versionProblems(judged),
    ...tenantProblems(judged),
    ...valueProblems(judged),
    ...overdueProblems(judged),
  ];
  const told = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const unique = [...told.values()];
  const ordered = [
    ...unique.filter(({ weight }) => weight === "stops"),
    ...unique.filter(({ weight }) => weight === "warns"),
  ];
  return ordered.slice(0, MOST_PROBLEMS);
}

/** Keys that this site's Loki prints in its configuration, whether the table has them or not. */
export function knownThere({ config }: SiteLimitFacts): (key: string) => boolean {
  return (key) => config !== null && Object.hasOwn(config, key);
}

function placeProblems({ found, map }: JudgedDraft): readonly LimitProblem[] {
  const { place, files, mountedBySubPath } = found;
  const problems: LimitProblem[] = [];
  if (files.length > 1) problems.push(stops("several-files", { files: bounded(files.join(", ")) }));
  if (map.binary || place.file.endsWith(".gz")) problems.push(stops("binary-file", { file: bounded(place.file) }));
  if (map.immutable) problems.push(stops("immutable", { object: `${place.namespace}/${place.name}` }));
  if (mountedBySubPath) problems.push(warns("never-reloads", { object: `${place.namespace}/${place.name}` }));
  const by = place.managedBy ?? map.managers.find(({ manager }) => RECONCILERS.test(manager))?.manager ?? null;
  if (by !== null) problems.push(warns("managed-elsewhere", { by: bounded(by) }));
  return problems;
}

/** A file that is refused already may be made better by a change that is no repair of all of it; it stops nonetheless. */
function fileProblems({ after, facts, draft, map }: JudgedDraft): readonly LimitProblem[] {
  const { content } = draft;
  if (content.text === map.text && content.annotation === (map.annotation ?? null)) {
    return draft.problems.some(({ weight }) => weight === "stops") ? [] : [stops("no-change")];
  }
  return after.problems.map((problem) => limitProblem(problem, facts));
}

const CODES: Readonly<Record<RuntimeProblem["code"], LimitProblem["code"]>> = {
  yaml: "file-refused",
  tab: "file-refused",
  "too-many-aliases": "file-refused",
  "not-a-map": "file-refused",
  "too-large": "too-large",
  "duplicate-key": "duplicate-key",
  "unknown-section": "unknown-key",
  "unknown-key": "unknown-key",
  "wrong-type": "wrong-type",
  "fraction-dropped": "wrong-type",
  "unknown-field": "unknown-field",
  "not-a-choice": "not-a-choice",
  "invalid-tenant": "unknown-tenant",
  "not-per-tenant": "not-per-tenant",
  deprecated: "deprecated",
};

function limitProblem({ code, severity, line, path, detail }: RuntimeProblem, facts: SiteLimitFacts): LimitProblem {
  const [section, tenant = "", key = ""] = path.split(".");
  const params = {
    tenant: bounded(tenant),
    key: bounded(path.split(".").at(-1) ?? key),
    path: bounded(path),
    line,
    detail: bounded(detail),
  };
  // The table is of one release; a key of another is known by that release's own configuration.
  if (code === "unknown-key" && section === "overrides" && knownThere(facts)(params.key)) {
    return warns("version-differs", { ...params, version: facts.version ?? "?" });
  }
  return severity === "refused" ? stops(CODES[code], params) : warns(CODES[code], params);
}

function sizeProblems({ draft, map, found }: JudgedDraft): readonly LimitProblem[] {
  const { text, annotation } = draft.content;
  const sizeBytes = Buffer.byteLength(text) + Buffer.byteLength(found.place.key) + map.otherBytes;
  const problems: LimitProblem[] = [];
  if (sizeBytes > MAX_MAP_BYTES) problems.push(stops("too-large", { sizeBytes, mostBytes: MAX_MAP_BYTES }));
  const annotationBytes = Buffer.byteLength(annotation ?? "");
  if (annotation !== (map.annotation ?? null) && annotationBytes > MAX_ANNOTATION_BYTES) {
    problems.push(stops("too-large", { sizeBytes: annotationBytes, mostBytes: MAX_ANNOTATION_BYTES }));
  }
  return problems;
}

function versionProblems({ facts }: JudgedDraft): readonly LimitProblem[] {
  const { version } = facts;
  if (version !== null && KNOWN_VERSION.test(version)) return [];
  return [
    warns("version-differs", { version: bounded(version ?? "?"), path: "", key: "", tenant: "", line: 0, detail: "" }),
  ];
}

function tenantProblems({ facts, values, before }: JudgedDraft): readonly LimitProblem[] {
  if (facts.tenants.length === 0) return [];
  const known = new Set([...facts.tenants, ...before.tenants.keys()]);
  const unknown = new Set(values.map(({ tenant }) => tenant).filter((tenant) => !known.has(tenant)));
  return [...unknown].map((tenant) =>
    warns("unknown-tenant", {
      tenant: bounded(tenant),
      key: "",
      path: bounded(`overrides.${tenant}`),
      line: 0,
      detail: "",
    }),
  );
}

const BURSTS = [
  ["ingestion_rate_mb", "ingestion_burst_size_mb"],
  ["per_stream_rate_limit", "per_stream_rate_limit_burst"],
] as const;

function valueProblems(judged: JudgedDraft): readonly LimitProblem[] {
  const { values, facts } = judged;
  const above = values.flatMap(({ tenant, key, after }) => {
    const gauge = facts.gauges.find((each) => each.tenant === tenant && each.key === key);
    if (gauge === undefined || after === null || after.number === null || gauge.used <= after.number) return [];
    if (after.number === 0 && limitOf(key)?.zero === "unlimited") return [];
    return [warns("use-above-limit", { tenant, key, used: gauge.used, limit: after.number, unit: gauge.unit })];
  });
  const tenants = new Set(
    values.filter(({ key }) => BURSTS.flat().some((each) => each === key)).map(({ tenant }) => tenant),
  );
  const bursts = [...tenants].flatMap((tenant) =>
    BURSTS.flatMap(([rateKey, burstKey]) => {
      const rate = effectiveNumber(judged, tenant, rateKey);
      const burst = effectiveNumber(judged, tenant, burstKey);
      if (rate === null || burst === null || burst >= rate) return [];
      return [warns("burst-below-rate", { tenant, key: burstKey, rateKey, burst, rate })];
    }),
  );
  return [...above, ...bursts];
}

function effectiveNumber({ after, facts }: JudgedDraft, tenant: string, key: string): number | null {
  const own = overrideIn(after, tenant, key);
  return own === null ? configuredNumber(key, facts.config) : own.number;
}

function overdueProblems({ map, nowMs, facts }: JudgedDraft): readonly LimitProblem[] {
  const reading = parseExpiries(map.annotation);
  const overdue = reading.ok ? reading.entries.filter(({ expiresAtMs }) => expiresAtMs <= nowMs).length : 0;
  return [
    ...(overdue > 0 ? [warns("overdue-expiry", { count: overdue })] : []),
    ...(facts.reloadFailing.length > 0
      ? [warns("reload-failing", { instances: bounded(facts.reloadFailing.join(", ")) })]
      : []),
  ];
}
