import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { limitChangeReportSchema, limitPlanSchema } from "../../../src-shared/model/tenants/limit-change.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { kubernetesClient } from "../../builders/lab-kubernetes-client.ts";

const command = new CommandLine();
afterAll(() => command[Symbol.dispose]());
const mapSchema = z.object({ data: z.record(z.string(), z.string()) });
const reportSchema = limitChangeReportSchema.extend({ job: z.string(), state: z.string() });

describe("kubemate limits", () => {
  let lab: Lab;
  let site: readonly string[];

  beforeEach(async () => {
    lab = await createLab({ clock: systemClock, historyHours: 0 });
    const kubeconfig = command.profile.file("lab.kubeconfig");
    writeFileSync(kubeconfig, lab.kubeconfig);
    command.environment["KUBECONFIG"] = kubeconfig;
    const { stdout } = await command.run("sites", "--output", "json");
    const sites = z.array(z.object({ id: z.string(), kind: z.string() })).parse(JSON.parse(stdout));
    site = ["--site", sites.find(({ kind }) => kind === "kubernetes")?.id ?? ""];
  });
  afterEach(() => lab.close());

  it("plan prints what would change, and apply without --yes does nothing", async () => {
    const raise = ["--set", "cards.ingestion_rate_mb=30", ...site, "--expires", "2h", "--output", "json"];
    const planned = await command.run("limits", "plan", ...raise);
    expect(planned).toMatchObject({ exitCode: 0, stderr: "" });
    const plan = limitPlanSchema.parse(JSON.parse(planned.stdout));
    expect(plan.edits).toMatchObject([{ tenant: "cards", key: "ingestion_rate_mb", before: "12", after: "30" }]);
    expect(plan.expiry).toMatchObject([{ tenant: "cards", value: "30", restores: "12", overdue: false }]);
    expect(plan.place.name).toBe("loki-runtime");
    const unsaid = await command.run("limits", "apply", ...raise);
    expect(unsaid.exitCode).toBe(2);
    expect(unsaid.stderr).toContain("--yes");
  });

  it("plan ends with 2 on what stops it, and names it", async () => {
    const answer = await command.run("limits", "plan", "--limit", "cards.no_such_limit=1", ...site);
    expect(answer.exitCode).toBe(2);
    expect(answer.stdout).toContain("no_such_limit");
    const text = command.profile.file("overrides.yaml");
    writeFileSync(text, "overrides:\n\tcards: {}\n");
    expect((await command.run("limits", "plan", "--file", text, ...site)).exitCode).toBe(2);
    const both = await command.run("limits", "plan", "--file", text, "--unset", "cards.max_line_size", ...site);
    expect(both).toMatchObject({ exitCode: 2 });
  });

  it("apply writes, watches and reports; a saved plan is refused once the world has moved; rollback finds the job", async () => {
    const before = await configMap();
    const saved = command.profile.file("plan.json");
    const set = ["--set", "cards.max_query_length=60d", ...site];
    writeFileSync(saved, (await command.run("limits", "plan", ...set, "--output", "json")).stdout);
    const applied = await command.run(
      "limits",
      "apply",
      "--plan",
      saved,
      "--reason",
      "month-end",
      "--yes",
      "--output",
      "json",
    );
    expect(applied).toMatchObject({ exitCode: 0, stderr: "" });
    const report = reportSchema.parse(JSON.parse(applied.stdout));
    expect(report).toMatchObject({ state: "succeeded", verified: true });
    expect(report.held).toMatchObject([{ tenant: "cards", key: "max_query_length", asPlanned: true }]);
    expect(await configMap()).toContain("max_query_length: 60d");

    const again = await command.run("limits", "apply", "--plan", saved, "--yes");
    expect(again.stderr).toContain("has changed since the plan was made");
    const listed = await command.run("limits", "changes", ...site);
    expect(listed.stdout).toContain(report.job);

    const back = await command.run("limits", "rollback", "--job", report.job, "--yes", ...site);
    expect(back).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await configMap()).toBe(before);
    const { stdout } = await command.run("audit", "list", "--output", "ndjson");
    expect(stdout).toContain('"tenants.applyPlan"');
  }, 300_000);

  it("presets take their values from what the tenant has now", async () => {
    const preset = ["--preset", "migration", "--tenant", "cards", "--with", "factor=2", "--expires", "1d"];
    const answer = await command.run("limits", "plan", ...preset, ...site, "--output", "json");
    expect(answer).toMatchObject({ stderr: "" });
    const { edits, change } = limitPlanSchema.parse(JSON.parse(answer.stdout));
    expect(change).toMatchObject({ kind: "edits", preset: "migration", expiresAfterMinutes: 1_440 });
    expect(edits.find(({ key }) => key === "ingestion_rate_mb")).toMatchObject({ before: "12", after: "24" });
  });

  async function configMap(): Promise<string> {
    const { text } = await kubernetesClient(lab)("GET", "/api/v1/namespaces/loki/configmaps/loki-runtime");
    return mapSchema.parse(JSON.parse(text)).data["runtime-config.yaml"] ?? "";
  }
});
