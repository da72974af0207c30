import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runGate, type GateReport } from "../../../src-main/core/tenants/gate/gate.ts";
import { nameWords } from "../../../src-main/core/tenants/gate/name-words.ts";
import { listedSuppressions } from "../../../src-main/core/tenants/gate/suppressions.ts";
import { patternShape, valueShape } from "../../../src-main/core/tenants/gate/value-shape.ts";

const TODAY = "2026-11-22";

function gate(text: string, path = "promtail.yaml"): GateReport {
  return runGate([{ path, text }], [], TODAY);
}

function found(report: GateReport): readonly string[] {
  return report.findings.map(({ rule, label, place }) => `${place.line} ${rule} ${label}`);
}

function pipeline(stages: string): string {
  return `clients: [{ url: http://loki/push }]\nscrape_configs:\n- job_name: app\n  pipeline_stages:\n${stages}`;
}

describe("Promtail", () => {
  it("labels of what a parser found are judged by every name on their way", () => {
    const report = gate(
      pipeline(
        [
          "  - json: { expressions: { level: , req: requestId, client: http.remote_addr, route: } }",
          "  - regex: { expression: '^(?P<who>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) (?P<code>\\d{3})' }",
          "  - labels:",
          "      level:",
          "      route:",
          "      code:",
          "      req:",
          "      client:",
          "      who:",
          "      order_id: level",
        ].join("\n"),
      ),
    );
    expect(found(report)).toEqual([
      "11 label-id req",
      "12 label-ip client",
      "13 label-uuid who",
      "14 label-id order_id",
    ]);
    expect(report.labels).toBe(7);
  });

  it("what a later stage drops or moves to structured metadata is no label", () => {
    const stages = [
      "  - labels: { trace_id: , span_id: , ip: , path: , user_id: }",
      "  - labeldrop: [trace_id]",
      "  - structured_metadata: { span_id: , from: ip }",
      "  - match: { selector: '{app=\"x\"}', stages: [ { labeldrop: [path] }, { labels: { session: } } ] }",
      "  - labelallow: [path, session, user_id]",
      "  - pack: { labels: [user_id] }",
    ];
    expect(found(gate(pipeline(stages.join("\n"))))).toEqual(["5 label-path path", "8 label-id session"]);
  });

  it("relabelling is followed through labels that do not survive it", () => {
    const config = [
      "positions: { filename: /run/positions.yaml }",
      "scrape_configs:",
      "- job_name: pods",
      "  relabel_configs:",
      "  - { source_labels: [__meta_kubernetes_pod_uid], target_label: __tmp }",
      "  - { source_labels: [__tmp], target_label: which }",
      "  - { source_labels: [__meta_kubernetes_pod_ip], target_label: __path__, replacement: /var/log/$1.log }",
      "  - { source_labels: [__meta_kubernetes_namespace], target_label: namespace }",
      "  - { action: labelmap, regex: __meta_kubernetes_pod_label_(.+) }",
      "  - { action: labelmap, regex: __meta_kubernetes_pod_label_(app|team) }",
      "  - { source_labels: [__meta_kubernetes_pod_ip], target_label: shard, action: hashmod, modulus: 8 }",
      "  - { target_label: session, replacement: none }",
      "  - { source_labels: [__meta_kubernetes_pod_container_id], target_label: container_id }",
      "  - { action: labeldrop, regex: container_.* }",
    ];
    expect(found(gate(config.join("\n")))).toEqual([
      "6 label-id which",
      "9 labelmap-everything __meta_kubernetes_pod_label_(.+)",
    ]);
  });

  it("regular expressions are RE2's: what they drop is dropped, and one that is none drops nothing", () => {
    const dropping = (regex: string) =>
      [
        "clients: [{ url: http://loki/push }]",
        "scrape_configs:",
        "- job_name: app",
        "  relabel_configs:",
        "  - { source_labels: [__meta_kubernetes_pod_uid], target_label: trace_id }",
        `  - { action: labeldrop, regex: '${regex}' }`,
      ].join("\n");
    expect(found(gate(dropping("(?i)TRACE_.*")))).toEqual([]);
    expect(found(gate(dropping("[[:alpha:]]+_id")))).toEqual([]);
    expect(found(gate(dropping("trace_")))).toHaveLength(1);
    expect(found(gate(dropping("trace_(?=id)id")))).toHaveLength(1);
  });

  it("Prometheus' own scrape configs are not Promtail's", () => {
    const report = gate(
      "global: { scrape_interval: 15s }\nscrape_configs:\n- job_name: x\n  static_configs: [{ targets: [a:1], labels: { session: s } }]\n",
    );
    expect(report.labels).toBe(0);
  });

  it.each([
    "grid",
    "valid",
    "zip",
    "script",
    "idle",
    "width",
    "ipsum",
    "video",
    "paid",
    "android",
    "timezone",
    "ip_version",
    "path_type",
    "id_type",
    "tenant_id",
    "cluster-id",
    "provider",
    "shipment",
  ])("words inside words are no findings: %s", (label) => {
    expect(found(gate(pipeline(`  - labels:\n      ${label}:\n`)))).toEqual([]);
  });

  it.each([
    ["trace_id", "label-id"],
    ["traceID", "label-id"],
    ["x-request-id", "label-id"],
    ["userid", "label-id"],
    ["pod_ip", "label-ip"],
    ["clientIP", "label-ip"],
    ["correlationUuid", "label-uuid"],
    ["request_time", "label-timestamp"],
    ["ts", "label-timestamp"],
    ["uri", "label-path"],
    ["http_path", "label-path"],
    ["sha256", "label-hash"],
    ["latency_ms", "label-measure"],
    ["msg", "label-text"],
  ])("%s is found, however it is written", (label, rule) => {
    expect(found(gate(pipeline(`  - labels:\n      ${label}:\n`)))).toEqual([`6 ${rule} ${label}`]);
  });
});

