import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExploreScreen } from "../../../src-renderer/features/explore/explore-screen.tsx";
import type { Locale } from "../../../src-shared/i18n/catalogue.ts";
import { FakeResultSet, fakeLogs, type FakeLogs } from "../../builders/fake-logs-client.ts";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { LAB_SITE } from "../../builders/site-examples.ts";
import { syntheticLogs } from "../../builders/synthetic-logs.ts";

const service = syntheticLogs({ newestNs: 1_763_633_647_123_456_789n, stepNs: 1_000n });
const hostile = syntheticLogs({ newestNs: 1_763_633_647_123_456_789n, stepNs: 1_000n, kind: "hostile" });

function logsOf(source = service, rows = 500): FakeLogs {
  let made = 0;
  return fakeLogs((how, input) => {
    made += 1;
    if (how === "context") return new FakeResultSet(`context-${made}`, source, 21);
    if (how === "filter") return new FakeResultSet(`filter-${made}`, source, 7);
    expect(input).toBeDefined();
    const set = new FakeResultSet(`${how}-${made}`, source, rows);
    if (how === "tail") set.change({ phase: "tailing", direction: "forward", rowsPerSecond: 120 });
    return set;
  });
}

const stored = [{ id: "q1", query: '{app="ledger"}', site: "lab", tenant: "acme", usedAtMs: 1, uses: 1 }];

function open(logs: FakeLogs, options: ConsoleOptions & { readonly locale?: Locale } = {}) {
  const opened = renderInConsole(<ExploreScreen />, {
    ...options,
    answers: {
      logs: logs.client,
      sites: { list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }) },
      settings: { list: () => Promise.resolve({ settings: [], file: "settings.json" }) },
      queries: { list: ({ kind }) => Promise.resolve(kind === "recent" ? stored : []) },
    },
    workspace: { site: "lab", tenant: "acme", ...options.workspace },
  });
  return {
    ...opened,
    logs,
    inputs: (path: string) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

const asked = { query: '{app="payments"} |= "timeout"', runs: 1 };
const rows = () => screen.findByRole("grid", { name: "Log lines" });
const bar = () => screen.findByRole("toolbar", { name: "The result" });

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1_000);
  // What jsdom lays out nothing for: the editor measures its text, the gutter draws.
  Range.prototype.getClientRects = () => document.createElement("div").getClientRects();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(() => vi.restoreAllMocks());

describe("Explore before the first query", () => {
  it("offers queries over values that this tenant has, and runs the one that is picked", async () => {
    const user = userEvent.setup();
    const { workspace, inputs } = open(logsOf());
    await user.click(await screen.findByText("all its lines"));
    expect(workspace.getState()).toMatchObject({ query: '{app="cards"}', runs: 1 });
    await rows();
    expect(inputs("logs.open")).toEqual([
      expect.objectContaining({ query: '{app="cards"}', direction: "backward", limit: 100_000 }),
    ]);
  });

  it("says what to choose where there is no tenant, and asks for nothing", async () => {
    const { client } = open(logsOf(), { workspace: { tenant: null } });
    await screen.findByText("No tenant is chosen");
    expect(client.calls.filter(({ path }) => path.startsWith("logs."))).toEqual([]);
  });

  it("speaks Chinese", async () => {
    open(logsOf(), { locale: "zh-CN" });
    await screen.findByText("要查什么？");
  });
});

describe("rows", () => {
  it("are written as text whatever the line holds, with what is hidden made visible", async () => {
    open(logsOf(hostile, 60), { workspace: asked });
    const grid = await rows();
    await within(grid).findAllByText(/onerror=alert/);
    expect(grid.querySelector("img, script, a")).toBeNull();
    expect(grid.textContent).toContain("⟦U+202E⟧gnp.exe");
    expect(grid.textContent).toContain("first line⟦LF⟧second line");
    expect(grid.textContent).toContain("hidden words");
  });

  it("tell assistive technology how many there are and which one is active", async () => {
    const user = userEvent.setup();
    open(logsOf(), { workspace: asked });
    const grid = await rows();
    await waitFor(() => expect(grid.querySelector("[data-kind=entry]")).not.toBeNull());
    expect(grid.getAttribute("aria-rowcount")).toBe("501");
    await user.click(grid);
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    await waitFor(() => {
      const active = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
      expect(active?.getAttribute("aria-rowindex")).toBe("4");
    });
  });

  it("exist as a few elements however many rows there are", async () => {
    open(logsOf(service, 20_000_000), { workspace: asked });
    const grid = await rows();
    await waitFor(() => expect(grid.querySelector("[data-kind=entry]")).not.toBeNull());
    act(() => grid.focus());
    await userEvent.keyboard("{End}");
    await waitFor(() => expect(grid.querySelector('[data-row="19999999"][data-kind=entry]')).not.toBeNull());
    expect(grid.querySelectorAll("[data-row]").length).toBeLessThanOrEqual(120);
  });

  it("that could not be read say so above those that could, and can be asked for again", async () => {
    const logs = logsOf();
    logs.failures.set("window", { code: "rpc.disconnected", params: {}, category: "unreachable", retryable: true });
    open(logs, { workspace: asked });
    await screen.findByText(/cannot be read right now/);
    logs.failures.clear();
    await userEvent.click(screen.getByRole("button", { name: "Connect again" }));
    await waitFor(() => expect(screen.queryByText(/cannot be read right now/)).toBeNull());
  });
});

