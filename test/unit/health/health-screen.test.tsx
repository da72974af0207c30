import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { aBoard, aComponent, aLargeBoard, anInstance, slowPut } from "../../builders/health-boards.ts";
import { healthAnswers, openHealth, told, withSizes } from "../../builders/health-screen.tsx";
import { DIRECT_SITE, wireError } from "../../builders/site-examples.ts";

withSizes();

function rowOf(name: string): HTMLElement {
  const row = screen.getByRole("rowheader", { name: new RegExp(name) }).closest("tr");
  if (row === null) throw new Error(`no row of ${name}`);
  return row;
}

describe("the states of the Health screen", () => {
  it("asks for a site where none is chosen", async () => {
    openHealth(aBoard(), { workspace: { screen: "health", site: null } });
    expect(await screen.findByText("No site is chosen")).toBeTruthy();
  });

  it("says that the first round is under way, and nothing of health before it has ended", async () => {
    const board = aBoard({ state: "starting", roundAtMs: null, components: [], instances: [], verdict: "unknown" });
    const console = openHealth(board);
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
    const console = openHealth(board);
    await told(console, board);
    expect(screen.getByRole("alert").textContent).toContain("Nothing of Loki at prod can be asked");
  });

  it("explains to a site that is a URL what is missing", async () => {
    const board = aBoard({ site: DIRECT_SITE.id, state: "failed", roundAtMs: null, error: null, components: [] });
    const console = openHealth(board, {
      answers: healthAnswers(board),
      workspace: { screen: "health", site: DIRECT_SITE.id },
    });
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
    const console = openHealth(board);
    await told(console, board);
    expect(screen.getByText(/could not be listed anew/)).toBeTruthy();
    expect(screen.getByText(/The ring could not be read/)).toBeTruthy();
    expect(screen.getByText(/5 of 6 answered/)).toBeTruthy();
    await userEvent.setup().click(screen.getByRole("button", { name: "1 Forbidden" }));
    expect(screen.getByText("1 of 6 instances")).toBeTruthy();
  });

  it("keeps the last board when the watch breaks off, and says so", async () => {
    const board = aBoard();
    const console = openHealth(board, {
      answers: {
        ...healthAnswers(board),
        health: {
          ...healthAnswers(board).health,
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
    const console = openHealth(board);
    await told(console, board);
    const row = rowOf("^ingester");
    expect(row.textContent).toContain("Gray");
    expect(row.querySelector("[data-tone='gray-failure']")).not.toBeNull();
    expect(row.textContent).toContain("loki-ingester-1: Its puts into the object store take 2.1s, its mates' 110ms");
    expect(rowOf("querier").querySelector("[data-tone='good']")).not.toBeNull();
  });

  it("opens by itself where somebody is gray, and shows all ingesters figure by figure", async () => {
    const board = aBoard();
    const console = openHealth(board);
    await told(console, board);
    const grid = await screen.findByRole("grid", { name: "Instances of ingester" });
    await waitFor(() => expect(within(grid).getAllByRole("row")[1]?.textContent).toContain("loki-ingester-1"));
    await waitFor(() => expect(grid.querySelector("[data-blamed]")?.textContent).toBe("2.1s"));
    expect(screen.queryByRole("grid", { name: "Instances of querier" })).toBeNull();
  });

  it("tells of a component as a whole when it is opened, with the metric and since when", async () => {
    const late = slowPut({ kind: "compaction-late", metric: "last_run", own: 7_200, params: { limitSeconds: 1_800 } });
    const board = aBoard({
      components: [aComponent("querier", { verdict: "degraded", evidence: [late], instances: 2 })],
    });
    await told(openHealth(board), board);
    await userEvent.setup().click(screen.getByRole("button", { name: "querier" }));
    const whole = screen.getByRole("list", { name: "Evidence of querier as a whole" });
    expect(whole.textContent).toMatch(/2h ago; 30m is usual at most.*last_run/);
  });

  it("says of a common cause that nobody in particular is to blame", async () => {
    const board = aBoard({
      causes: [
        { kind: "tenant-storm", tenant: "team‮a", metric: "loki_discarded_samples_total", value: 412, before: 0 },
      ],
    });
    const console = openHealth(board);
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
    const console = openHealth(calm);
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
    const console = openHealth(board);
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
    const console = openHealth(board);
    await told(console, board);
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox", { name: "Instance, zone, node, version …" }), "nosuch");
    await user.click(screen.getByRole("button", { name: "Show all" }));
    expect(rowOf("querier")).toBeTruthy();
  });
});

describe("the parts of the screen", () => {
  it("are tabs that the arrows walk, and the address follows", async () => {
    const board = aBoard();
    const console = openHealth(board);
    await told(console, board);
    const user = userEvent.setup();
    screen.getByRole("tab", { name: "Board" }).focus();
    await user.keyboard("{ArrowRight}");
    expect(console.workspace.getState().health.tab).toBe("changes");
    expect(screen.getByRole("tab", { name: "Changes" }).getAttribute("aria-selected")).toBe("true");
  });

  it("keep what one looked for on the board", async () => {
    const board = aBoard();
    const console = openHealth(board);
    await told(console, board);
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox", { name: "Instance, zone, node, version …" }), "zone-b");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    await user.click(screen.getByRole("tab", { name: "Board" }));
    expect(screen.getByText("1 of 5 instances")).toBeTruthy();
  });
});
