import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { aBoard, aChange, slowPut } from "../../builders/health-boards.ts";
import { healthAnswers, openHealth, told, withSizes } from "../../builders/health-screen.tsx";
import type { ConsoleOptions, RenderedConsole } from "../../builders/render-console.tsx";
import { CLUSTER_SITE } from "../../builders/site-examples.ts";

withSizes();

describe("the drawer of an instance", () => {
  async function openDrawer(options: ConsoleOptions = {}): Promise<RenderedConsole> {
    const board = aBoard();
    const console = openHealth(board, {
      workspace: { screen: "health", site: CLUSTER_SITE.id, health: { tab: "board", instance: "loki-ingester-1" } },
      ...options,
    });
    await told(console, board);
    return console;
  }

  it("proves its verdict: metric, own figure, mates, spread, and how far that is", async () => {
    await openDrawer();
    const drawer = screen.getByRole("complementary", { name: "loki-ingester-1" });
    const text = drawer.textContent ?? "";
    expect(text).toContain("Its puts into the object store take 2.1s, its mates' 110ms");
    expect(text).toContain('loki_s3_request_duration_seconds{operation="S3.PutObject"}');
    expect(text).toContain("beyond comparison");
    expect(text).toContain("2026-11-22 11:58:25 UTC");
    expect(await within(drawer).findByRole("rowheader", { name: "Chunks waiting to be flushed" })).toBeTruthy();
    expect(within(drawer).getByText("812")).toBeTruthy();
  });

  it("reads the configuration when it is asked to, and at no other time", async () => {
    const console = await openDrawer();
    const reads = () => console.client.calls.filter(({ path }) => path === "health.config").length;
    const user = userEvent.setup();
    expect(reads()).toBe(0);
    await user.click(screen.getByRole("button", { name: "Read" }));
    expect(await screen.findByText(/auth_enabled: true/)).toBeTruthy();
    act(() => console.client.emit("health.watch", aBoard({ tookMs: 1 })));
    expect(reads()).toBe(1);
    await user.type(screen.getByRole("textbox", { name: "Find a line" }), "wal");
    expect(screen.getByText("2 of 5 lines")).toBeTruthy();
  });

  it("shows operations with the reason why they cannot be used, to whom may not", async () => {
    await openDrawer({ hello: { role: "viewer" } });
    for (const name of ["Flush", "Shut down", "Log level"]) {
      expect(screen.getByRole("button", { name }).getAttribute("aria-disabled")).toBe("true");
    }
  });

  it("goes to the logs of its pod by the Kubernetes API", async () => {
    const console = await openDrawer();
    const button = () => screen.getByRole("button", { name: "Logs of this pod" });
    await waitFor(() => expect(button().getAttribute("aria-disabled")).toBeNull());
    await userEvent.setup().click(button());
    expect(console.workspace.getState()).toMatchObject({
      screen: "explore",
      source: { kind: "pods", namespace: "loki" },
      query: '{pod="loki-ingester-1"}',
    });
  });

  it("says so when the instance is no longer there", async () => {
    await openDrawer({
      workspace: { screen: "health", site: CLUSTER_SITE.id, health: { tab: "board", instance: "loki-ingester-77" } },
    });
    expect(screen.getByText("There is no instance loki-ingester-77 now")).toBeTruthy();
  });
});

describe("changes", () => {
  it("lists what became what with its evidence, and finds by what it was or became", async () => {
    const board = aBoard({
      changes: [
        aChange({ before: "gray", verdict: "healthy", evidence: [], atMs: aChange().atMs + 30_000 }),
        aChange({ evidence: [slowPut()] }),
        aChange({ name: "querier", scope: "component", component: "querier", verdict: "degraded", evidence: [] }),
      ],
    });
    const console = openHealth(board, {
      workspace: { screen: "health", site: CLUSTER_SITE.id, health: { tab: "changes", instance: null } },
    });
    await told(console, board);
    const grid = await screen.findByRole("grid", { name: "Changes" });
    const [, newest, older] = within(grid).getAllByRole("row");
    expect(newest?.textContent).toContain("Gray→Healthy");
    expect(older?.textContent).toContain("Its puts into the object store take 2.1s");
    await userEvent.setup().type(screen.getByRole("textbox", { name: "Name, component, evidence …" }), "put-slow");
    expect(screen.getByText("1 of 3")).toBeTruthy();
  });
});

describe("the audit of the configuration", () => {
  it("says what is wrong, why, where, and what would mend it; and what it could not look at", async () => {
    const board = aBoard();
    const console = openHealth(board, {
      answers: {
        ...healthAnswers(board),
        health: {
          ...healthAnswers(board).health,
          auditConfig: () =>
            Promise.resolve({
              checkedAtMs: Date.now(),
              configFrom: "loki-ingester-0",
              findings: [
                {
                  rule: "replication-factor",
                  severity: "critical",
                  where: "ingester.lifecycler.ring.replication_factor",
                  present: "1",
                  params: {},
                  patch: "--- a/config.yaml\n+++ b/config.yaml\n@@\n-replication_factor: 1\n+replication_factor: 3\n",
                },
              ],
              gaps: [{ fact: "bucket", code: "health.nobody-tells", rules: ["bucket-not-versioned"] }],
              passed: ["wal-off", "zone-awareness"],
            }),
        },
      },
      workspace: { screen: "health", site: CLUSTER_SITE.id, health: { tab: "audit", instance: null } },
    });
    await told(console, board);
    const group = await screen.findByRole("region", { name: "Critical" });
    expect(group.textContent).toContain("Fewer than three copies of what is written");
    expect(group.textContent).toContain("With 1, losing one ingester");
    expect(group.querySelector("[data-kind='added']")?.textContent).toContain("+replication_factor: 3");
    expect(screen.getByText("2 rules found nothing")).toBeTruthy();
    expect(screen.getByText(/1 rule says nothing for it/)).toBeTruthy();
    act(() => console.client.emit("health.watch", board));
    expect(console.client.calls.filter(({ path }) => path === "health.auditConfig")).toHaveLength(1);
  });
});
