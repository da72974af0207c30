import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { LimitPlan } from "../../../src-shared/model/tenants/limit-change.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { aLimitPlan, aLimitReport, aLimitsJob } from "../../builders/limit-changes.ts";
import { A_PLACE, aTenantsBoard, aTenantsLimits, BOARD_AT_MS } from "../../builders/limits-boards.ts";
import { callsOf, openLimits } from "../../builders/limits-screen.tsx";
import type { ConsoleOptions, RenderedConsole } from "../../builders/render-console.tsx";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { wireError } from "../../builders/site-examples.ts";

withSizes();

const SOME: ReadonlySet<string> = new Set([
  "ingestion_rate_mb",
  "ingestion_burst_size_mb",
  "max_global_streams_per_user",
  "max_query_series",
  "reject_old_samples",
]);

interface Opened {
  readonly plan?: LimitPlan;
  readonly tenants?: FakeAnswers["tenants"];
  readonly job?: ReturnType<typeof aLimitsJob>;
  readonly hello?: NonNullable<ConsoleOptions["hello"]>;
}

/** The drawer of a tenant, with a plan for whatever is planned. */
async function openDrawer({
  plan = aLimitPlan(),
  tenants = {},
  job,
  hello = {},
}: Opened = {}): Promise<RenderedConsole> {
  const rendered = await openLimits(aTenantsBoard(), {
    hello,
    view: { tab: "limits", opened: "payments" },
    tenants: {
      limits: ({ tenant }) => {
        const all = aTenantsLimits(tenant);
        return Promise.resolve({ ...all, limits: all.limits.filter(({ key }) => SOME.has(key)) });
      },
      plan: () => Promise.resolve(plan),
      applyPlan: () => Promise.resolve({ job: jobIdSchema.parse("job-1") }),
      ...tenants,
    },
    jobs: {
      get: () => Promise.resolve(job ?? aLimitsJob(aLimitReport())),
      list: () => Promise.resolve([]),
    },
  });
  await screen.findByText("5 of 5");
  return rendered;
}

const dialog = () => within(screen.getByRole("dialog"));
const button = (name: string | RegExp) => dialog().getByRole("button", { name });
/** The one in its foot; another stands in its head. */
const close = () => dialog().getAllByRole("button", { name: "Close" }).at(-1) ?? button("Close");

async function planValue(value: string): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Change ingestion_rate_mb" }));
  const field = await dialog().findByRole("textbox", { name: "New value 1" });
  await user.clear(field);
  await user.type(field, value);
  await user.click(button("Plan the change"));
  return user;
}

