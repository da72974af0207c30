import { GATE_RULES } from "./gate-rules.ts";
import type { GateFinding, GateReport } from "./gate.ts";

function sentence({ label, evidence, owner, title }: GateFinding): string {
  const where = owner === "" ? "" : ` in ${owner}`;
  return label === "" ? `${title}: ${evidence}` : `${title}: “${label}”${where} (${evidence})`;
}

function location({ place }: Pick<GateFinding, "place">): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: place.file.split("/").map(encodeURIComponent).join("/") },
      region: { startLine: place.line, startColumn: place.column },
    },
  };
}

function result(finding: GateFinding, justification: string | null): object {
  return {
    ruleId: finding.rule,
    level: finding.severity,
    message: { text: `${sentence(finding)}. ${finding.fix}` },
    locations: [location(finding)],
    // The same label stays the same finding when lines move.
    partialFingerprints: {
      "kubemateGate/v1": [finding.rule, finding.place.file, finding.owner, finding.label].join("|"),
    },
    ...(justification === null ? {} : { suppressions: [{ kind: "inSource", status: "accepted", justification }] }),
  };
}

/** The report in SARIF 2.1.0 (OASIS), which code hosts show beside the lines. */
export function sarifReport(report: GateReport, version: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "kubemate gate",
            version,
            rules: GATE_RULES.map(({ id, title, fix, severity }) => ({
              id,
              shortDescription: { text: title },
              help: { text: fix },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: report.unreadable.length === 0,
            toolExecutionNotifications: report.unreadable.map(({ place, problem }) => ({
              level: "error",
              message: { text: problem },
              locations: [location({ place })],
            })),
          },
        ],
        results: [
          ...report.findings.map((finding) => result(finding, null)),
          ...report.suppressed.map(({ finding, suppression }) => result(finding, suppression.reason)),
        ],
      },
    ],
  };
}
