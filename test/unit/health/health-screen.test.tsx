import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterAll, beforeAll, describe, expect, it, vi, type MockInstance } from "vitest";
import { HealthScreen } from "../../../src-renderer/features/health/health-screen.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { SiteHealth } from "../../../src-shared/model/health/site-health.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import {
  aBoard,
  aChange,
  aComponent,
  aLargeBoard,
  anInstance,
  matesOf,
  slowPut,
} from "../../builders/health-boards.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "../../builders/render-console.tsx";
import { CLUSTER_SITE, component, DIRECT_SITE, wireError } from "../../builders/site-examples.ts";

// jsdom lays nothing out: what draws only what is in sight would draw nothing.
let sizes: MockInstance[] = [];
beforeAll(() => {
  sizes = [
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400),
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1_200),
  ];
});
afterAll(() => {
  for (const size of sizes) size.mockRestore();
});

function answers(board: SiteHealth): FakeAnswers {
  return {
    sites: {
      list: () => Promise.resolve({ sites: [CLUSTER_SITE, DIRECT_SITE], problems: [] }),
      components: () => Promise.resolve({ components: [component("ingester", [true, true])], namespace: "loki" }),
    },
    health: {
      mates: ({ component: name }) => Promise.resolve(matesOf(board, name)),
      changes: () => Promise.resolve(board.changes),
      instance: ({ instance }) =>
        Promise.resolve({
          instance,
          figures: [
            {
              key: "flush-queue",
              unit: "count",
              value: 812,
              matesMedian: 4,
              metric: "loki_ingester_flush_queue_length",
            },
          ],
          services: [{ module: "ring", state: "Running" }],
          servicesError: null,
          build: { version: "3.7.6", revision: "abc1234", goVersion: "go1.26.1" },
          readyText: "",
        }),
      evidenceHistory: () => Promise.resolve({ metric: "m", unit: "seconds", own: [], mates: [] }),
      config: () =>
        Promise.resolve({ yaml: "auth_enabled: true\ningester:\n  wal:\n    dir: /var/loki/wal\n", cut: false }),
    },
  };
}

function open(board: SiteHealth, options: ConsoleOptions = {}): RenderedConsole {
  const console = renderInConsole(<HealthScreen />, {
    answers: answers(board),
    workspace: { screen: "health", site: CLUSTER_SITE.id },
    ...options,
  });
  return console;
}

async function told(console: RenderedConsole, board: SiteHealth): Promise<void> {
  await waitFor(() => expect(console.client.calls.map(({ path }) => path)).toContain("health.watch"));
  act(() => console.client.emit("health.watch", board));
}

function rowOf(name: string): HTMLElement {
  const row = screen.getByRole("rowheader", { name: new RegExp(name) }).closest("tr");
  if (row === null) throw new Error(`no row of ${name}`);
  return row;
}

describe("the states of the Health screen", () => {
  it("asks for a site where none is chosen", async () => {
    open(aBoard(), { workspace: { screen: "health", site: null } });
    expect(await screen.findByText("No site is chosen")).toBeTruthy();
  });

  it("says that the first round is under way, and nothing of health before it has ended", async () => {
    const board = aBoard({ state: "starting", roundAtMs: null, components: [], instances: [], verdict: "unknown" });
    const console = open(board);
    await told(console, board);
    expect(screen.getByText("The first round is under way")).toBeTruthy();
    expect(screen.queryByText("Healthy")).toBeNull();
  });

  it("says why a site cannot be watched, and begins anew when told to", async () => {
    const board = aBoard({
      state: "failed",
      roundAtMs: null,
      error: wireError("health.no-targets", { site: "prod" }),
      components: [],
    });
    const console = open(board);
    await told(console, board);
    expect(screen.getByRole("alert").textContent).toContain("Nothing of Loki at prod can be asked");
  });

  it("explains to a site that is a URL what is missing", async () => {
    const board = aBoard({ site: DIRECT_SITE.id, state: "failed", roundAtMs: null, error: null, components: [] });
    const console = open(board, { answers: answers(board), workspace: { screen: "health", site: DIRECT_SITE.id } });
    await told(console, board);
    expect(screen.getByText("This site cannot be watched by its URL alone")).toBeTruthy();
  });

  it("tells of what it could not see above what it saw: lists, rings, and who did not answer", async () => {
    const base = aBoard();
    const board = aBoard({
      listError: wireError("cluster.forbidden", { what: "pods" }),
      ringError: wireError("health.nobody-tells", { what: "ring" }),
      instances: [
        ...base.instances,
        anInstance("loki-ingester-9", { verdict: "unknown", outcome: "forbidden", doubts: ["forbidden"] }),
      ],
    });
    const console = open(board);
    await told(console, board);
    expect(screen.getByText(/could not be listed anew/)).toBeTruthy();
    expect(screen.getByText(/The ring could not be read/)).toBeTruthy();
    expect(screen.getByText(/5 of 6 answered/)).toBeTruthy();
    await userEvent.setup().click(screen.getByRole("button", { name: "1 Forbidden" }));
    expect(screen.getByText("1 of 6 instances")).toBeTruthy();
  });

  it("keeps the last board when the watch breaks off, and says so", async () => {
    const board = aBoard();
    const console = open(board, {
      answers: {
        ...answers(board),
        health: {
          ...answers(board).health,
          watch: (_input, observer) => {
            observer.onData(board);
            observer.onError(new RemoteError(wireError("rpc.disconnected", {})));
            return { unsubscribe: () => undefined };
          },
        },
      },
    });
    expect(await screen.findByText(/broke off/)).toBeTruthy();
    expect(rowOf("ingester")).toBeTruthy();
    expect(console.client.calls.filter(({ path }) => path === "health.watch")).toHaveLength(1);
  });
});

