import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { OperationsTab } from "../../../src-renderer/features/health/operations/operations-tab.tsx";
import { WatchdogTab } from "../../../src-renderer/features/health/watchdog/watchdog-tab.tsx";
import { JobDrawer } from "../../../src-renderer/features/jobs/job-drawer.tsx";
import { aBoard, aComponent } from "../../builders/health-boards.ts";
import { aMember, aPlan, anOperationJob, aReport, aRing, PLANNED_AT_MS } from "../../builders/health-operations.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "../../builders/render-console.tsx";
import { renderHealth } from "../../builders/render-health.tsx";
import { CLUSTER_SITE, DIRECT_SITE } from "../../builders/site-examples.ts";

const BOARD = aBoard({
  components: [
    aComponent("ingester", {
      workloads: [
        { workload: { kind: "StatefulSet", namespace: "loki", name: "loki-ingester-zone-a" }, wanted: 3 },
        { workload: { kind: "StatefulSet", namespace: "loki", name: "loki-ingester-zone-b" }, wanted: 3 },
      ],
    }),
    aComponent("querier"),
  ],
});
const REQUEST = {
  request: "4e923878",
  tenant: "cards",
  query: '{app="auth"} |= "\u202Eevil"',
  startMs: PLANNED_AT_MS - 86_400_000,
  endMs: PLANNED_AT_MS,
  createdAtMs: PLANNED_AT_MS,
  status: "received",
  cancellable: true,
};

function open(options: ConsoleOptions = {}): Promise<RenderedConsole> {
  return renderHealth(<OperationsTab />, BOARD, {
    ...options,
    answers: {
      sites: { tenants: () => Promise.resolve({ tenants: [{ tenant: "cards", from: "recent" }], multiTenant: true }) },
      health: {
        plan: () => Promise.resolve(aPlan()),
        rings: () => Promise.resolve([aRing([aMember("a"), aMember("b", { state: "UNHEALTHY" })])]),
        deleteRequests: () =>
          Promise.resolve([{ ...REQUEST, request: "old", status: "processed", cancellable: false }, REQUEST]),
      },
      jobs: {
        list: () =>
          Promise.resolve([
            anOperationJob(aReport(["done", "done", "done"], { verified: true }), { state: "succeeded" }),
          ]),
      },
      ...options.answers,
    },
  });
}

const planned = ({ client }: RenderedConsole) =>
  client.calls.filter(({ path }) => path === "health.plan").map(({ input }) => input);

async function pick(form: HTMLElement, name: RegExp, option: RegExp): Promise<void> {
  const user = userEvent.setup();
  await user.click(within(form).getByRole("button", { name }));
  await user.click(await screen.findByRole("option", { name: option }));
}

