import { createHash } from "node:crypto";
import type { SignedDrillReport } from "../../../../src-shared/model/storage/recovery.ts";
import type { RestorePlan } from "../../../../src-shared/model/storage/restore.ts";
import { canonicalJson } from "./canonical-json.ts";
import { exact, visible, words, type Cell, type ReportBlock, type ReportDocument } from "./report-document.ts";
import type { ReportText } from "./report-text.ts";

const DASH = "–";

/** A drill as an auditor reads it: what was tried, what it came to, what stays lost, and how to prove that it was so. */
export function drillReport({ report, signature }: SignedDrillReport, text: ReportText): ReportDocument {
  const { drill, restore, consoleVersion } = report;
  const t = (key: string, params: Readonly<Record<string, string | number>> = {}) =>
    text.sentence(`storage.report.${key}`, params);
  const heading = (key: string): ReportBlock => ({ kind: "heading", text: t(key) });
  const { plan } = restore;
  const file = `drill-${drill.drill}.json`;
  return {
    locale: text.locale,
    title: t("title", { store: visible(drill.title) }),
    blocks: [
      { kind: "verdict", good: drill.result === "passed", text: t(`verdict.${drill.result}`) },
      {
        kind: "facts",
        rows: [
          [t("store"), exact(drill.title)],
          [t("source"), sourceCell(plan, text)],
          [t("into"), exact(drill.into)],
          [t("scope"), words(scopeText(plan, text))],
          [t("who"), words(drill.principal)],
          [t("reason"), words(restore.reason)],
          [t("began"), words(text.instant(drill.startedAtMs))],
          [t("ended"), words(text.instant(drill.endedAtMs))],
          [t("took"), words(text.duration(drill.endedAtMs - drill.startedAtMs))],
          [t("version"), exact(consoleVersion)],
          [t("number"), exact(drill.drill)],
        ],
      },
      heading("result"),
      {
        kind: "facts",
        rows: [
          [t("objects"), words(text.number(drill.objects))],
          [t("bytes"), words(text.bytes(drill.bytes))],
          [
            t("rate"),
            words(drill.bytesPerSecond === null ? DASH : `${text.bytes(Math.round(drill.bytesPerSecond))}/s`),
          ],
          [t("verified"), words(text.number(restore.verified))],
          [t("failed"), words(text.number(restore.failedCount))],
          [t("verify"), words(text.sentence(`storage.report.verify.${plan.request.verify}`))],
          [t("lostStreams"), words(text.number(plan.lostStreams))],
          [t("lostMinutes"), words(text.number(drill.lostMinutes))],
          [t("rpo"), words(drill.rpoMs === null ? t("unknown") : text.duration(drill.rpoMs))],
          [t("rto"), words(drill.rtoMs === null ? t("unknown") : text.duration(drill.rtoMs))],
        ],
      },
      ...(restore.error === undefined
        ? []
        : [
            {
              kind: "paragraph",
              text: visible(text.dynamic(`errors.${restore.error.code}`, restore.error.params, restore.error.code)),
            } as const,
          ]),
      heading("steps"),
      { kind: "table", head: [t("step"), t("state"), t("took"), t("detail")], rows: stepRows(report, text) },
      ...problemBlocks(plan, text),
      ...failedBlocks(report, text),
      ...lostBlocks(plan, text),
      heading("signature"),
      { kind: "paragraph", text: t("signatureText") },
      {
        kind: "facts",
        rows: [
          [t("algorithm"), exact(signature.algorithm)],
          [t("keyId"), exact(signature.keyId)],
          [t("publicKey"), exact(signature.publicKey)],
          [t("signed"), exact(signature.value)],
          [t("digest"), exact(createHash("sha256").update(canonicalJson(report)).digest("hex"))],
        ],
      },
      { kind: "paragraph", text: t("verifyText") },
      { kind: "code", text: `kubemate storage drill verify ${file}` },
    ],
  };
}

