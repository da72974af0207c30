import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import {
  LimitChangesContext,
  type LimitChanges,
} from "../../../src-renderer/features/tenants/changes/limit-changes-context.ts";
import { UsageTab } from "../../../src-renderer/features/tenants/usage/usage-tab.tsx";
import { likelyRange } from "../../../src-renderer/features/tenants/usage/use-open-in-explore.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema, siteIdSchema } from "../../../src-shared/model/ids.ts";
import { jobSchema } from "../../../src-shared/model/job.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { LAB_SITE, wireError } from "../../builders/site-examples.ts";
import { ledgerState, queryCost, usageAnswers, usageReport, usageRow } from "../../builders/usage-answers.ts";

withSizes();

/** What changes of limits were begun, in order. */
function changesInto(begun: unknown[]): LimitChanges {
  return {
    open: (draft) => begun.push(draft),
    edit: (edit) => begun.push(edit),
    follow: () => undefined,
  };
}

function open(usage: FakeAnswers["usage"] = {}, options: ConsoleOptions = {}) {
  const begun: unknown[] = [];
  const tab = (
    <LimitChangesContext value={changesInto(begun)}>
      <UsageTab site={siteIdSchema.parse("lab")} />
    </LimitChangesContext>
  );
  const opened = renderInConsole(tab, {
    workspace: { screen: "tenants", site: "lab" },
    ...options,
    answers: {
      usage: usageAnswers(usage),
      sites: { list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }) },
      ...options.answers,
    },
  });
  return {
    ...opened,
    begun,
    inputs: (path: string) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

const table = () => screen.findByRole("grid", { name: /Usage by/ });
const names = (grid: HTMLElement): (string | null)[] =>
  within(grid)
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("gridcell")[0]?.textContent ?? null);