describe("a change of limits", () => {
  it("goes from a value for two hours to a reviewed plan, and is applied when tenant and reason are typed", async () => {
    const console = await openDrawer();
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Change ingestion_rate_mb" }));
    const field = await dialog().findByRole<HTMLInputElement>("textbox", { name: "New value 1" });
    expect(field.value).toBe("4");
    await user.clear(field);
    await user.type(field, "8");
    await user.click(dialog().getByRole("combobox", { name: "How long it holds" }));
    await user.click(await screen.findByRole("option", { name: "for 2h" }));
    await user.click(button("Plan the change"));
    await dialog().findByRole("heading", { name: "Can be applied" });
    expect(callsOf(console, "tenants.plan")).toEqual([
      {
        site: "prod",
        change: {
          kind: "edits",
          edits: [{ tenant: "payments", key: "ingestion_rate_mb", value: "8" }],
          expiresAfterMinutes: 120,
        },
      },
    ]);
    // The comment of the file stays in the difference that is read.
    dialog().getByText(/payments: # bought by contract 4711/);
    dialog().getByText("Write runtime-config.yaml in loki/loki-runtime, provided nobody else has");
    dialog().getByText("PATCH /api/v1/namespaces/loki/configmaps/loki-runtime");
    await user.click(button("Apply"));
    await user.type(dialog().getByRole("textbox", { name: "Type payments to confirm" }), "payment");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), " storm of checkout ");
    await user.click(button("Apply"));
    expect(callsOf(console, "tenants.applyPlan")).toEqual([]);
    await user.type(dialog().getByRole("textbox", { name: "Type payments to confirm" }), "s");
    await user.click(button("Apply"));
    expect(callsOf(console, "tenants.applyPlan")).toEqual([{ plan: "plan-1", reason: "storm of checkout" }]);
    await dialog().findByText("Taken by 1 of 2 components");
  });

  it("that something stops cannot be applied, and leads back to the value", async () => {
    const console = await openDrawer({
      plan: aLimitPlan({
        problems: [
          {
            code: "wrong-type",
            weight: "stops",
            params: { tenant: "payments", key: "ingestion_rate_mb", path: "", line: 0, detail: "number" },
          },
        ],
      }),
    });
    const user = await planValue("eight");
    await dialog().findByRole("heading", { name: "Cannot be applied" });
    expect(dialog().queryByRole("textbox", { name: /Reason/ })).toBeNull();
    await user.click(button("Apply"));
    expect(callsOf(console, "tenants.applyPlan")).toEqual([]);
    await user.click(button("Change it"));
    expect((await dialog().findByRole<HTMLInputElement>("textbox", { name: "New value 1" })).value).toBe("eight");
  });

  it("says what to do when somebody else wrote the ConfigMap meanwhile, and plans again", async () => {
    const console = await openDrawer({
      tenants: {
        applyPlan: () =>
          Promise.reject(
            new RemoteError({
              ...wireError("tenants.change-conflict", { object: "loki/loki-runtime", who: "helm" }),
              category: "conflict",
            }),
          ),
      },
    });
    const user = await planValue("8");
    await user.type(await dialog().findByRole("textbox", { name: "Type payments to confirm" }), "payments");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "storm");
    await user.click(button("Apply"));
    await dialog().findByText(/was changed by helm since the plan was made/);
    dialog().getByText(/your values are then set on top of what stands there now/);
    await user.click(dialog().getAllByRole("button", { name: "Plan again" }).at(-1) ?? button("Plan again"));
    await waitFor(() => expect(callsOf(console, "tenants.plan")).toHaveLength(2));
  });

  it("collects several values, keeps them when the dialog is closed, and throws them away only when told to", async () => {
    const user = userEvent.setup();
    const console = await openDrawer();
    await user.click(screen.getByRole("button", { name: "Change ingestion_rate_mb" }));
    await user.click(close());
    await user.click(screen.getByRole("button", { name: "Change max_query_series" }));
    expect((await dialog().findByRole<HTMLInputElement>("combobox", { name: "Limit 2" })).value).toBe(
      "max_query_series",
    );
    await user.click(close());
    screen.getByText("A change in preparation: 2 values");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await user.click(button("Leave value 1 out"));
    await user.click(button("Plan the change"));
    await dialog().findByRole("heading", { name: "Can be applied" });
    expect(callsOf(console, "tenants.plan")).toEqual([
      {
        site: "prod",
        change: { kind: "edits", edits: [{ tenant: "payments", key: "max_query_series", value: "500" }] },
      },
    ]);
    await user.click(close());
    await user.click(screen.getByRole("button", { name: "Throw away" }));
    // It asks once more, in its own place.
    screen.getByText("Throw the collected values away?");
    await user.click(screen.getByRole("button", { name: "Throw away" }));
    expect(screen.queryByText(/A change in preparation/)).toBeNull();
  });

  it("takes an override out instead of setting it to what it would be without", async () => {
    const user = userEvent.setup();
    const console = await openDrawer();
    await user.click(screen.getByRole("button", { name: "Change ingestion_rate_mb" }));
    await user.click(await dialog().findByRole("switch", { name: "Take the override out: then 10 holds" }));
    await user.click(button("Plan the change"));
    await dialog().findByRole("heading", { name: "Can be applied" });
    expect(callsOf(console, "tenants.plan")).toEqual([
      {
        site: "prod",
        change: { kind: "edits", edits: [{ tenant: "payments", key: "ingestion_rate_mb", value: null }] },
      },
    ]);
  });

  it("fills in what a preset makes, beside what the tenant has now", async () => {
    const user = userEvent.setup();
    const console = await openDrawer();
    await user.click(screen.getByRole("button", { name: "Change limits…" }));
    await user.click(dialog().getByRole("combobox", { name: "Start from" }));
    await user.click(await screen.findByRole("option", { name: "Migration: allow more for a while" }));
    await user.type(dialog().getByRole("combobox", { name: "Tenant" }), "payments");
    await user.type(dialog().getByRole("textbox", { name: "Times what is allowed now" }), "10");
    await waitFor(() => expect(button("Fill in").getAttribute("aria-disabled")).toBeNull());
    await user.click(button("Fill in"));
    await user.click(button("Plan the change"));
    await dialog().findByRole("heading", { name: "Can be applied" });
    const [planned] = callsOf(console, "tenants.plan");
    expect(planned).toMatchObject({
      change: { kind: "edits", preset: "migration", expiresAfterMinutes: 120 },
    });
    expect(JSON.stringify(planned)).toContain('{"tenant":"payments","key":"ingestion_rate_mb","value":"40"}');
  });

  it("reads the file once, marks its lines, and plans the text as it was edited", async () => {
    const user = userEvent.setup();
    const console = await openDrawer({
      tenants: {
        runtimeConfig: () =>
          Promise.resolve({
            place: A_PLACE,
            text: "overrides:\n  cards:\n    ingestion_rate: 7\n",
            problems: [{ line: 3, severity: "error" as const, text: "unknown key ingestion_rate" }],
            readAtMs: BOARD_AT_MS,
          }),
      },
    });
    await user.click(screen.getByRole("button", { name: "Edit the file…" }));
    await dialog().findByText(/Line 3: unknown key ingestion_rate/);
    await user.click(button("Plan the change"));
    await dialog().findByRole("heading", { name: "Can be applied" });
    await user.click(button("Change it"));
    // What was typed is still there, and where it is from; the file is not read again by itself.
    await dialog().findByText("loki/loki-runtime · runtime-config.yaml");
    expect(callsOf(console, "tenants.plan")).toEqual([
      { site: "prod", change: { kind: "file", text: "overrides:\n  cards:\n    ingestion_rate: 7\n" } },
    ]);
    expect(callsOf(console, "tenants.runtimeConfig")).toHaveLength(1);
  });

  it("that was verified says what holds by the components, and offers the way back as a plan of its own", async () => {
    const done = aLimitReport({
      verified: true,
      held: [{ tenant: "payments", key: "ingestion_rate_mb", value: "8", asPlanned: true }],
    });
    const console = await openDrawer({ job: aLimitsJob(done, { state: "succeeded" }) });
    const user = await planValue("8");
    await user.type(await dialog().findByRole("textbox", { name: "Type payments to confirm" }), "payments");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "storm");
    await user.click(button("Apply"));
    await dialog().findByText("Done and verified");
    dialog().getByText("as planned");
    await user.click(button("Roll back…"));
    await waitFor(() =>
      expect(callsOf(console, "tenants.plan").at(-1)).toEqual({
        site: "prod",
        change: { kind: "rollback", job: "job-1" },
      }),
    );
  });

  it("shows progress as the job goes, component by component", async () => {
    const console = await openDrawer();
    const user = await planValue("8");
    await user.type(await dialog().findByRole("textbox", { name: "Type payments to confirm" }), "payments");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "storm");
    await user.click(button("Apply"));
    await dialog().findByText("Taken by 1 of 2 components");
    const report = aLimitReport();
    act(() =>
      console.client.emit("jobs.watch", [
        aLimitsJob({ ...report, convergence: report.convergence.map((one) => ({ ...one, state: "taken" })) }),
      ]),
    );
    await dialog().findByText("Taken by 2 of 2 components");
  });
});

