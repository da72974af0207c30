import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { withSizes } from "../../builders/health-screen.tsx";
import { aFinding, anOverview, aScan, manyFindings, pageOf, SCAN } from "../../builders/storage-examples.ts";
import { openStorage } from "../../builders/storage-screen.tsx";

withSizes();

const table = () => screen.findByRole("grid", { name: "Findings" });
const many = manyFindings(2_300);
const ofMany = (input: Parameters<typeof pageOf>[1]) => Promise.resolve(pageOf(many, input));

describe("findings of a scan", () => {
  it("stand worst first with kind, tenant, key, times, size and what is lost", async () => {
    openStorage({ view: { tab: "findings" } });
    const row = (await within(await table()).findAllByRole("row"))[1];
    expect(row?.textContent).toMatch(/Damaged blocknewacmeacme\/9a1eec11201b6bdc/);
    expect(row?.textContent).toContain("2026-11-21 10:05:00 – 10:10:00");
    expect(row?.textContent).toContain("4.7 KiB");
    expect(row?.textContent).toContain("300");
  });

  it("say unknown for what nobody can say, never zero", async () => {
    const unknown = aFinding({ tenant: null, fromMs: null, throughMs: null, entriesLost: null });
    openStorage({
      view: { tab: "findings" },
      storage: { findings: (input) => Promise.resolve(pageOf([unknown], input)) },
    });
    const row = (await within(await table()).findAllByRole("row"))[1];
    expect(row?.textContent.match(/unknown/g)).toHaveLength(3);
  });

  it("are counted by kind, and narrowed by a press on one", async () => {
    const { inputs } = openStorage({ view: { tab: "findings" }, storage: { findings: ofMany } });
    const facets = await screen.findByRole("region", { name: "Kinds of findings" });
    const facet = await within(facets).findByRole("button", { name: /Missing chunk/ });
    expect(facet?.textContent).toContain("144");
    await userEvent.click(facet);
    await waitFor(() =>
      expect(inputs("storage.findings").at(-1)).toMatchObject({ filter: { kinds: ["missing-chunk"] } }),
    );
    expect(await screen.findByText("144 findings")).toBeTruthy();
    expect(facet.getAttribute("aria-pressed")).toBe("true");
  });

  it("are searched for, and cleared again where none fits", async () => {
    openStorage({ view: { tab: "findings" } });
    await table();
    await userEvent.type(screen.getByRole("textbox", { name: /Key, label or evidence/ }), "nowhere");
    expect(await screen.findByText("No finding fits")).toBeTruthy();
    await userEvent.click(screen.getAllByRole("button", { name: "Clear the filter" })[0] as HTMLElement);
    expect(await table()).toBeTruthy();
  });

  it("are chosen one by one or all, those that are gone excepted", async () => {
    openStorage({ view: { tab: "findings" }, storage: { findings: ofMany } });
    const boxes = within(await table()).getAllByRole("checkbox");
    await userEvent.click(boxes[1] as HTMLElement);
    expect(screen.getByText(/2,300 findings · 1 chosen/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Choose all 2,300" }));
    const there = many.filter(({ state }) => state !== "vanished").length;
    expect(await screen.findByText(new RegExp(`${there.toLocaleString("en")} chosen`))).toBeTruthy();
  }, 20_000);

  it("cannot be set aside where there is no object, and say so", async () => {
    const missing = aFinding({ kind: "missing-chunk" });
    openStorage({
      view: { tab: "findings" },
      storage: { findings: (input) => Promise.resolve(pageOf([missing], input)) },
    });
    await userEvent.click(within(await table()).getAllByRole("checkbox")[1] as HTMLElement);
    expect(screen.getByRole("button", { name: "Set aside…" }).getAttribute("aria-disabled")).toBe("true");
    expect(screen.getByRole("button", { name: "Restore…" }).getAttribute("aria-disabled")).toBeNull();
  });

  it("are written into a file, whose path is told", async () => {
    const exportFindings = vi.fn(() => Promise.resolve({ file: "/home/olga/exports/findings-2.csv", findings: 1 }));
    openStorage({ view: { tab: "findings" }, storage: { exportFindings } });
    await userEvent.click(await screen.findByRole("button", { name: "Export" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "CSV" }));
    expect(await screen.findByText("findings-2.csv")).toBeTruthy();
    expect(exportFindings).toHaveBeenCalledWith({ scan: SCAN, filter: {}, format: "csv" });
  });

  it("say of an empty list whether that means that all is well", async () => {
    const none = { counts: { critical: 0, warning: 0, info: 0 }, kinds: {} };
    const part = aScan({ ...none, gaps: [{ key: "of-tomorrow", params: {} }] });
    openStorage({
      view: { tab: "findings" },
      storage: {
        overview: () => Promise.resolve(anOverview({ last: part })),
        scans: () => Promise.resolve([part]),
        findings: (input) => Promise.resolve(pageOf([], input)),
      },
    });
    expect(await screen.findByText(/Nothing is wrong in what was looked at. Not everything was/)).toBeTruthy();
    expect(screen.getByText(/could not be done in full \(of-tomorrow\)/)).toBeTruthy();
  });
});

describe("a finding", () => {
  const id = aFinding().id;

  it("says what it is, what Loki does about it, what to do, and what shows it", async () => {
    openStorage({ view: { tab: "findings", finding: id } });
    const drawer = await screen.findByRole("complementary", { name: /Damaged block/ });
    expect(within(drawer).getByText(/answer 200 with status “success”, without a warning/)).toBeTruthy();
    expect(within(drawer).getByText(/Restore it from an older version or from the DR copy/)).toBeTruthy();
    expect(within(drawer).getByText("A block does not check")).toBeTruthy();
    expect(within(drawer).getByText(/byte 808 \(0x328\)/)).toBeTruthy();
  });

  it("is found by its address, though it stands far down the list", async () => {
    const last = many.at(-1);
    if (last === undefined) throw new Error("no findings");
    openStorage({ view: { tab: "findings", finding: last.id }, storage: { findings: ofMany } });
    const drawer = await screen.findByRole("complementary");
    expect(await within(drawer).findByText(last.finding.key)).toBeTruthy();
  });

  it("is told as gone where the scan has none of that name", async () => {
    openStorage({ view: { tab: "findings", finding: "0123" } });
    expect(await screen.findByText("The scan has no such finding")).toBeTruthy();
  });

  it("shows hidden characters of labels, and leads to the stream's lines around it", async () => {
    const { workspace } = openStorage({ view: { tab: "findings", finding: id } });
    const drawer = await screen.findByRole("complementary");
    expect(await within(drawer).findByText(/\{app="payments", pod="a\\"b\\u202ec"\}/)).toBeTruthy();
    await userEvent.click(within(drawer).getByRole("button", { name: "Ask Loki for these lines in Explore" }));
    expect(workspace.getState()).toMatchObject({ screen: "explore", site: "lab", tenant: "acme" });
    expect(workspace.getState().query).toContain('app="payments"');
  });

  it("is looked into down to the byte, only when a person says so", async () => {
    const { inputs } = openStorage({ view: { tab: "findings", finding: id } });
    const drawer = await screen.findByRole("complementary");
    const look = await within(drawer).findByRole("button", { name: "Look into the object" });
    expect(inputs("storage.inspect")).toEqual([]);
    await userEvent.click(look);
    expect(await within(drawer).findByText("2 blocks, 1 bad")).toBeTruthy();
    expect(within(drawer).getByText("65").tagName).toBe("MARK");
    expect(within(drawer).getByText(/payment ⟦ESC⟧\[31mrefused⟦ESC⟧\[0m <img src=x onerror=alert\(1\)>/)).toBeTruthy();
    expect(drawer.querySelector("img")).toBeNull();
  });

  it("closes by Escape", async () => {
    const { workspace } = openStorage({ view: { tab: "findings", finding: id } });
    const drawer = await screen.findByRole("complementary");
    await userEvent.type(drawer, "{Escape}");
    expect(workspace.getState().storage.finding).toBeNull();
  });
});