describe("a dear query", () => {
  const dear = { query: '{app=~".+"}', runs: 1 };

  it("is not run before somebody says so", async () => {
    const user = userEvent.setup();
    const { inputs } = open(logsOf(), { workspace: dear });
    await screen.findByText("This query is dear");
    expect(inputs("logs.open")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Run anyway" }));
    await rows();
    expect(inputs("logs.open")).toHaveLength(1);
  });

  it("is narrowed by a press on what the core suggests", async () => {
    const user = userEvent.setup();
    const { workspace } = open(logsOf(), { workspace: dear });
    await user.click(await screen.findByRole("button", { name: 'app="payments"' }));
    expect(workspace.getState().query).toBe('{app=~".+", app="payments"}');
  });

  it("runs when the cost cannot be known: the tenant's limits hold all the same", async () => {
    const logs = logsOf();
    logs.failures.set("estimate", {
      code: "loki.timed-out",
      params: { seconds: 3 },
      category: "timeout",
      retryable: true,
    });
    const { inputs } = open(logs, { workspace: dear });
    await rows();
    expect(inputs("logs.open")).toHaveLength(1);
  });
});

describe("a result", () => {
  it("that fails shows why, and the rows of before stay", async () => {
    const { workspace, logs } = open(logsOf(), { workspace: asked });
    await rows();
    logs.failures.set("open", {
      code: "loki.query-invalid",
      params: { text: "parse error at line 1, col 9: unexpected", line: 1, column: 9 },
      category: "invalid-input",
      retryable: false,
    });
    act(() => workspace.getState().run('{app="x"} oops'));
    await screen.findByText(/unexpected/);
    await rows();
    expect((await bar()).textContent).toContain("500 rows");
  });

  it("without a line says what to try", async () => {
    open(logsOf(service, 0), { workspace: asked });
    await screen.findByText("No line matches");
    screen.getByText(/the right tenant/);
  });

  it("that is not whole says so, with the reasons and the way to the rest", async () => {
    const user = userEvent.setup();
    const { logs, inputs } = open(logsOf(), { workspace: asked });
    await rows();
    const [set] = logs.sets.values();
    act(() =>
      set?.change({
        completeness: {
          verdict: "incomplete",
          reasons: [
            { kind: "limit-reached", limit: 500 },
            { kind: "lines-missing", unit: "chunks", promised: 412, read: 409, startNs: "1", endNs: "2" },
          ],
        },
      }),
    );
    await user.click(await screen.findByRole("button", { name: "Completeness: incomplete" }));
    await screen.findByText(/should be 412 chunks/);
    await user.click(screen.getByRole("button", { name: "Read everything" }));
    await waitFor(() => expect(inputs("logs.open")).toHaveLength(2));
    expect(inputs("logs.open")[1]).toMatchObject({ limit: null });
  });

  it("is closed in the core when another takes its place, when the tenant changes, and with the screen", async () => {
    const { workspace, logs, unmount } = open(logsOf(), { workspace: asked });
    await rows();
    act(() => workspace.getState().run('{app="ledger"}'));
    await waitFor(() => expect([...logs.sets.keys()].filter((id) => id.startsWith("open"))).toHaveLength(1));
    act(() => workspace.getState().chooseTenant("other"));
    await waitFor(() => expect(logs.sets.size).toBe(0));
    expect(screen.queryByRole("grid")).toBeNull();
    act(() => workspace.getState().run());
    await rows();
    unmount();
    await waitFor(() => expect(logs.sets.size).toBe(0));
  });

  it("of numbers is told as a metric", async () => {
    const logs = logsOf();
    const { metric } = logs.client;
    const answer: typeof metric = async (...asking) => ({ ...(await metric(...asking)), resultType: "vector" });
    open(
      { ...logs, client: { ...logs.client, metric: answer } },
      {
        workspace: { query: 'sum(rate({app="x"}[1m])) by (app)', runs: 1 },
      },
    );
    await screen.findByText("metric query");
    await screen.findByText('{app="ledger"}');
  });
});

describe("narrowing", () => {
  it("a press on a facet's value writes a matcher and runs", async () => {
    const user = userEvent.setup();
    const { workspace } = open(logsOf(), { workspace: asked });
    const facets = await screen.findByRole("region", { name: "Labels and fields" });
    await user.click(await within(facets).findByText("payments-7c9f00-x0k"));
    expect(workspace.getState()).toMatchObject({
      query: '{app="payments", pod="payments-7c9f00-x0k"} |= "timeout"',
      runs: 2,
    });
  });

  it("a field of the open line is filtered out where it belongs", async () => {
    const user = userEvent.setup();
    const { workspace } = open(logsOf(), { workspace: asked });
    const grid = await rows();
    await waitFor(() => expect(grid.querySelector("[data-kind=entry]")).not.toBeNull());
    const row = grid.querySelector('[data-row="2"]');
    if (row === null) throw new Error("no third row");
    await user.dblClick(row);
    const metadata = await screen.findByRole("region", { name: "Structured metadata" });
    await user.click(within(metadata).getByRole("button", { name: "Without this detected_level" }));
    expect(workspace.getState().query).toMatch(/\|= "timeout" \| detected_level!="\w+"$/);
  });

  it("a pattern keeps only its rows, and the way back is there", async () => {
    const user = userEvent.setup();
    const { inputs } = open(logsOf(), { workspace: asked });
    await rows();
    await user.click(screen.getByRole("button", { name: "Find in result" }));
    await user.type(screen.getByRole("textbox", { name: "Find in the rows read" }), "timeout");
    await screen.findByText(/^[\d,]+ matches$/);
    await user.click(screen.getByRole("button", { name: "Keep only these" }));
    await waitFor(async () => expect((await bar()).textContent).toContain("7 rows"));
    expect(inputs("logs.filter")).toEqual([
      { set: "open-1", match: { kind: "literal", pattern: "timeout", caseSensitive: false } },
    ]);
    await user.click(screen.getByRole("button", { name: "Show all rows" }));
    await waitFor(async () => expect((await bar()).textContent).toContain("500 rows"));
  });
});

describe("a tail", () => {
  it("stands still when paused, counts what is new, and never hides what was dropped", async () => {
    const user = userEvent.setup();
    const { logs, workspace } = open(logsOf(), { workspace: { ...asked, live: true } });
    const toolbar = await bar();
    expect(toolbar.textContent).toContain("live");
    await user.click(within(toolbar).getByRole("button", { name: "Pause" }));
    const [set] = logs.sets.values();
    act(() => set?.change({ rows: 1_704, dropped: 17, gaps: 1 }));
    await waitFor(() => expect(toolbar.textContent).toContain("1,204 new · jump to newest"));
    expect(toolbar.textContent).toContain("17 dropped");
    expect(toolbar.textContent).toContain("1 gap");
    await user.click(within(toolbar).getByText(/jump to newest/));
    const grid = await rows();
    await waitFor(() => expect(grid.querySelector('[data-row="1703"]')).not.toBeNull());
    act(() => workspace.getState().setLive(false));
    await waitFor(() => expect(logs.calls).toContain("stop"));
    expect(toolbar.textContent).toContain("1,704 rows");
  });
});

describe("a viewer", () => {
  it("reads, and is told why copying is not allowed", async () => {
    const user = userEvent.setup();
    const { inputs } = open(logsOf(), { workspace: asked, hello: { role: "viewer" } });
    await rows();
    await user.click(screen.getByRole("button", { name: "Copy rows" }));
    const entry = await screen.findByRole("menuitem", { name: /Copy as NDJSON/ });
    expect(entry.matches(":disabled, [data-disabled]")).toBe(true);
    expect(inputs("logs.copy")).toEqual([]);
  });
});
