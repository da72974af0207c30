import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { withSizes } from "../../builders/health-screen.tsx";
import { aDiscard, anExpiry, aTenantRow, aTenantsBoard, BOARD_AT_MS } from "../../builders/limits-boards.ts";
import { callsOf, openLimits, tell } from "../../builders/limits-screen.tsx";
import { anExplanation } from "../../builders/limit-changes.ts";
import { wireError } from "../../builders/site-examples.ts";

withSizes();

const table = () => screen.getByRole("grid", { name: "Tenants, those nearest to a limit first" });
const shownTenants = () =>
  within(table())
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("gridcell")[0]?.textContent);

describe("the board of limits", () => {
  it("shows tenants nearest to their limits first, with use, share, and when they reach it", async () => {
    await openLimits(aTenantsBoard());
    expect(shownTenants()).toEqual(["payments", "cards", "batch"]);
    const rows = within(table()).getAllByRole("row");
    expect(rows[1]?.textContent).toContain("104%");
    expect(rows[1]?.textContent).toContain("at the limit");
    expect(rows[2]?.textContent).toContain("87%");
    expect(rows[2]?.textContent).toContain("3.5 MiB/s / 4 MiB/s");
    expect(rows[2]?.textContent).toContain("in 1h 18m");
  });

  it("moves no row under the pointer, updates what it says, and sorts when it is told to", async () => {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard());
    fireEvent.pointerEnter(table().parentElement ?? table());
    tell(
      console,
      aTenantsBoard({ tenants: [aTenantRow("batch", 1.2), aTenantRow("payments", 0.5), aTenantRow("cards", 0.4)] }),
    );
    expect(shownTenants()).toEqual(["payments", "cards", "batch"]);
    expect(within(table()).getAllByRole("row")[3]?.textContent).toContain("120%");
    await user.click(screen.getByRole("button", { name: "Sort now" }));
    expect(shownTenants()).toEqual(["batch", "payments", "cards"]);
  });

  it("sorts by itself as soon as nobody points at it", async () => {
    const console = await openLimits(aTenantsBoard());
    tell(console, aTenantsBoard({ tenants: [aTenantRow("batch", 1.2), aTenantRow("payments", 0.5)] }));
    expect(shownTenants()).toEqual(["batch", "payments"]);
  });

  it("says loudly which exceptions are overdue, and begins the change that takes them back", async () => {
    const user = userEvent.setup();
    await openLimits(
      aTenantsBoard({
        expiries: [
          anExpiry("payments", { overdue: true, expiresAtMs: BOARD_AT_MS - 60_000 }),
          anExpiry("cards", { overdue: true, key: "max_query_series", value: "5000", restores: null }),
          anExpiry("batch"),
        ],
      }),
    );
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("2 exceptions are OVERDUE");
    expect(alert.textContent).not.toContain("batch");
    await user.click(within(alert).getByRole("button", { name: "Take them back…" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByRole<HTMLInputElement>("textbox", { name: "New value 1" }).value).toBe("4");
    // The second goes back to no override at all.
    expect(within(dialog).getByRole<HTMLInputElement>("textbox", { name: "New value 2" }).placeholder).toBe(
      "taken out",
    );
  });

  it("says what was not read and what contradicts itself, beside figures that stand", async () => {
    const board = aTenantsBoard();
    await openLimits({
      ...board,
      sources: board.sources.map((source) =>
        source.source === "published" ? { ...source, state: "failed", error: wireError("internal") } : source,
      ),
      disagreements: [
        {
          kind: "held-differs",
          params: {
            tenant: "payments",
            key: "ingestion_rate_mb",
            held: "4",
            written: "8",
            instance: "loki-ingester-0",
          },
        },
      ],
    });
    screen.getByText(/^The published limits could not be read/);
    screen.getByText("loki-ingester-0 holds ingestion_rate_mb = 4 for payments; configuration and overrides give 8.");
    expect(shownTenants()).toHaveLength(3);
  });

  it("finds by tenant, limit and reason, and by what is the matter", async () => {
    const user = userEvent.setup();
    await openLimits(aTenantsBoard());
    const find = screen.getByRole("textbox", { name: "Find a tenant, limit or reason" });
    await user.type(find, "rate_limited");
    expect(shownTenants()).toEqual(["payments"]);
    await user.clear(find);
    await user.click(screen.getByRole("button", { name: /near a limit/ }));
    expect(shownTenants()).toEqual(["payments", "cards"]);
    await user.type(find, "nobody");
    screen.getByText("No tenant is like that");
    await user.click(screen.getByRole("button", { name: "Show all" }));
    expect(shownTenants()).toHaveLength(3);
  });

  it("draws a few of 2,000 tenants, and tells how many more there are", async () => {
    await openLimits(
      aTenantsBoard({
        tenants: Array.from({ length: 2_000 }, (_, at) => aTenantRow(`tenant-${at}`, 1 - at / 2_000)),
        more: 41,
      }),
    );
    expect(shownTenants().length).toBeLessThan(60);
    expect(table().getAttribute("aria-rowcount")).toBe("2001");
    screen.getByText("2,041 tenants");
    screen.getByText("41 more tenants are not listed.");
  });

  it("explains a refused rate that is pressed, by the metrics", async () => {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard(), {
      tenants: { explainDiscards: () => Promise.resolve(anExplanation({ curve: [] })) },
    });
    await user.click(within(table()).getByRole("button", { name: /212 lines\/s/ }));
    await screen.findByRole("heading", { name: "The tenant sends more bytes a second than its ingestion rate allows" });
    expect(callsOf(console, "tenants.explainDiscards")).toEqual([
      { site: "prod", tenant: "payments", reason: "rate_limited" },
    ]);
    expect(console.workspace.getState().tenants.tab).toBe("explain");
  });

  it("shows a tenant's name and a reason of others with what they hide", async () => {
    await openLimits(
      aTenantsBoard({
        tenants: [aTenantRow("pay\u202Ements", 0.5, { discards: [aDiscard("x", "<b>\u0007</b>", 3)] })],
      }),
    );
    expect(shownTenants()).toEqual(["pay⟦U+202E⟧ments"]);
    screen.getByText("<b>⟦BEL⟧</b>");
  });

  it("tells failed, starting and empty apart, each with what to do", async () => {
    const failed = await openLimits(aTenantsBoard({ state: "failed", tenants: [], error: wireError("internal") }));
    screen.getByText("Limits could not be read");
    failed.unmount();
    const starting = await openLimits(aTenantsBoard({ state: "starting", tenants: [] }));
    screen.getByText("Reading limits");
    starting.unmount();
    await openLimits(aTenantsBoard({ tenants: [] }));
    screen.getByText("No tenant is known");
  });

  it("lets a person who may only look change nothing, and says why", async () => {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard(), { hello: { readOnly: true } });
    await user.click(screen.getByRole("button", { name: "Change limits…" }));
    await user.click(screen.getByRole("button", { name: "Edit the file…" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(callsOf(console, "tenants.runtimeConfig")).toEqual([]);
  });

  it("opens a tenant beside the list and has it in the address", async () => {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard());
    await user.click(within(table()).getByText("cards"));
    expect(console.workspace.getState().tenants).toEqual({ tab: "limits", opened: "cards" });
    await waitFor(() => expect(callsOf(console, "tenants.limits")).toEqual([{ site: "prod", tenant: "cards" }]));
  });
});
