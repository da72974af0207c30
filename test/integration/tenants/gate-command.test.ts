import { mkdirSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { CommandLine } from "../../builders/command-line.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const CLEAN = 'loki.process "a" { stage.labels { values = { level = "" } } }\n';
const FOUND = 'loki.process "a" {\n  stage.labels { values = { who = "<&>.trace_id" } }\n}\n';
const sarifSchema = z.object({
  version: z.literal("2.1.0"),
  runs: z.array(
    z.object({
      results: z.array(
        z.object({
          ruleId: z.string(),
          locations: z.array(z.object({ physicalLocation: z.object({ region: z.object({ startLine: z.number() }) }) })),
        }),
      ),
    }),
  ),
});

describe("kubemate gate", () => {
  let line: CommandLine;
  beforeEach(() => {
    line = new CommandLine();
    return () => line[Symbol.dispose]();
  });

  it("ends with 0 when clean, 1 with findings, 2 with what it cannot read", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("clean.alloy"), CLEAN);
    expect(await line.run("gate", work.path)).toMatchObject({ exitCode: 0, stderr: "" });
    mkdirSync(work.file("deeper"));
    writeFileSync(work.file("deeper/found.alloy"), FOUND);
    writeFileSync(work.file("notes.txt"), "trace_id: [");
    const found = await line.run("gate", work.path);
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toContain(
      "found.alloy:2:29: error: An id becomes a label: who in loki.process.a (<&>.trace_id)",
    );
    writeFileSync(work.file("broken.yaml"), "a: [");
    expect((await line.run("gate", work.path)).exitCode).toBe(2);
    expect((await line.run("gate", work.file("nowhere"))).exitCode).toBe(2);
  });

  it("reads what helm template prints from standard input", async () => {
    line.input = `apiVersion: v1\nkind: ConfigMap\ndata:\n  a.alloy: |\n${FOUND.replace(/^/gm, "    ")}\n`;
    const { exitCode, stdout } = await line.run("gate", "-", "--format", "json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ rule: "label-id", label: "who", place: { line: 6 } }],
    });
  });

  it("prints SARIF and JUnit that others can read", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("found.alloy"), FOUND);
    const sarif = await line.run("gate", work.path, "--format", "sarif");
    // As other commands call the option.
    expect((await line.run("gate", work.path, "--output", "sarif")).stdout).toBe(sarif.stdout);
    const [run] = sarifSchema.parse(JSON.parse(sarif.stdout)).runs;
    expect(
      run?.results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation.region.startLine]),
    ).toEqual([["label-id", 2]]);
    const junit = await line.run("gate", work.path, "--format", "junit");
    expect(junit.exitCode).toBe(1);
    expect(junit.stdout).toContain('<testsuites tests="1" failures="1" errors="0" skipped="0">');
    expect(junit.stdout).toContain("(&lt;&amp;&gt;.trace_id)");
  });

  it("takes findings on that a list names", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("found.alloy"), FOUND);
    writeFileSync(
      work.file("s.yml"),
      "suppressions:\n- { rule: label-id, until: 2999-01-01, reason: until the migration }\n",
    );
    const { exitCode, stdout } = await line.run("gate", work.file("found.alloy"), "--suppressions", work.file("s.yml"));
    expect([exitCode, stdout.includes("1 taken on")]).toEqual([0, true]);
  });
});
