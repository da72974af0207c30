import type { HealthChange, SiteHealth } from "../../src-shared/model/health/site-health.ts";
import type { CommonCause, Evidence } from "../../src-shared/model/health/verdict.ts";
import { terminalSafe } from "./terminal.ts";
import { textTable } from "./text-table.ts";

/** A line for each component and instance of a board. */
export function boardLines({ site, roundAtMs, causes, components, instances }: SiteHealth): object[] {
  return [
    { scope: "site", site, t: seconds(roundAtMs), causes },
    ...components.map((component) => ({ scope: "component", ...component })),
    ...instances.map((instance) => ({ scope: "instance", ...instance })),
  ];
}

/** A change as `health replay` words one: times are Unix seconds. */
export function changeJson({ atMs, scope, name, component, verdict, before, evidence, causes }: HealthChange): object {
  return {
    t: atMs / 1_000,
    scope,
    instance: name,
    component,
    verdict,
    before,
    evidence: [
      ...evidence.map(({ sinceMs, ...rest }) => ({ ...rest, since: sinceMs / 1_000 })),
      ...causes.map((cause) => ({ ...cause, common: true })),
    ],
  };
}

export function changeText({ atMs, name, verdict, before, evidence, causes }: HealthChange): string {
  const why = [...evidence.map(evidenceText), ...causes.map(causeText)].join("; ");
  const change = before === null ? verdict : `${before} → ${verdict}`;
  return `${terminalSafe(`${new Date(atMs).toISOString()} ${name} ${change}${why === "" ? "" : `: ${why}`}`)}\n`;
}

/** The components, and below them whoever of their instances is not well. */
export function boardText({ components, instances, causes, verdict }: SiteHealth): string {
  const rows = components.flatMap((component) => [
    [
      component.component,
      component.verdict,
      `${component.ready}/${component.wanted ?? component.instances}`,
      [...component.evidence.map(evidenceText), ...component.doubts.map((doubt) => `? ${doubt}`)].join("; "),
    ],
    ...instances
      .filter((one) => one.component === component.component && one.verdict !== "healthy")
      .map((one) => [
        `  ${one.instance}`,
        one.verdict,
        one.ready === null ? "" : one.ready ? "ready" : "not ready",
        [
          ...one.evidence.map(evidenceText),
          ...(one.error === null ? [] : [one.error.code]),
          ...one.doubts.map((doubt) => `? ${doubt}`),
        ].join("; "),
      ]),
  ]);
  const common = causes.map((cause) => `! ${causeText(cause)}\n`).join("");
  return `${textTable(["COMPONENT", "VERDICT", "READY", "WHY"], rows)}${terminalSafe(`${common}${verdict}`)}\n`;
}

function evidenceText({ kind, own, matesMedian }: Evidence): string {
  return `${kind} ${own.toPrecision(3)}${matesMedian === null ? "" : ` against ${matesMedian.toPrecision(3)}`}`;
}

function causeText({ kind, tenant, value }: CommonCause): string {
  return `${kind}${tenant === null ? "" : ` ${tenant}`} ${value.toPrecision(3)}`;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
