import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { operationPlanSchema, operationReportSchema } from "../../../src-shared/model/health/operation.ts";
import { CommandLine } from "../../builders/command-line.ts";

const command = new CommandLine();
afterAll(() => command[Symbol.dispose]());

describe("kubemate health plan and apply", () => {
  let lab: Lab;
  let place: readonly string[];

  beforeEach(async () => {
    lab = await createLab({ clock: systemClock, historyHours: 0 });
    const kubeconfig = command.profile.file("lab.kubeconfig");
    writeFileSync(kubeconfig, lab.kubeconfig);
    command.environment["KUBECONFIG"] = kubeconfig;
    const { stdout } = await command.run("sites", "--output", "json");
    const sites = z.array(z.object({ id: z.string(), kind: z.string() })).parse(JSON.parse(stdout));
    place = ["--site", sites.find(({ kind }) => kind === "kubernetes")?.id ?? "", "--wait", "4"];
  });
  afterEach(() => lab.close());

  it("prints a plan, and without --yes nothing more is done", async () => {
    const flush = ["flush-ingester", "--instance", "loki-ingester-1", ...place, "--output", "json"];
    const planned = await command.run("health", "plan", ...flush);
    expect(planned).toMatchObject({ exitCode: 0, stderr: "" });
    const plan = operationPlanSchema.parse(JSON.parse(planned.stdout));
    expect(plan).toMatchObject({ operation: { kind: "flush-ingester" }, safe: { answer: "yes" } });
    const unsaid = await command.run("health", "apply", ...flush);
    expect(unsaid.exitCode).toBe(2);
    expect(unsaid.stderr).toContain("--yes");
    expect(operationPlanSchema.safeParse(JSON.parse(unsaid.stdout)).success).toBe(true);
  });

  it("does it, looks whether it was done, prints the report and leaves an audit entry", async () => {
    const answer = await command.run(
      "health",
      "apply",
      "prepare-shutdown",
      "--instance",
      "loki-ingester-2",
      ...place,
      "--yes",
      "--output",
      "json",
    );
    expect(answer).toMatchObject({ exitCode: 0, stderr: "" });
    expect(operationReportSchema.parse(JSON.parse(answer.stdout))).toMatchObject({ verified: true });
    const { stdout } = await command.run("audit", "list", "--output", "ndjson");
    expect(stdout).toContain('"health.applyPlan"');
    const words = await command.run(
      "health",
      "apply",
      "prepare-shutdown",
      "--unset",
      "--instance",
      "loki-ingester-2",
      ...place,
      "--yes",
    );
    expect(words.stdout).toContain("Done and verified");
    expect(words.stdout).toContain("DELETE /ingester/prepare_shutdown → loki-ingester-2");
  });

  it("refuses what is not safe, and a reason from somebody who may not override", async () => {
    const forget = ["health", "apply", "forget-member", "--member", "loki-ingester-1", ...place, "--yes"];
    const refused = await command.run(...forget);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("member-alive");
    const forbidden = await command.run(...forget, "--reason", "because", "--set", "safety.role=operator");
    expect(forbidden.exitCode).toBe(3);
    const viewer = await command.run(...forget, "--set", "safety.role=viewer");
    expect(viewer.exitCode).toBe(3);
  });
});

describe("what an operation is asked with", () => {
  const asked: readonly (readonly [string, readonly string[]])[] = [
    ["<kind>", ["drop-everything"]],
    ["--instance", ["flush-ingester"]],
    ["--replicas", ["scale", "--workload", "StatefulSet/ingester", "--replicas", "many"]],
    ["--workload", ["rolling-restart", "--workload", "DaemonSet/x"]],
    ["--workload", ["rolling-restart"]],
    ["--request", ["cancel-delete", "--tenant", "cards", "--request", ""]],
    ["--minutes", ["log-level", "--instance", "i", "--level", "debug", "--minutes", "500"]],
  ];
  it.each(asked)("names %s where it is missing or wrong, before anything is opened", async (option, parameters) => {
    const answer = await command.run("health", "plan", ...parameters, "--site", "nobody");
    expect(answer.exitCode).toBe(2);
    expect(answer.stderr).toContain(option);
  });
});
