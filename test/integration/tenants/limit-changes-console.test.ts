import { expect, it } from "vitest";
import { limitChangeReportSchema, type LimitChange } from "../../../src-shared/model/tenants/limit-change.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
const CALLER = { principal: "ops", role: "admin", tenants: { kind: "every" } } as const;

it("a limit is changed in the console's own lab, seen to hold, listed, and planned to go back", async () => {
  using profile = temporaryDirectory();
  await using opened = await consoleIn(profile);
  const { changes } = opened.tenants;
  const lab = (await opened.sites.list()).sites.find(({ kind }) => kind === "lab");
  if (lab === undefined) throw new Error("no lab");
  const change: LimitChange = {
    kind: "edits",
    edits: [{ tenant: tenantIdSchema.parse("cards"), key: "max_query_length", value: "60d" }],
    expiresAfterMinutes: 120,
  };
  const one = { kind: "listed", tenants: new Set([tenantIdSchema.parse("treasury")]) } as const;
  await expect(changes.plan(lab.id, change, { ...CALLER, tenants: one }, never)).rejects.toMatchObject({
    code: "identity.tenant-refused",
  });
  const plan = await changes.plan(lab.id, change, CALLER, never);
  expect(plan.problems.filter(({ weight }) => weight === "stops")).toEqual([]);
  expect(plan.edits).toMatchObject([{ before: null, after: "60d", effectiveBefore: "30d1h", effectiveAfter: "60d" }]);
  const id = await changes.apply(plan.id, "month-end", CALLER, never);
  const ended = await new Promise<Job>((resolve) => {
    opened.jobs.onChange((job) => {
      if (job.id === id && !["queued", "running"].includes(job.state)) resolve(job);
    });
  });
  expect(ended).toMatchObject({ state: "succeeded", kind: "limits-change" });
  const report = limitChangeReportSchema.parse(ended.output);
  expect(report.held).toEqual([{ tenant: "cards", key: "max_query_length", value: "60d", asPlanned: true }]);
  expect(report.convergence.length).toBeGreaterThan(5);
  expect(changes.list(lab.id, 10)).toMatchObject([{ job: id, principal: "ops", state: "succeeded" }]);
  const back = await changes.plan(lab.id, { kind: "rollback", job: id }, CALLER, never);
  expect(back.edits).toMatchObject([{ before: "60d", after: null }]);
  expect(
    back.lately
      .slice(0, 2)
      .map(({ who }) => who)
      .toSorted(),
  ).toEqual(["kubemate", "ops"]);
}, 120_000);