describe("Alloy", () => {
  const config = [
    'discovery.kubernetes "pods" { role = "pod" }',
    'discovery.relabel "logs" {',
    "  targets = discovery.kubernetes.pods.targets",
    "  rule {",
    '    source_labels = ["__meta_kubernetes_pod_uid"]',
    '    target_label  = "uid"',
    "  }",
    "}",
    'discovery.relabel "metrics" {',
    "  targets = discovery.kubernetes.pods.targets",
    '  rule { source_labels = ["__meta_kubernetes_pod_ip"] ; target_label = "ip" }',
    "}",
    'prometheus.scrape "x" { targets = discovery.relabel.metrics.output }',
    'loki.source.kubernetes "pods" {',
    "  targets    = concat(discovery.relabel.logs.output, [])",
    "  forward_to = [loki.process.app.receiver]",
    "}",
    'loki.process "app" {',
    "  forward_to = [loki.write.default.receiver]",
    '  stage.json { expressions = { level = "", order = "payload.orderId" } }',
    "  stage.regex { expression = `(?P<addr>\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})` }",
    "  stage.labels {",
    '    values = { level = "", order = null, addr = "", "grid" = "" }',
    "  }",
    '  stage.match { selector = "{app=\\"x\\"}" ; stage.labels { values = { path = "" } } }',
    '  stage.label_drop { values = ["addr"] }',
    "}",
    'loki.write "default" { external_labels = { cluster = "prod", build = "2026-11-22T10:00:00Z", node = env("HOST_IP") } }',
  ];

  it("components of logs are judged and those of metrics are not", () => {
    expect(found(gate(config.join("\n"), "config.alloy"))).toEqual([
      "6 label-id uid",
      "23 label-id order",
      "25 label-path path",
      "28 label-timestamp build",
    ]);
  });

  it("what is no Alloy is unreadable at the place where it stops being one", () => {
    const { unreadable } = gate('loki.process "a" {\n  stage.labels {\n    values = { a = }\n', "a.alloy");
    expect(unreadable).toEqual([
      { place: { file: "a.alloy", line: 3, column: 20 }, problem: "no Alloy configuration: expected a value, not “}”" },
    ]);
  });

  it("no text makes the parser throw anything else or hang", () => {
    const words = fc.constantFrom(
      "loki.process",
      '"a"',
      "{",
      "}",
      "[",
      "]",
      "(",
      ")",
      "=",
      ",",
      "\n",
      " ",
      "stage.labels",
      "values",
      "1",
      "-",
      "`",
      "//",
      "/*",
      ".",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 40 }), (pieces) => {
        gate(pieces.join(""), "x.alloy");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("Kubernetes manifests", () => {
  const manifests = [
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata: { name: promtail }",
    "data:",
    "  promtail.yaml: |",
    "    clients: [{ url: http://loki }]",
    "    scrape_configs:",
    "    - job_name: a",
    "      pipeline_stages:",
    "      - labels:",
    "          session_id:",
    "  config.alloy: |",
    '    loki.process "x" {',
    '      stage.labels { values = { ip = "" } }',
    "    }",
    "  notes.txt: 'trace_id: {not: [yaml'",
    "---",
    "apiVersion: v1",
    "kind: List",
    "items:",
    "- apiVersion: apps/v1",
    "  kind: Deployment",
    "  metadata: { name: api, labels: { request_id: x } }",
    "  spec:",
    "    template:",
    "      metadata:",
    "        labels:",
    "          app: api",
    "          release: 1763800000",
    "---",
    "apiVersion: monitoring.grafana.com/v1alpha2",
    "kind: PodLogs",
    "metadata: { name: logs }",
    "spec:",
    "  relabelings:",
    "  - { sourceLabels: [__meta_kubernetes_pod_host_ip], targetLabel: host_ip }",
  ];

  it("are read through, configurations inside of them included, with the lines of the file", () => {
    expect(found(gate(manifests.join("\n"), "all.yaml"))).toEqual([
      "11 label-id session_id",
      "14 label-ip ip",
      "29 label-timestamp release",
      "36 label-ip host_ip",
    ]);
  });

  it("YAML that is none is unreadable, and the other documents are still judged", () => {
    const report = gate(`${manifests.join("\n")}\n---\na: [1,\n`, "all.yaml");
    expect(report.unreadable).toHaveLength(1);
    expect(report.unreadable[0]?.problem).toMatch(/^no YAML: /);
    expect(report.findings).toHaveLength(4);
  });

  it("a bomb of aliases is unreadable", () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => `l${at + 1}: &l${at + 1} [${Array.from({ length: 10 }, () => `*l${at}`).join(",")}]`,
    );
    expect(gate(`l0: &l0 [x]\n${levels.join("\n")}\n`).unreadable).toHaveLength(1);
  });
});

describe("suppressions", () => {
  const labels = (comment: string, line = "trace_id:") => pipeline(`  - labels:\n      ${comment}\n      ${line}\n`);

  it("take a finding on until their day, with a reason", () => {
    const report = gate(labels("# kubemate-gate: allow label-id until 2026-11-22 because the pilot has nine of them"));
    expect(report.findings).toEqual([]);
    expect(report.suppressed[0]?.suppression.reason).toBe("the pilot has nine of them");
  });

  it("no longer hold the day after, and are named", () => {
    const report = gate(labels("# kubemate-gate: allow all until 2026-11-21 because it was short"));
    expect(report.findings[0]?.expired?.until).toBe("2026-11-21");
  });

  it.each([
    "allow label-id",
    "allow label-id until 2026-02-30 because x",
    "allow label-id until 2027-01-01 because ",
    "ignore",
  ])("without rule, day and reason are findings themselves: %s", (text) => {
    expect(gate(labels(`# kubemate-gate: ${text}`)).findings.map(({ rule }) => rule)).toEqual([
      "suppression-invalid",
      "label-id",
    ]);
  });

  it("of another rule cover nothing and are told as unused", () => {
    const report = gate(labels("# kubemate-gate: allow label-ip until 2027-01-01 because x"));
    expect([report.findings.length, report.unused.length]).toEqual([1, 1]);
  });

  it("may stand in a list, by file and label", () => {
    const listed = listedSuppressions("s.yaml", {
      suppressions: [
        { rule: "label-id", path: "promtail.yaml", label: "trace_id", until: "2027-01-01", reason: "moved in January" },
        { rule: "label-id", until: "soon", reason: "x" },
      ],
    });
    expect(listed.broken).toHaveLength(1);
    const report = runGate([{ path: "charts/promtail.yaml", text: labels("#") }], listed.suppressions, TODAY);
    expect([report.findings.length, report.suppressed.length]).toEqual([0, 1]);
  });
});

describe("names and values", () => {
  it("words of a name are the same in every spelling", () => {
    for (const name of ["request_id", "requestId", "Request-ID", "REQUEST_ID", "requestid", "http.requestID"]) {
      expect(nameWords(name).slice(-2)).toEqual(["request", "id"]);
    }
  });

  it("values are known by their shape", () => {
    expect(valueShape("3f2504e0-4f89-11d3-9a0c-0305e82c3301")).toBe("uuid");
    expect(valueShape("10.1.2.3:9095")).toBe("ip");
    expect(valueShape("fe80::1")).toBe("ip");
    expect(valueShape("1763800000123")).toBe("timestamp");
    for (const plain of ["1.2.3", "v3.7.6", "2026", "prod", "eu-west-1", "a:b", ""])
      expect(valueShape(plain)).toBeNull();
  });

  it("expressions are known by what they find", () => {
    expect(patternShape("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")).toBe("ip");
    expect(patternShape("(?:[0-9]{1,3}\\.){3}[0-9]{1,3}")).toBe("ip");
    expect(patternShape("[0-9a-fA-F-]{36}")).toBe("uuid");
    expect(patternShape("\\d{10,13}")).toBe("timestamp");
    expect(patternShape("[a-f0-9]{32}")).toBe("hash");
    for (const plain of ["\\w+", "\\d{3}", "GET|POST", "\\d+\\.\\d+"]) expect(patternShape(plain)).toBeNull();
  });
});
