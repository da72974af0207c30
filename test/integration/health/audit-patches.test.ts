import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditFacts } from "../../../src-main/core/health/config-audit/audit-facts.ts";
import type { ConfigFacts, WorkloadFacts } from "../../../src-main/core/health/config-audit/config-facts.ts";
import { configValue } from "../../../src-main/core/health/config-audit/config-values.ts";
import { ConfigSource } from "../../../src-main/core/health/config-audit/unified-diff.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const recorded = readFileSync("test/fixtures/loki-config/ingester.yaml", "utf8");
const workload: WorkloadFacts = {
  kind: "StatefulSet",
  namespace: "loki",
  name: "loki-ingester",
  component: "ingester",
  replicas: 3,
  nodes: ["n1"],
  qos: "Burstable",
  hasDisruptionBudget: false,
  persistentMounts: [],
  selector: { "app.kubernetes.io/component": "ingester" },
  containers: [{ name: "loki", requests: { cpu: "500m", memory: "2Gi" }, limits: {} }],
};

describe("a patch of the audit", () => {
  let folder: TemporaryDirectory;
  afterEach(() => folder[Symbol.dispose]());

  function applied(file: string, text: string | null, patch: string | null): string {
    folder = temporaryDirectory();
    if (text !== null) writeFileSync(join(folder.path, file), text);
    execFileSync("git", ["apply", "-"], {
      cwd: folder.path,
      input: patch ?? "",
      env: { ...process.env, GIT_DIR: join(folder.path, "none"), GIT_CEILING_DIRECTORIES: folder.path },
    });
    return readFileSync(join(folder.path, file), "utf8");
  }

  function findings(facts: Partial<ConfigFacts>) {
    return auditFacts({ config: null, source: null, workloads: null, bucket: null, ...facts }, []).findings;
  }

  it.each([
    ["no-results-cache", "query_range.cache_results", true],
    ["no-query-bytes-limit", "limits_config.max_query_bytes_read", "500GB"],
  ])("of %s is one that git applies to a real configuration, and sets that value alone", (rule, path, wanted) => {
    const source = { file: "config.yaml", text: recorded };
    const found = findings({ config: parse(recorded), source }).find((finding) => finding.rule === rule);
    const after = applied("config.yaml", recorded, found?.patch ?? null);
    expect(configValue(parse(after), path)).toBe(wanted);
    const changed = after.split("\n").filter((line, at) => line !== recorded.split("\n")[at]);
    expect(changed).toHaveLength(1);
    expect(findings({ config: parse(after), source: { file: "config.yaml", text: after } })).not.toContainEqual(
      expect.objectContaining({ rule }),
    );
  });

  it("that makes a file is one that git applies and kubectl can read", () => {
    const all = findings({ workloads: [workload] });
    const limits = all.find(({ rule }) => rule === "write-path-not-guaranteed");
    const text = applied("statefulset-loki-ingester-resources.yaml", null, limits?.patch ?? null);
    expect(parse(text)).toEqual({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "loki-ingester", namespace: "loki" },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "loki",
                resources: { requests: { cpu: "500m", memory: "2Gi" }, limits: { cpu: "500m", memory: "2Gi" } },
              },
            ],
          },
        },
      },
    });
    folder[Symbol.dispose]();
    const budget = all.find(({ rule }) => rule === "no-disruption-budget");
    const made = applied("poddisruptionbudget-loki-ingester.yaml", null, budget?.patch ?? null);
    expect(parse(made)).toMatchObject({
      kind: "PodDisruptionBudget",
      spec: { maxUnavailable: 1, selector: { matchLabels: workload.selector } },
    });
  });

  it("keeps comments, two changes far apart, and a file without a line end", () => {
    const far = Array.from({ length: 20 }, (_, at) => `  k${at}: ${at}`).join("\n");
    const text = `a:\n  # why\n  one: false # really\nb:\n${far}\nc: {two: "x"}`;
    const patch = new ConfigSource(text, "loki.yaml").diff([
      { path: "a.one", value: "true" },
      { path: "c.two", value: "y" },
    ]);
    expect(patch?.match(/^@@/gm)).toHaveLength(2);
    expect(applied("loki.yaml", text, patch)).toBe(text.replace("false", "true").replace('"x"', "y"));
  });

  it("is none where the value is not in the text, is no scalar, or stands already", () => {
    folder = temporaryDirectory();
    expect(existsSync(folder.path)).toBe(true);
    const text = "a:\n  one: true\n  many:\n    - 1\n";
    expect(new ConfigSource(text, "f").diff([{ path: "a.other", value: "1" }])).toBeNull();
    expect(new ConfigSource(text, "f").diff([{ path: "a.many", value: "1" }])).toBeNull();
    expect(new ConfigSource(text, "f").diff([{ path: "a.one", value: "true" }])).toBeNull();
  });
});