describe("what queries cost", () => {
  it("is told by tenant for a week, dearest first, and says so where nothing told the name", async () => {
    const { inputs } = open();
    const grid = await table();
    expect(names(grid)).toEqual(["payments", "cards", "Tenant not told"]);
    expect(within(grid).getByText("70%")).toBeDefined();
    const [asked] = inputs("usage.report");
    expect(asked).toMatchObject({ by: "tenant", range: { tenants: null } });
    const { fromDay, toDay } = (asked as { range: { fromDay: string; toDay: string } }).range;
    expect(Date.parse(toDay) - Date.parse(fromDay)).toBe(6 * 86_400_000);
  });

  it("is sorted anew by a press on a column, and turned round by a second one", async () => {
    const user = userEvent.setup();
    open();
    const grid = await table();
    await user.click(within(grid).getByRole("button", { name: "Sort by Queries" }));
    expect(names(grid)[0]).toBe("cards");
    await user.click(within(grid).getByRole("button", { name: /^Queries, sorted largest first/ }));
    expect(names(grid)[2]).toBe("cards");
  });

  it("asks about typed days only when both are days and in order", async () => {
    const user = userEvent.setup();
    const { inputs } = open();
    await table();
    await user.click(screen.getByRole("radio", { name: "Custom" }));
    const from = screen.getByRole("textbox", { name: "First day" });
    const to = screen.getByRole("textbox", { name: "Last day" });
    await user.clear(from);
    await user.type(from, "2026-11-3");
    expect(screen.getByText("A day is written 2026-11-20.")).toBeDefined();
    await user.type(from, "0");
    await user.clear(to);
    await user.type(to, "2026-11-01");
    expect(screen.getByText("The last day lies before the first.")).toBeDefined();
    await user.clear(from);
    await user.type(from, "2026-10-01");
    await waitFor(() =>
      expect(inputs("usage.report").at(-1)).toMatchObject({ range: { fromDay: "2026-10-01", toDay: "2026-11-01" } }),
    );
    expect(JSON.stringify(inputs("usage.report"))).not.toContain("2026-11-30");
  });

  it("shows every day of a range as a bar, also one without queries", async () => {
    const user = userEvent.setup();
    open();
    await table();
    await user.click(screen.getByRole("radio", { name: "Day" }));
    const chart = await screen.findByRole("figure", { name: "Bytes a day" });
    const bars = within(chart).getAllByRole("button");
    expect(bars).toHaveLength(7);
    expect(within(chart).getByRole("button", { name: "2026-11-19: no queries" })).toHaveProperty("disabled", true);
    await user.click(within(chart).getByRole("button", { name: /^2026-11-20: 60 GiB/ }));
    await screen.findByRole("complementary", { name: "2026-11-20" });
  });

  it("has prices where they are set, and says where to set them where they are not", async () => {
    const user = userEvent.setup();
    const { workspace, unmount } = open();
    await table();
    expect(screen.queryByText("Price")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Set prices" }));
    expect(workspace.getState().screen).toBe("settings");
    unmount();
    open({ report: () => Promise.resolve(usageReport([usageRow("payments", 1_000)], { price: 5 })) });
    expect(within(await table()).getByText("5.37 EUR")).toBeDefined();
    expect(screen.getByText(/5 EUR per TB/)).toBeDefined();
  });

  it("says that a report was cut, and that its totals are not", async () => {
    const rows = Array.from({ length: 1_000 }, (_, place) => usageRow(`t-${place}`, 1));
    open({ report: () => Promise.resolve(usageReport(rows)) });
    expect(await screen.findByText(/Only the 1,000 dearest rows are listed/)).toBeDefined();
    expect(within(await table()).getAllByRole("row").length).toBeLessThan(120);
  });

  it("is empty with a way to know more, and failed with its reason", async () => {
    const user = userEvent.setup();
    const { inputs, unmount } = open({ report: () => Promise.resolve(usageReport([])) });
    await screen.findByText("No queries are known of these days");
    const [collect] = screen.getAllByRole("button", { name: "Collect now" });
    if (collect !== undefined) await user.click(collect);
    await screen.findByText("300 lines read, 12 queries new");
    expect(inputs("usage.collect")).toEqual([{ site: "lab" }]);
    unmount();
    open({ report: () => Promise.reject(new RemoteError(wireError("internal"))) });
    await screen.findByText("The report could not be made");
  });
});

describe("the dearest queries behind a row", () => {
  it("are asked for when it is opened, and written as text whatever they hold", async () => {
    const user = userEvent.setup();
    const { inputs, container } = open();
    const grid = await table();
    expect(inputs("usage.costliest")).toEqual([]);
    await user.click(within(grid).getByText("cards"));
    const drawer = await screen.findByRole("complementary", { name: "cards" });
    await within(drawer).findByText('{app="<img src=x>"}⟦U+202E⟧');
    expect(container.querySelector("img")).toBeNull();
    expect(within(drawer).getByText("failed with 500")).toBeDefined();
    expect(inputs("usage.costliest")).toEqual([
      { range: expect.objectContaining({ tenants: ["cards"] }) as unknown, limit: 200 },
    ]);
  });

  it("are asked for only where one stays: arrows pass over rows unseen", async () => {
    const user = userEvent.setup();
    const { inputs } = open();
    const grid = await table();
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    const drawer = await screen.findByRole("complementary", { name: "cards" });
    await within(drawer).findAllByRole("article");
    expect(document.activeElement).toBe(grid);
    expect(inputs("usage.costliest")).toHaveLength(1);
  });

  it("are told once where the same text ran often, with what all runs read", async () => {
    const user = userEvent.setup();
    const again = (id: string, gib: number) => queryCost({ id, bytes: gib * 2 ** 30 });
    open({ costliest: () => Promise.resolve([again("a", 8), again("b", 7), queryCost({ id: "c", query: "{}" })]) });
    await user.click(within(await table()).getByText("payments"));
    const drawer = await screen.findByRole("complementary", { name: "payments" });
    expect(await within(drawer).findByText("2 runs here, 15 GiB in all")).toBeDefined();
    expect(within(drawer).getAllByRole("article")).toHaveLength(2);
  });

  it("open in Explore with site, tenant and range, and are not run again", async () => {
    const user = userEvent.setup();
    const { workspace } = open();
    await user.click(within(await table()).getByText("payments"));
    const drawer = await screen.findByRole("complementary", { name: "payments" });
    await user.click(await within(drawer).findByRole("button", { name: "Open in Explore" }));
    const endMs = Date.parse("2026-11-20T10:00:00Z");
    expect(workspace.getState()).toMatchObject({
      screen: "explore",
      site: "lab",
      tenant: "payments",
      query: '{app="ledger"} |= "timeout"',
      runs: 0,
      range: { kind: "absolute", startNs: `${endMs - 3_600_000}000000`, endNs: `${endMs}000000` },
    });
  });
});

describe("the range a query most likely had", () => {
  const at = (atMs: number, rangeMs: number): unknown => likelyRange({ atMs, rangeMs });

  it("ends when the query did, in whole seconds outwards; an instant one looks back an hour", () => {
    expect(at(10_000_500, 2_000_000)).toEqual({ kind: "absolute", startNs: "8000000000000", endNs: "10001000000000" });
    expect(at(10_000_000, 0)).toEqual({ kind: "absolute", startNs: "6400000000000", endNs: "10000000000000" });
    expect(at(5_000, 60_000)).toEqual({ kind: "absolute", startNs: "0", endNs: "5000000000" });
    expect(at(1_000_000, 0)).toEqual({ kind: "absolute", startNs: "0", endNs: "1000000000000" });
  });
});

describe("blocking a query", () => {
  function limitsWith(value: string | null): NonNullable<FakeAnswers["tenants"]> {
    return {
      limits: ({ site, tenant }) =>
        Promise.resolve({
          site: siteIdSchema.parse(site),
          tenant,
          atMs: 1,
          version: null,
          limits: [
            {
              key: "blocked_queries",
              area: "query",
              type: "list",
              unit: "none",
              value,
              number: null,
              unlimited: false,
              source: "override",
              builtIn: "[]",
              configured: null,
              disagrees: null,
              choices: null,
              perTenant: true,
              deprecated: false,
              gauge: null,
              discardReason: null,
              expiry: null,
            },
          ],
          sources: [],
          disagreements: [],
        }),
    };
  }
  const blockFirst = async (): Promise<void> => {
    const user = userEvent.setup();
    await user.click(within(await table()).getByText("payments"));
    const drawer = await screen.findByRole("complementary", { name: "payments" });
    await user.click(await within(drawer).findByRole("button", { name: "Block this query" }));
  };

  it("begins a change that keeps what is blocked already, by its hash and for a while", async () => {
    const { begun } = open({}, { answers: { tenants: limitsWith('[{"pattern":".*"}]') } });
    await blockFirst();
    await waitFor(() => expect(begun).toHaveLength(1));
    expect(begun).toEqual([
      {
        kind: "edits",
        preset: "block-query",
        expiresAfterMinutes: 480,
        edits: [
          {
            tenant: "payments",
            key: "blocked_queries",
            value: '[{"pattern":".*"},{"hash":3735928559}]',
          },
        ],
      },
    ]);
  });

  it("begins nothing where what is blocked cannot be read, and says so", async () => {
    const { begun } = open({}, { answers: { tenants: limitsWith("{{") } });
    await blockFirst();
    await screen.findByText(/This change cannot be applied/);
    expect(begun).toEqual([]);
  });

  it("is for the site that is looked at", async () => {
    open({}, { workspace: { screen: "tenants", site: "prod" } });
    const user = userEvent.setup();
    await user.click(within(await table()).getByText("payments"));
    const drawer = await screen.findByRole("complementary", { name: "payments" });
    const block = await within(drawer).findByRole("button", { name: "Block this query" });
    expect(block.getAttribute("aria-disabled")).toBe("true");
  });
});

describe("what to fix", () => {
  it("tells what would make each shape cheaper and what that saves", async () => {
    const user = userEvent.setup();
    open();
    await table();
    await user.click(screen.getByRole("radio", { name: "To fix" }));
    const card = await screen.findByRole("article", { name: "Place 1" });
    expect(within(card).getByText(/Little narrows \{app="ledger"\}/)).toBeDefined();
    expect(within(card).getByText("saves 40 GiB (50%)")).toBeDefined();
    expect(within(card).getByText("payments, cards, ledger and 2 more")).toBeDefined();
    expect(within(card).getByText("Source not told")).toBeDefined();
  });
});

describe("the ledger", () => {
  it("says where it is and how far each site was read", async () => {
    open();
    await screen.findByText("/home/olga/.config/kubemate-console/ledger.db");
    expect(screen.getByText(/12,345 queries · 2026-11-01 – 2026-11-20/)).toBeDefined();
    const sites = screen.getByRole("contentinfo", { name: "Frontends' lines" });
    expect(sites.textContent).toContain("from the pods · 1,204 lines");
  });

  it("that is away, was damaged and lost costs says all three", async () => {
    open({
      ledger: () =>
        Promise.resolve(
          ledgerState({
            kind: "postgres",
            where: "db.example:5432/ledger",
            state: "unreachable",
            error: wireError("tenants.ledger-unreachable", { ledger: "db.example:5432/ledger", problem: "refused" }),
            setAside: wireError("tenants.ledger-damaged", { file: "a.db", keptAs: "a.db.1", problem: "malformed" }),
            costs: null,
            waiting: 3,
            dropped: 2,
            collected: [],
          }),
        ),
    });
    await screen.findByText("Ledger not reachable");
    expect(screen.getByText(/cannot be reached: refused.*3 wait on disk/)).toBeDefined();
    expect(screen.getByText(/was damaged \(malformed\)/)).toBeDefined();
    expect(screen.getByText(/2 queries were dropped/)).toBeDefined();
    expect(screen.getByText(/not read yet/)).toBeDefined();
  });
});

describe("a ledger that has not been opened", () => {
  it("is not called open", async () => {
    open({ ledger: () => Promise.resolve(ledgerState({ where: "", costs: null, firstDay: null, lastDay: null })) });
    await screen.findByText("Ledger not opened");
    expect(screen.queryByText("Ledger open")).toBeNull();
  });

  it("because its setting names none is called failed, with the reason", async () => {
    const error = wireError("settings.invalid", { key: "tenants.ledger", problem: "postgres://user@host:5432/db" });
    open({ ledger: () => Promise.resolve(ledgerState({ where: "", state: "failed", costs: null, error })) });
    await screen.findByText("Ledger failed");
    expect(screen.getByText(/postgres:\/\/user@host/)).toBeDefined();
  });
});

describe("the export", () => {
  const job = jobSchema.parse({
    id: "j-1",
    kind: "usage-export",
    title: { key: "jobs.usage", params: {} },
    state: "succeeded",
    principal: "olga",
    createdAtMs: 1,
    startedAtMs: 1,
    endedAtMs: 2,
    attempts: 1,
    progress: null,
    output: { file: "/home/olga/exports/costs.parquet", costs: 12, bytes: 4_096 },
    canPause: false,
  });

  it("runs as a job and says where its file is", async () => {
    const user = userEvent.setup();
    const { inputs } = open(
      { exportCosts: () => Promise.resolve({ job: jobIdSchema.parse("j-1") }) },
      { answers: { jobs: { list: () => Promise.resolve([job]) } } },
    );
    await table();
    await user.click(screen.getByRole("button", { name: "Export" }));
    await user.click(await screen.findByRole("menuitem", { name: "Parquet" }));
    expect((await screen.findByText("costs.parquet")).title).toBe("/home/olga/exports/costs.parquet");
    expect(inputs("usage.exportCosts")).toEqual([
      { range: expect.objectContaining({ tenants: null }) as unknown, format: "parquet" },
    ]);
  });

  it("is not for a viewer, who is told why", async () => {
    open({}, { hello: { role: "viewer" } });
    await table();
    expect(screen.getByRole("button", { name: "Export" }).getAttribute("aria-disabled")).toBe("true");
  });
});