describe("what can be done", () => {
  it("offers the sick instance first, and plans nothing before one is chosen", async () => {
    const user = userEvent.setup();
    const console = await open();
    const form = await screen.findByRole("form", { name: "Flush an ingester" });
    await user.click(within(form).getByRole("button", { name: "Plan…" }));
    expect(planned(console)).toEqual([]);
    await user.click(within(form).getByRole("button", { name: /Ingester: choose/ }));
    const [first, ...rest] = await screen.findAllByRole("option");
    expect(first?.textContent).toContain("loki-ingester-1");
    expect(rest).toHaveLength(2);
    await user.click(first ?? form);
    await user.click(within(form).getByRole("button", { name: "Plan…" }));
    expect(planned(console)).toEqual([
      { site: CLUSTER_SITE.id, operation: { kind: "flush-ingester", instance: "loki-ingester-1" } },
    ]);
  });

  it("means the instance whose details are open", async () => {
    const console = await open({
      workspace: {
        screen: "health",
        site: CLUSTER_SITE.id,
        health: { tab: "operations", instance: "loki-ingester-2" },
      },
    });
    const form = await screen.findByRole("form", { name: "Flush and shut down" });
    await userEvent.setup().click(within(form).getByRole("button", { name: "Plan…" }));
    expect(planned(console)).toMatchObject([{ operation: { instance: "loki-ingester-2", deleteRingTokens: false } }]);
  });

  it("scales a workload that the board names, from what it is now", async () => {
    const user = userEvent.setup();
    const console = await open();
    const form = await screen.findByRole("form", { name: "Scale" });
    await pick(form, /Workload: choose/, /zone-b/);
    const replicas = within(form).getByRole("textbox", { name: "replicas" });
    expect(replicas).toHaveProperty("value", "3");
    await user.clear(replicas);
    await user.type(replicas, "4{Enter}");
    expect(planned(console)).toMatchObject([
      { operation: { kind: "scale", replicas: 4, workload: { kind: "StatefulSet", name: "loki-ingester-zone-b" } } },
    ]);
  });

  it("refuses a time for a log level that the core would refuse", async () => {
    const user = userEvent.setup();
    const console = await open();
    const form = await screen.findByRole("form", { name: "Change the log level for a while" });
    await pick(form, /Process: choose/, /querier-a/);
    const minutes = within(form).getByRole("textbox", { name: "minutes" });
    await user.clear(minutes);
    await user.type(minutes, "121{Enter}");
    expect(planned(console)).toEqual([]);
    within(form).getByText("1 to 120");
  });

  it("lists a tenant's delete requests when a person asks, those that can be cancelled first, and shows what a query hides", async () => {
    const console = await open();
    expect(console.client.calls.some(({ path }) => path === "health.deleteRequests")).toBe(false);
    const panel = await screen.findByRole("region", { name: "Delete requests" });
    await pick(panel, /Tenant: choose/, /cards/);
    const rows = (await within(panel).findAllByRole("row")).slice(1);
    expect(rows[0]?.textContent).toContain('{app="auth"} |= "⟦U+202E⟧evil"');
    const [cancel, tooLate] = within(panel).getAllByRole("button", { name: "Cancel…" });
    expect(tooLate?.getAttribute("aria-disabled")).toBe("true");
    await userEvent.setup().click(cancel ?? panel);
    expect(planned(console)).toMatchObject([
      { operation: { kind: "cancel-delete", tenant: "cards", request: "4e923878" } },
    ]);
  });

  it("lists what was done with what came of it", async () => {
    await open();
    const recent = await screen.findByRole("region", { name: "Running and recent" });
    await within(recent).findByText("Done and verified");
    within(recent).getByText("Flush an ingester: loki-ingester-1");
  });
});

describe("the watchdog's files", () => {
  const MANIFESTS = {
    files: [
      { name: "watchdog.yaml", kind: "manifest" as const, text: "kind: Deployment\n", command: "kubectl apply -f x" },
      {
        name: "gate.diff",
        kind: "patch" as const,
        text: "--- a\n+++ b\n+  readinessGates:\n",
        command: "kubectl patch",
      },
    ],
    statements: ["ring-unchanged", "nothing-else"],
  };

  it("says what it does not stop, and makes the files for what was typed", async () => {
    const user = userEvent.setup();
    const { client } = await renderHealth(<WatchdogTab />, BOARD, {
      answers: { health: { watchdog: () => Promise.resolve(MANIFESTS) } },
    });
    await screen.findByText(/Distributors and queriers follow the ring and not the Service/);
    screen.getByRole("article", { name: "gate.diff" });
    await user.type(screen.getByRole("textbox", { name: "Namespace of the watchdog" }), "Not A Name");
    await user.click(screen.getByRole("button", { name: "Make the files" }));
    screen.getByText("Lower-case letters, digits, points and hyphens.");
    await user.clear(screen.getByRole("textbox", { name: "Namespace of the watchdog" }));
    await user.type(screen.getByRole("textbox", { name: "Image" }), "registry.example/kubemate:1.2");
    await user.click(screen.getByRole("button", { name: "Make the files" }));
    const asked = client.calls.filter(({ path }) => path === "health.watchdog").map(({ input }) => input);
    expect(asked).toEqual([
      { site: CLUSTER_SITE.id, options: {} },
      { site: CLUSTER_SITE.id, options: { image: "registry.example/kubemate:1.2" } },
    ]);
  });

  it("offers nothing for a site without a cluster", async () => {
    const { client } = await renderHealth(<WatchdogTab />, BOARD, {}, DIRECT_SITE);
    screen.getByText("A site without a cluster");
    expect(client.calls.some(({ path }) => path === "health.watchdog")).toBe(false);
  });
});

describe("an operation among the jobs", () => {
  it("says what was done, why it was done all the same, and which step failed", () => {
    const report = aReport(["done", "failed", "skipped"], { reason: "the store is full" });
    renderInConsole(<JobDrawer job={anOperationJob(report, { state: "failed" })} onClose={vi.fn<() => void>()} />);
    screen.getByRole("heading", { name: "Flush an ingester: loki-ingester-1" });
    screen.getByText("the store is full");
    expect(screen.getAllByRole("img").map((shape) => shape.getAttribute("aria-label"))).toEqual([
      "Done",
      "Failed",
      "Skipped",
    ]);
  });
});