describe("changes that were made", () => {
  it("say what came of them, and why one cannot be taken back", async () => {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard(), {
      view: { tab: "changes", opened: null },
      tenants: {
        changes: () =>
          Promise.resolve([
            {
              job: jobIdSchema.parse("job-1"),
              atMs: BOARD_AT_MS,
              principal: "olga",
              state: "succeeded",
              report: aLimitReport({ verified: true }),
            },
            {
              job: jobIdSchema.parse("job-2"),
              atMs: BOARD_AT_MS,
              principal: "piotr",
              state: "failed",
              report: aLimitReport({ writtenVersion: null }),
            },
            {
              job: jobIdSchema.parse("job-3"),
              atMs: BOARD_AT_MS,
              principal: "olga",
              state: "succeeded",
              report: aLimitReport({ verified: true, rolledBackBy: jobIdSchema.parse("job-4") }),
            },
          ]),
        plan: () => Promise.resolve(aLimitPlan()),
      },
    });
    const rows = (await screen.findAllByRole("row")).slice(1);
    expect(rows.map((row) => within(row).getAllByRole("gridcell")[3]?.textContent)).toEqual([
      "Done and verified",
      "Failed",
      "Rolled back",
    ]);
    expect(rows.map((row) => within(row).getByRole("button").getAttribute("aria-disabled"))).toEqual([
      null,
      "true",
      "true",
    ]);
    await user.click(within(rows[1] ?? screen.getByRole("grid")).getByRole("button"));
    expect(callsOf(console, "tenants.plan")).toEqual([]);
    await user.click(within(rows[0] ?? screen.getByRole("grid")).getByRole("button"));
    await waitFor(() =>
      expect(callsOf(console, "tenants.plan")).toEqual([{ site: "prod", change: { kind: "rollback", job: "job-1" } }]),
    );
  });
});