function stepRows({ drill, restore }: SignedDrillReport["report"], text: ReportText): readonly (readonly Cell[])[] {
  return drill.steps.map(({ key, params, state, ms }, place) => {
    const detail = restore.steps[place]?.detail ?? null;
    return [
      words(text.dynamic(`storage.step.${key}`, readable(params, text), key)),
      words(text.dynamic(`operations.stepState.${state}`, {}, state)),
      words(ms === null ? DASH : text.duration(ms)),
      words(
        detail === null
          ? DASH
          : text.dynamic(`storage.detail.${detail.key}`, readable(detail.params, text), detail.key),
      ),
    ];
  });
}

function sourceCell({ request: { source }, steps }: RestorePlan, text: ReportText): Cell {
  if (source.kind === "versions") {
    return words(text.sentence("storage.report.versions", { at: text.instant(source.asOfMs) }));
  }
  // A store's id says little; the step that copies names the place.
  const named = steps.find(({ key }) => key === "restore-chunks")?.params["source"];
  return exact(typeof named === "string" ? named : source.store);
}

function scopeText({ request: { scope } }: RestorePlan, text: ReportText): string {
  const tenants =
    scope.tenants === null ? text.sentence("storage.report.everyTenant") : scope.tenants.slice(0, 50).join(", ");
  if (scope.fromMs === null && scope.throughMs === null) {
    return `${tenants}; ${text.sentence("storage.report.everyTime")}`;
  }
  const from = scope.fromMs === null ? DASH : text.instant(scope.fromMs);
  const through = scope.throughMs === null ? DASH : text.instant(scope.throughMs);
  return `${tenants}; ${from} – ${through}`;
}

function problemBlocks({ problems }: RestorePlan, text: ReportText): readonly ReportBlock[] {
  if (problems.length === 0) return [];
  return [
    { kind: "heading", text: text.sentence("storage.report.problems") },
    {
      kind: "table",
      head: [text.sentence("storage.report.problem")],
      rows: problems.map(({ code, params }) => [
        words(text.dynamic(`storage.problem.${code}`, readable(params, text), code)),
      ]),
    },
  ];
}

function failedBlocks({ restore }: SignedDrillReport["report"], text: ReportText): readonly ReportBlock[] {
  if (restore.failed.length === 0) return [];
  return [
    { kind: "heading", text: text.sentence("storage.report.failedObjects") },
    {
      kind: "table",
      head: [text.sentence("storage.report.key"), text.sentence("storage.report.problem")],
      rows: restore.failed.map(({ key, problem }) => [exact(key), words(problem)]),
    },
    ...shown(restore.failed.length, restore.failedCount, text),
  ];
}

function lostBlocks({ lost, lostStreams }: RestorePlan, text: ReportText): readonly ReportBlock[] {
  const t = (key: string) => text.sentence(`storage.report.${key}`);
  const heading: ReportBlock = { kind: "heading", text: t("lost") };
  if (lost.length === 0) return [heading, { kind: "paragraph", text: t("nothingLost") }];
  return [
    heading,
    {
      kind: "table",
      head: [t("tenant"), t("stream"), t("from"), t("through"), t("chunks")],
      rows: lost.map(({ tenant, fingerprint, labels, fromMs, throughMs, chunks }) => [
        exact(tenant),
        exact(labels === null ? fingerprint : labelText(labels)),
        words(text.instant(fromMs)),
        words(text.instant(throughMs)),
        words(text.number(chunks)),
      ]),
    },
    ...shown(lost.length, lostStreams, text),
  ];
}

function shown(rows: number, total: number, text: ReportText): readonly ReportBlock[] {
  if (rows >= total) return [];
  const params = { shown: text.number(rows), total: text.number(total) };
  return [{ kind: "paragraph", text: text.sentence("storage.report.shown", params) }];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(", ")}}`;
}

/** Figures whose names say their units are written as people read them. */
function readable(
  params: Readonly<Record<string, string | number>>,
  text: ReportText,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "string") return [name, value.slice(0, 500)];
      if (/(?:^bytes|Bytes)$/.test(name)) return [name, text.bytes(value)];
      if (/(?:^at|At)Ms$/.test(name)) return [name, text.instant(value)];
      if (/(?:^ms|Ms)$/.test(name)) return [name, text.duration(value)];
      return [name, name === "count" ? value : text.number(value)];
    }),
  );
}
