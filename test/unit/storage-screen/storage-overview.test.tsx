import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { wireError } from "../../builders/site-examples.ts";
import { anOverview, aScan, aScanJob, manyDays } from "../../builders/storage-examples.ts";
import { openStorage } from "../../builders/storage-screen.tsx";

withSizes();

const grid = () => screen.findByRole("grid", { name: /Tenants by day/ });

describe("a bucket on one page", () => {
  it("says first whether it is whole, by which scan, and how much that was", async () => {
    openStorage();
    const state = await screen.findByRole("region", { name: "State of the data" });
    expect(within(state).getByText("Lines are lost or cannot be found.")).toBeTruthy();
    expect(within(state).getByText("1,840")).toBeTruthy();
    expect(within(state).getByText(/fast · all tenants · all times/)).toBeTruthy();
  });

  it("never calls whole what was looked at in part", async () => {
    const counts = { critical: 0, warning: 0, info: 0 };
    const { request } = aScan();
    const sampled = { ...request, scope: { ...request.scope, samplePercent: 1 } };
    openStorage({
      storage: {
        overview: () => Promise.resolve(anOverview({ last: aScan({ counts, kinds: {}, request: sampled }) })),
      },
    });
    expect(await screen.findByText(/Nothing wrong in what was looked at. That was not everything/)).toBeTruthy();
    expect(screen.getByText(/of the rest nothing is known/)).toBeTruthy();
    expect(screen.queryByText(/Whole: every object/)).toBeNull();
  });

  it("leads from a kind to its findings", async () => {
    const { workspace, inputs } = openStorage();
    await userEvent.click(await screen.findByRole("button", { name: /Damaged block/ }));
    expect(workspace.getState().storage.tab).toBe("findings");
    await waitFor(() =>
      expect(inputs("storage.findings").at(-1)).toMatchObject({ filter: { kinds: ["bitflip-block"] } }),
    );
  });

  it("tells a cell's exact values by the arrow keys, and opens its findings by Enter", async () => {
    const { workspace, inputs } = openStorage();
    const map = await grid();
    // Rows by what is wrong: acme is damaged. Days 20 to 22.
    fireEvent.keyDown(map, { key: "Home" });
    const active = document.getElementById(map.getAttribute("aria-activedescendant") ?? "");
    expect(active?.getAttribute("aria-label")).toMatch(
      /^acme · 2026-11-20 · Critical · 120 chunks · .*503,316,480.*1 damaged · 2 missing/,
    );
    fireEvent.keyDown(map, { key: "Enter" });
    expect(workspace.getState().storage.tab).toBe("findings");
    await waitFor(() =>
      expect(inputs("storage.findings").at(-1)).toMatchObject({ filter: { tenant: "acme", day: "2026-11-20" } }),
    );
  });

  it("draws only what is in sight of 500 tenants and 90 days", async () => {
    const days = [...manyDays(500, 90)];
    openStorage({ storage: { overview: () => Promise.resolve(anOverview({ days })) } });
    const map = await grid();
    expect(map.getAttribute("aria-rowcount")).toBe("501");
    expect(map.getAttribute("aria-colcount")).toBe("91");
    expect(within(map).getAllByRole("rowheader").length).toBeLessThan(60);
    fireEvent.keyDown(map, { key: "End" });
    fireEvent.keyDown(map, { key: "ArrowLeft" });
    expect(map.getAttribute("aria-activedescendant")).toMatch(/-0-88$/);
  }, 20_000);

  it("says that older days are left out", async () => {
    openStorage({ storage: { overview: () => Promise.resolve(anOverview({ daysLeftOut: 1_234 })) } });
    expect(await screen.findByText("1,234 older days of tenants are not shown.")).toBeTruthy();
  });

  it("shows a scan that goes on, and holds it back", async () => {
    const current = aScan({ state: "running", endedAtMs: null, counts: { critical: 0, warning: 1, info: 0 } });
    const pause = vi.fn(() => Promise.resolve(aScanJob({ state: "paused" })));
    openStorage({
      storage: { overview: () => Promise.resolve(anOverview({ current })) },
      answers: { jobs: { get: () => Promise.resolve(aScanJob()), pause } },
    });
    const running = await screen.findByRole("region", { name: "A scan is running" });
    expect(await within(running).findByText(/33%/)).toBeTruthy();
    await userEvent.click(within(running).getByRole("button", { name: /^Pause/ }));
    expect(pause).toHaveBeenCalledWith({ job: current.scan });
  });

  it("says what to do where nothing was scanned yet", async () => {
    openStorage({ storage: { overview: () => Promise.resolve(anOverview({ last: null, days: [], growth: [] })) } });
    expect(await screen.findByText("Never scanned")).toBeTruthy();
    expect(screen.getByText(/proves its checksum/)).toBeTruthy();
  });

  it("says why it cannot be read, and asks again", async () => {
    const refused = new RemoteError(
      wireError("storage.unreachable", { store: "s3://chunks", problem: "ECONNREFUSED" }),
    );
    const overview = vi.fn(() => Promise.resolve(anOverview())).mockRejectedValueOnce(refused);
    openStorage({ storage: { overview } });
    expect(await screen.findByText("The overview could not be read")).toBeTruthy();
    expect(screen.getByText(/ECONNREFUSED/)).toBeTruthy();
  });

  it("speaks Chinese", async () => {
    openStorage({ locale: "zh-CN" });
    expect(await screen.findByText("有日志行已丢失或无法找到。")).toBeTruthy();
    expect(screen.getByRole("tab", { name: "隔离区" })).toBeTruthy();
  });
});
