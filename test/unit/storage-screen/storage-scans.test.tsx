import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { wireError } from "../../builders/site-examples.ts";
import { anOverview, aScan, MINIO_STATE, NO_HEALTH, SCAN, SITE_STORE } from "../../builders/storage-examples.ts";
import { openStorage } from "../../builders/storage-screen.tsx";

withSizes();

describe("scans of a store", () => {
  it("are listed with what has come, gone and stayed since the one before", async () => {
    openStorage({ view: { tab: "scans" } });
    const row = within(await screen.findByRole("grid", { name: "Scans" })).getAllByRole("row")[1];
    expect(row?.textContent).toContain("Damaged");
    expect(row?.textContent).toContain("+3 new · −1 gone · 1 stayed");
  });

  it("lead to the findings of an earlier one, which is told as that", async () => {
    const earlier = aScan({ scan: jobIdSchema.parse("scan-1") });
    const { workspace, inputs } = openStorage({
      view: { tab: "scans" },
      storage: { scans: () => Promise.resolve([aScan(), earlier]) },
    });
    await userEvent.click(
      within(await screen.findByRole("grid", { name: "Scans" })).getAllByRole("row")[2] as HTMLElement,
    );
    const drawer = await screen.findByRole("complementary");
    await userEvent.click(within(drawer).getByRole("button", { name: "Findings" }));
    expect(workspace.getState().storage).toMatchObject({ tab: "findings", scan: "scan-1" });
    await waitFor(() => expect(inputs("storage.findings").at(-1)).toMatchObject({ scan: "scan-1" }));
    expect(screen.getByText("An earlier scan", { exact: false })).toBeTruthy();
  });

  it("begin with what will be read, and by what that is known", async () => {
    const { inputs } = openStorage({ storage: { scan: () => Promise.resolve({ job: SCAN }) } });
    await userEvent.click(await screen.findByRole("button", { name: "Scan" }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText(/By the last scan this reads about/)).toBeTruthy();
    await userEvent.click(within(dialog).getByRole("radio", { name: "deep" }));
    await userEvent.click(within(dialog).getByRole("button", { name: "Begin the scan" }));
    await waitFor(() => expect(inputs("storage.scan")).toHaveLength(1));
    expect(inputs("storage.scan")[0]).toMatchObject({
      store: SITE_STORE.id,
      mode: "deep",
      scope: { tenants: null, fromMs: null, samplePercent: 100 },
      incremental: true,
    });
  });

  it("are not begun twice, and say why", async () => {
    const current = aScan({ state: "running", endedAtMs: null });
    openStorage({ storage: { overview: () => Promise.resolve(anOverview({ current })) } });
    await userEvent.click(await screen.findByRole("button", { name: "Scan" }));
    const begin = await within(await screen.findByRole("dialog")).findByRole("button", { name: "Begin the scan" });
    await waitFor(() => expect(begin.getAttribute("aria-disabled")).toBe("true"));
  });

  it("are offered where there was none", async () => {
    openStorage({ view: { tab: "scans" }, storage: { scans: () => Promise.resolve([]) } });
    expect(await screen.findByText("Never scanned")).toBeTruthy();
  });
});

describe("the bucket and its servers", () => {
  it("tell rules, room, probes, drives and settings, and what is unknown as unknown", async () => {
    openStorage({ view: { tab: "bucket" } });
    const probes = await screen.findByRole("region", { name: "Servers" });
    expect(within(probes).getByText("figures of 1 of 2 nodes")).toBeTruthy();
    expect(within(probes).getByText("3 online, 1 offline")).toBeTruthy();
    expect(
      within(screen.getByRole("region", { name: "Drives" })).getByText(/14 of 16 online · 2 offline/),
    ).toBeTruthy();
    const settings = within(screen.getByRole("region", { name: "Settings of the bucket" }));
    expect(settings.getByText("2 rules")).toBeTruthy();
    expect(settings.getByText("unknown")).toBeTruthy();
    const room = within(screen.getByRole("region", { name: "Room" }));
    expect(room.getByText(/94% used · 6 TiB free of 100 TiB/)).toBeTruthy();
    expect(room.getByRole("img", { name: /Free bytes/ })).toBeTruthy();
    expect(
      within(screen.getByRole("region", { name: "What endangers the data" })).getByText("expire-all"),
    ).toBeTruthy();
  });

  it("never say that all is well where nothing is known", async () => {
    const problem = wireError("storage.forbidden", { store: "s3://chunks", action: "read the lifecycle" });
    openStorage({
      view: { tab: "bucket" },
      storage: {
        bucketState: () => Promise.resolve({ ...NO_HEALTH, problems: [{ what: "settings", error: problem }] }),
      },
    });
    expect(await screen.findByText(/Nothing was found; some rules could not be asked/)).toBeTruthy();
    expect(screen.getByText(/read the lifecycle/)).toBeTruthy();
    expect(screen.getByText(/When it is full is not known/)).toBeTruthy();
    expect(screen.getByText("The settings are not known")).toBeTruthy();
    expect(MINIO_STATE.health).not.toBeNull();
  });

  it("say why they cannot be read", async () => {
    const refused = new RemoteError(wireError("storage.unreachable", { store: "s3://chunks", problem: "ENOTFOUND" }));
    openStorage({ view: { tab: "bucket" }, storage: { bucketState: () => Promise.reject(refused) } });
    expect(await screen.findByText("The state of the bucket could not be read")).toBeTruthy();
  });
});
