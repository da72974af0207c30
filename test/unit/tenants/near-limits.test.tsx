import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { NearLimitsPanel } from "../../../src-renderer/features/overview/near-limits-panel.tsx";
import type { LimitGauge, TenantRow, TenantsBoard } from "../../../src-shared/model/tenants/board.ts";
import { renderInConsole, type RenderedConsole } from "../../builders/render-console.tsx";
import { LAB_SITE, wireError } from "../../builders/site-examples.ts";

function gauge(part: Partial<LimitGauge>): LimitGauge {
  return {
    tenant: "payments",
    key: "ingestion_rate_mb",
    unit: "bytes-per-second",
    used: 3.9 * 2 ** 20,
    limit: 4 * 2 ** 20,
    unlimited: false,
    share: 0.97,
    trendPerHour: null,
    trendOverMs: 0,
    reachesLimitInMs: null,
    points: [],
    ...part,
  };
}

function row(tenant: string, part: Partial<TenantRow> = {}): TenantRow {
  const nearest = gauge({ tenant });
  return { tenant, nearest, gauges: [nearest], discards: [], overrides: 0, expiring: 0, overdue: 0, ...part };
}

function board(tenants: readonly TenantRow[], part: Partial<TenantsBoard> = {}): TenantsBoard {
  return {
    site: LAB_SITE.id,
    atMs: 1,
    state: "live",
    sources: [],
    tenants: [...tenants],
    more: 0,
    disagreements: [],
    expiries: [],
    place: null,
    ...part,
  };
}

async function told(next: TenantsBoard): Promise<RenderedConsole> {
  const opened = renderInConsole(<NearLimitsPanel site={LAB_SITE} />, {
    workspace: { screen: "overview", site: "lab" },
  });
  await waitFor(() => expect(opened.client.calls.map(({ path }) => path)).toContain("tenants.watch"));
  act(() => opened.client.emit("tenants.watch", next));
  return opened;
}

describe("the tenants nearest to a limit", () => {
  it("stand with the limit, how much of it is used, and what was refused", async () => {
    await told(
      board([
        row("payments", {
          nearest: gauge({ share: 1.31 }),
          discards: [
            { tenant: "payments", reason: "rate_limited", linesPerSecond: 120, bytesPerSecond: null, points: [] },
          ],
          overdue: 1,
        }),
        row("cards"),
        row("quiet", { nearest: null }),
      ]),
    );
    const items = screen.getAllByRole("listitem");
    expect(items).toHaveLength(2);
    expect(items[0]?.textContent).toContain("131%");
    expect(items[0]?.textContent).toContain("120/s lines refused");
    expect(items[0]?.textContent).toContain("1 value overdue");
    expect(within(items[1] ?? document.body).getByText("ingestion_rate_mb")).toBeDefined();
  });

  it("lead to their limits", async () => {
    const { workspace } = await told(board([row("cards")]));
    await userEvent.setup().click(screen.getByRole("button", { name: "cards" }));
    expect(workspace.getState()).toMatchObject({ screen: "tenants", tenants: { tab: "limits", opened: "cards" } });
  });

  it("are five at most, and none where no use is known", async () => {
    const { client } = await told(board(Array.from({ length: 9 }, (_, place) => row(`t-${place}`))));
    expect(screen.getAllByRole("listitem")).toHaveLength(5);
    act(() => client.emit("tenants.watch", board([row("quiet", { nearest: null })])));
    await screen.findByText("No tenant's use is known yet");
  });

  it("say why nothing is known of them", async () => {
    await told(
      board([], {
        state: "failed",
        error: wireError("tenants.runtime-config-missing", { site: "lab", problem: "none" }),
      }),
    );
    await screen.findByText("Their use is not known");
    expect(screen.getByText(/No ConfigMap of lab was found/)).toBeDefined();
  });
});