describe("the board", () => {
  it("names the instance, the figure and its mates on one line, with a shape and a word", async () => {
    const board = aBoard();
    const console = open(board);
    await told(console, board);
    const row = rowOf("^ingester");
    expect(row.textContent).toContain("Gray");
    expect(row.querySelector("[data-tone='gray-failure']")).not.toBeNull();
    expect(row.textContent).toContain("loki-ingester-1: Its puts into the object store take 2.1s, its mates' 110ms");
    expect(rowOf("querier").querySelector("[data-tone='good']")).not.toBeNull();
  });

  it("opens by itself where somebody is gray, and shows all ingesters figure by figure", async () => {
    const board = aBoard();
    const console = open(board);
    await told(console, board);
    const grid = await screen.findByRole("grid", { name: "Instances of ingester" });
    await waitFor(() => expect(within(grid).getAllByRole("row")[1]?.textContent).toContain("loki-ingester-1"));
    await waitFor(() => expect(grid.querySelector("[data-blamed]")?.textContent).toBe("2.1s"));
    expect(screen.queryByRole("grid", { name: "Instances of querier" })).toBeNull();
  });

  it("says of a common cause that nobody in particular is to blame", async () => {
    const board = aBoard({
      causes: [
        { kind: "tenant-storm", tenant: "team‮a", metric: "loki_discarded_samples_total", value: 412, before: 0 },
      ],
    });
    const console = open(board);
    await told(console, board);
    expect(screen.getByText("team⟦U+202E⟧a is refused for its rate")).toBeTruthy();
    expect(screen.getByText("Nobody in particular is to blame.")).toBeTruthy();
  });

  it("moves nothing under the pointer when a verdict changes, and offers to sort", async () => {
    const calm = aBoard({
      verdict: "healthy",
      components: [aComponent("distributor"), aComponent("ingester")],
      instances: [anInstance("loki-ingester-0")],
      changes: [],
    });
    const sick = aBoard({
      ...calm,
      verdict: "down",
      components: [aComponent("distributor"), aComponent("ingester", { verdict: "down" })],
    });
    const console = open(calm);
    await told(console, calm);
    const user = userEvent.setup();
    const names = () => screen.getAllByRole("rowheader").map(({ textContent }) => textContent);
    await user.hover(rowOf("distributor"));
    act(() => console.client.emit("health.watch", sick));
    expect(names()).toEqual(["Write path", "distributor", "ingester"]);
    expect(rowOf("ingester").textContent).toContain("Down");
    await user.click(screen.getByRole("button", { name: "Sort now" }));
    expect(names()).toEqual(["Write path", "ingester", "distributor"]);
  });

  it("stays readable with six hundred: few rows are drawn, the worst first, and a word finds one", async () => {
    const board = aLargeBoard();
    const console = open(board);
    await told(console, board);
    const grid = await screen.findByRole("grid", { name: "Instances of ingester" });
    expect(grid.getAttribute("aria-rowcount")).toBe("601");
    const rows = within(grid).getAllByRole("row");
    expect(rows.length).toBeLessThan(60);
    expect(rows[1]?.textContent).toContain("loki-ingester-9");
    expect(rows[2]?.textContent).toContain("loki-ingester-417");
    const user = userEvent.setup();
    await user.click(screen.getByRole("switch", { name: "Only what is not healthy" }));
    expect(screen.getByText("2 of 600 instances")).toBeTruthy();
    await user.type(screen.getByRole("textbox", { name: "Instance, zone, node, version …" }), "417");
    expect(screen.getByText("1 of 600 instances")).toBeTruthy();
  });

  it("says when the filter lets nobody through, and shows all again", async () => {
    const board = aBoard();
    const console = open(board);
    await told(console, board);
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox", { name: "Instance, zone, node, version …" }), "nosuch");
    await user.click(screen.getByRole("button", { name: "Show all" }));
    expect(rowOf("querier")).toBeTruthy();
  });
});

describe("the drawer of an instance", () => {
  async function openDrawer(options: ConsoleOptions = {}): Promise<RenderedConsole> {
    const board = aBoard();
    const console = open(board, {
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
    expect(text).toContain("beyond comparison with its mates");
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
    const console = open(board, {
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
    const console = open(board, {
      answers: {
        ...answers(board),
        health: {
          ...answers(board).health,
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

describe("the parts of the screen", () => {
  it("are tabs that the arrows walk, and the address follows", async () => {
    const board = aBoard();
    const console = open(board);
    await told(console, board);
    const user = userEvent.setup();
    screen.getByRole("tab", { name: "Board" }).focus();
    await user.keyboard("{ArrowRight}");
    expect(console.workspace.getState().health.tab).toBe("changes");
    expect(screen.getByRole("tab", { name: "Changes" }).getAttribute("aria-selected")).toBe("true");
  });

  it("keep what one looked for on the board", async () => {
    const board = aBoard();
    const console = open(board);
    await told(console, board);
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox", { name: "Instance, zone, node, version …" }), "zone-b");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    await user.click(screen.getByRole("tab", { name: "Board" }));
    expect(screen.getByText("1 of 5 instances")).toBeTruthy();
  });
});
