import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { configAuditSchema } from "../../../src-shared/model/health/config-audit.ts";
import { siteHealthSchema } from "../../../src-shared/model/health/site-health.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";

const command = new CommandLine();
afterAll(() => command[Symbol.dispose]());

describe("kubemate health", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await createLab({ clock: systemClock, historyHours: 0 });
    const kubeconfig = command.profile.file("lab.kubeconfig");
    writeFileSync(kubeconfig, lab.kubeconfig);
    command.environment["KUBECONFIG"] = kubeconfig;
  });
  afterEach(() => lab.close());

  async function siteOfLab(): Promise<string> {
    const { stdout } = await command.run("sites", "--output", "json");
    const sites = z.array(z.object({ id: z.string(), kind: z.string() })).parse(JSON.parse(stdout));
    return sites.find(({ kind }) => kind === "kubernetes")?.id ?? "";
  }

  it("prints the board of a cluster's Loki and succeeds while it is well", async () => {
    const site = await siteOfLab();
    const place = ["health", "--site", site, "--wait", "4", "--interval", "1"];
    const answer = await command.run(...place, "--output", "json");
    const board = siteHealthSchema.parse(JSON.parse(answer.stdout));
    expect(answer).toMatchObject({ exitCode: 0, stderr: "" });
    expect(board).toMatchObject({ state: "watching", source: "pods", error: null });
    const ingester = board.components.find(({ component }) => component === "ingester");
    expect(ingester).toMatchObject({ instances: 3, answering: 3, wanted: 3 });
    expect(board.components.every(({ doubts }) => doubts.includes("short-history"))).toBe(true);
  });

  it("prints components and instances line by line, and words for people", async () => {
    const place = ["health", "--source", lab.lokiUrl, "--wait", "2", "--interval", "1"];
    const lines = (await command.run(...place, "--output", "ndjson")).stdout.trim().split("\n");
    const scopes = lines.map((line) => z.object({ scope: z.string() }).parse(JSON.parse(line)).scope);
    expect(scopes).toEqual(["site", "component", "instance"]);
    const { stdout } = await command.run(...place);
    expect(stdout).toMatch(/^COMPONENT +VERDICT +READY +WHY\n/);
  });

  it("streams changes in the words of a replay until Ctrl-C", async () => {
    const site = await siteOfLab();
    lab.setFault("killed:loki-ingester-1", true);
    const { exitCode, stdout } = await command.runUntil(
      ["health", "--site", site, "--interval", "1", "--follow", "--output", "ndjson"],
      (printed) => printed.includes('"loki-ingester-1"'),
    );
    expect(exitCode).toBe(130);
    const changes = stdout
      .trim()
      .split("\n")
      .map((line) => z.object({ t: z.number(), instance: z.string(), verdict: z.string() }).parse(JSON.parse(line)));
    expect(changes.find(({ instance }) => instance === "loki-ingester-1")?.verdict).not.toBe("healthy");
    expect(changes.map(({ t }) => t)).toEqual(changes.map(({ t }) => t).toSorted((a, b) => a - b));
  }, 60_000);

  it("tells why a Loki cannot be watched, with the code of that", async () => {
    const { exitCode, stdout, stderr } = await command.run(
      "health",
      "--source",
      "http://127.0.0.1:9",
      "--wait",
      "3",
      "--interval",
      "1",
      "--output",
      "json",
    );
    const board = siteHealthSchema.parse(JSON.parse(stdout));
    expect(["unknown", "down"]).toContain(board.verdict);
    expect(exitCode).toBe(7);
    expect(stderr).toBe("");
    expect((await command.run("health")).exitCode).toBe(2);
    expect((await command.run("health", "--site", "nowhere")).exitCode).toBe(4);
    expect((await command.run("health", "--source", lab.lokiUrl, "--wait", "soon")).exitCode).toBe(2);
  });

  it("audits the configuration of a cluster's Loki", async () => {
    const site = await siteOfLab();
    const { stdout, exitCode } = await command.run("audit-config", "--site", site, "--output", "json");
    const audit = configAuditSchema.parse(JSON.parse(stdout));
    expect(audit.configFrom).toMatch(/ingester/);
    expect(audit.passed).toContain("two-compactors");
    expect(exitCode).toBe(audit.findings.some(({ severity }) => severity === "critical") ? 7 : 0);
  });
});

describe("kubemate audit-config", () => {
  it("audits a file, with words and patches for people, and fails for a critical finding", async () => {
    const whole = "test/fixtures/loki-config/ingester.yaml";
    const sound = await command.run("audit-config", "--config", whole);
    expect(sound.exitCode).toBe(0);
    expect(sound.stdout).toContain("[no-results-cache]");
    expect(sound.stdout).toContain("    +  cache_results: true");
    const file = command.profile.file("loki.yaml");
    writeFileSync(file, readFileSync(whole, "utf8").replaceAll("replication_factor: 3", "replication_factor: 1"));
    const critical = await command.run("audit-config", "--config", file, "--output", "json");
    const audit = configAuditSchema.parse(JSON.parse(critical.stdout));
    expect(critical.exitCode).toBe(7);
    expect(audit.findings[0]).toMatchObject({ rule: "replication-factor", severity: "critical", present: "1" });
    expect(audit.gaps.map(({ fact }) => fact)).toEqual(["workloads", "pods", "budgets", "bucket"]);
  });

  it("prints no patch whose context would show a secret", async () => {
    const file = command.profile.file("secret.yaml");
    const text =
      "query_range:\n  cache_results: false\nstorage_config:\n  aws:\n    secret_access_key: hunter2hunter2\n";
    writeFileSync(file, text);
    const { stdout } = await command.run("audit-config", "--config", file, "--output", "json");
    expect(stdout).toContain("no-results-cache");
    expect(stdout).not.toContain("hunter2");
  });

  it("refuses what is no YAML, and a file that is not there", async () => {
    const file = command.profile.file("broken.yaml");
    writeFileSync(file, "a: [1\nb: }");
    expect((await command.run("audit-config", "--config", file)).exitCode).toBe(5);
    expect((await command.run("audit-config", "--config", `${file}.none`)).exitCode).toBe(4);
  });
});
