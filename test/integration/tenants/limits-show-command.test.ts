import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { tenantLimitsSchema, tenantsBoardSchema } from "../../../src-shared/model/tenants/board.ts";
import { refusalExplanationSchema } from "../../../src-shared/model/tenants/explanation.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab } from "../../../src-main/lab/lab.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";

const command = new CommandLine();
afterAll(() => command[Symbol.dispose]());
const explanations = z.array(refusalExplanationSchema);
const RATE = lokiRecording("047").body ?? "";

describe("kubemate limits show", () => {
  it("prints the board of a site, and with --near those alone that are near a limit", async () => {
    const shown = await command.run("limits", "show", "--site", "lab", "--output", "json");
    expect(shown.stderr).toBe("");
    expect(shown.exitCode).toBe(0);
    const board = tenantsBoardSchema.parse(JSON.parse(shown.stdout));
    expect(board).toMatchObject({ site: "lab", state: "live" });
    expect(board.tenants.some(({ gauges }) => gauges.some(({ key }) => key === "ingestion_rate_mb"))).toBe(true);
    const near = await command.run("limits", "show", "--site", "lab", "--near");
    expect(near.exitCode).toBe(0);
    expect(near.stdout).toContain("NEAREST LIMIT");
    const far = board.tenants.filter(({ nearest }) => (nearest?.share ?? 0) < 0.3).map(({ tenant }) => tenant);
    expect(far.length).toBeGreaterThan(0);
    expect(far.filter((tenant) => new RegExp(`^${tenant} `, "m").test(near.stdout))).toEqual([]);
  }, 90_000);

  it("prints every limit of one tenant with its source", async () => {
    const shown = await command.run(
      "limits",
      "show",
      "--site",
      "lab",
      "--tenant",
      "cards",
      "--wait",
      "0",
      "--output",
      "json",
    );
    expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
    const limits = tenantLimitsSchema.parse(JSON.parse(shown.stdout));
    expect(limits.limits.find(({ key }) => key === "per_stream_rate_limit")).toMatchObject({ source: "override" });
  }, 60_000);

  it("guesses nothing of a Loki that is known by its address alone: any tenant may have an override", async () => {
    const lab = await createLab({ clock: systemClock, historyHours: 0 });
    try {
      const source = ["--source", lab.lokiUrl, "--output", "json"];
      const shown = await command.run("limits", "show", ...source);
      const board = tenantsBoardSchema.parse(JSON.parse(shown.stdout));
      const states = Object.fromEntries(board.sources.map(({ source: name, state }) => [name, state]));
      expect(states).toMatchObject({ config: "read", overrides: "absent", metrics: "read" });
      const one = await command.run("limits", "show", ...source, "--tenant", "cards", "--wait", "0");
      const { limits } = tenantLimitsSchema.parse(JSON.parse(one.stdout));
      expect(limits.find(({ key }) => key === "ingestion_rate_mb")).toMatchObject({ value: null, source: "unknown" });
      // What is published for the tenant is told by Loki itself.
      expect(limits.find(({ key }) => key === "max_query_series")?.value).not.toBeNull();
    } finally {
      await lab.close();
    }
  }, 60_000);

  it("refuses a tenant that is none, and a site that is not there", async () => {
    expect((await command.run("limits", "show", "--site", "lab", "--tenant", "a|b")).exitCode).toBe(2);
    expect((await command.run("limits", "show", "--site", "nowhere")).exitCode).toBe(4);
  }, 30_000);
});

describe("kubemate explain-429", () => {
  it("explains a text alone, from an argument and from standard input", async () => {
    const said = await command.run("explain-429", RATE);
    expect(said).toMatchObject({ exitCode: 0, stderr: "" });
    expect(said.stdout).toContain("ingestion_rate_mb");
    command.input = `level=warn msg="${RATE.trim()}"\n`;
    const { stdout } = await command.run("explain-429", "-", "--output", "json");
    expect(explanations.parse(JSON.parse(stdout))).toMatchObject([
      { reason: "rate_limited", tenant: "tiny-rate", valueNumber: 1_048, gaps: [{ key: "no-site" }] },
    ]);
  });

  it("says so, with 4, of a text without a refusal", async () => {
    const answer = await command.run("explain-429", "all is well", "--output", "json");
    expect(answer.exitCode).toBe(4);
    expect(JSON.parse(answer.stdout)).toEqual([]);
    expect(answer.stderr).not.toBe("");
  });

  it("adds what a site says: the tenant's own limit, its use, and who sends", async () => {
    const text = RATE.replace("tiny-rate", "treasury");
    const { stdout, exitCode } = await command.run("explain-429", text, "--site", "lab", "--output", "json");
    expect(exitCode).toBe(0);
    const [told] = explanations.parse(JSON.parse(stdout));
    expect(told).toMatchObject({ tenant: "treasury", valueFrom: "text", gauge: { limit: 524_288 } });
    expect(told?.senders.length).toBeGreaterThan(0);
  }, 60_000);
});
