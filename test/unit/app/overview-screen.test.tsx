import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { componentVerdict } from "../../../src-renderer/features/overview/component-verdict.ts";
import { OverviewScreen } from "../../../src-renderer/features/overview/overview-screen.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { aBoard } from "../../builders/health-boards.ts";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { CLUSTER_SITE, component, DIRECT_SITE, LAB_SITE, wireError } from "../../builders/site-examples.ts";

const answers: FakeAnswers = {
  sites: {
    list: () => Promise.resolve({ sites: [LAB_SITE, CLUSTER_SITE, DIRECT_SITE], problems: [] }),
    components: () =>
      Promise.resolve({
        components: [component("ingester", [true, false]), component("ruler", [])],
        namespace: "loki",
      }),
    tenants: () => Promise.resolve({ tenants: [{ tenant: "team-a", from: "recent" }], multiTenant: true }),
  },
  jobs: { list: () => Promise.resolve([]) },
  lab: {
    status: () => Promise.resolve({ running: true, tenants: [], faults: ["slow-queries"] }),
    setFault: () => Promise.resolve({ running: true, tenants: [], faults: [] }),
  },
};

function open(site: string | null, options: ConsoleOptions = {}) {
  return renderInConsole(<OverviewScreen />, { answers, workspace: { screen: "overview", site }, ...options });
}

describe("the overview", () => {
  it("counts a component's pods, and calls one without pods unknown, not down", async () => {
    expect(componentVerdict(component("ingester", [true, false]))).toMatchObject({
      tone: "warning",
      ready: 1,
      total: 2,
    });
    expect(componentVerdict(component("ruler", []))).toMatchObject({ tone: "doubt", word: "none" });
    open("lab");
    const row = (await screen.findByRole("rowheader", { name: "ingester" })).closest("tr");
    expect(row?.textContent).toContain("partly ready1 / 23");
  });

  it("goes from a component to its pods' logs", async () => {
    const { workspace } = open("lab");
    await userEvent.setup().click(await screen.findByRole("button", { name: "Pod logs of ingester" }));
    expect(workspace.getState()).toMatchObject({
      screen: "explore",
      source: { kind: "pods", namespace: "loki" },
      query: '{pod=~"loki-ingester-0|loki-ingester-1"}',
      runs: 1,
    });
  });

  it("goes from a tenant to its logs", async () => {
    const { workspace } = open("prod");
    await userEvent.setup().click(await screen.findByRole("button", { name: "team-a" }));
    expect(workspace.getState()).toMatchObject({ screen: "explore", tenant: "team-a", source: { kind: "loki" } });
  });

  it("switches the lab's faults, and does not show them elsewhere", async () => {
    const { client, unmount } = open("lab");
    const panel = await screen.findByRole("region", { name: /Lab faults/ });
    await userEvent.setup().click(await within(panel).findByRole("switch", { checked: true }));
    expect(client.calls).toContainEqual({ path: "lab.setFault", input: { fault: "slow-queries", on: false } });
    unmount();
    open("prod");
    await screen.findByRole("rowheader", { name: "ingester" });
    expect(screen.queryByRole("region", { name: /Lab faults/ })).toBeNull();
  });

  it("locks the faults while the console is read-only, and says so", async () => {
    open("lab", { hello: { readOnly: true } });
    await screen.findByText(/The console is read-only/);
    for (const fault of await screen.findAllByRole("switch")) expect(fault).toHaveProperty("disabled", true);
  });

  it("shows why a site is not reached, with what is still known of it", async () => {
    open("prod");
    await screen.findByText(/ETIMEDOUT/);
    await screen.findByText("team-a");
  });

  it("keeps the rest when one panel fails", async () => {
    const failing = () => Promise.reject(new RemoteError(wireError("internal")));
    open("lab", { answers: { ...answers, sites: { ...answers.sites, components: failing } } });
    await screen.findByText("The components could not be looked for");
    await screen.findByText("team-a");
  });

  it("says of a site by URL what it cannot know", async () => {
    open("edge");
    await screen.findByText("Reached by URL");
  });

  it("says that a link named a site that is not there", async () => {
    open("gone");
    await screen.findByText("There is no site “gone”");
  });

  it("calls a component what the board calls it, and tells what changed last", async () => {
    const { client, workspace } = open("prod");
    const row = async () => (await screen.findByRole("rowheader", { name: "ingester" })).closest("tr");
    expect((await row())?.textContent).toContain("partly ready");
    act(() => client.emit("health.watch", aBoard()));
    expect((await row())?.textContent).toContain("Gray");
    const changes = screen.getByRole("list", { name: "What changed last" });
    expect(changes.textContent).toContain("Its puts into the object store take 2.1s, its mates' 110ms");
    await userEvent.setup().click(within(changes).getByRole("button", { name: "loki-ingester-1: Healthy → Gray" }));
    expect(workspace.getState()).toMatchObject({
      screen: "health",
      health: { tab: "board", instance: "loki-ingester-1" },
    });
  });

  it("blames nobody for a common cause, and keeps to the pods where health cannot be watched", async () => {
    const { client } = open("prod");
    await screen.findByRole("rowheader", { name: "ingester" });
    act(() =>
      client.emit(
        "health.watch",
        aBoard({
          verdict: "degraded",
          components: [],
          causes: [{ kind: "object-store-outage", tenant: null, metric: "m", value: 1, before: 0 }],
        }),
      ),
    );
    expect(screen.getByText(/The object store fails for most ingesters · 100% of the ingesters/)).toBeTruthy();
    expect(screen.getByRole("rowheader", { name: "ingester" }).closest("tr")?.textContent).toContain("partly ready");
  });
});
