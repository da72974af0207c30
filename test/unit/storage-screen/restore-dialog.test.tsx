import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { RestorePlan } from "../../../src-shared/model/storage/restore.ts";
import { RestoreDialog } from "../../../src-renderer/features/storage/restore/restore-dialog.tsx";
import { RestoreTab } from "../../../src-renderer/features/storage/restore/restore-tab.tsx";
import { withSizes } from "../../builders/health-screen.tsx";
import { callsOf } from "../../builders/limits-screen.tsx";
import { renderInConsole, type RenderedConsole } from "../../builders/render-console.tsx";
import { A_STORE, aRestorePlan, aRestoreReport, aStorageJob, SOME_STORES } from "../../builders/storage-plans.ts";

withSizes();

const dialog = () => within(screen.getByRole("dialog"));
const button = (name: string) => dialog().getByRole("button", { name });

function open(purpose: "restore" | "drill" = "restore", report = aRestoreReport()): RenderedConsole {
  return renderInConsole(
    <RestoreDialog onClose={() => undefined} purpose={purpose} store={A_STORE} stores={SOME_STORES} />,
    {
      answers: {
        recovery: { applyRestore: () => Promise.resolve({ job: jobIdSchema.parse("job-1") }) },
        jobs: { get: () => Promise.resolve(aStorageJob("storage-restore", report)) },
      },
    },
  );
}

function tellPlan(console: RenderedConsole, plan: RestorePlan): void {
  act(() => console.client.emit("recovery.planRestore", { kind: "plan", plan }));
}

describe("a restore", () => {
  it("asks where from, tells how far the planning is, and shows what would be written and what stays lost", async () => {
    const console = open();
    const user = userEvent.setup();
    await user.click(button("Plan the restore"));
    expect(callsOf(console, "recovery.planRestore")).toEqual([
      {
        store: "chunks",
        source: { kind: "store", store: "dr" },
        scope: { tenants: null, fromMs: null, throughMs: null },
        findings: null,
        verify: "fast",
        into: null,
        bytesPerSecond: null,
      },
    ]);
    act(() =>
      console.client.emit("recovery.planRestore", { kind: "progress", phase: "verifying", done: 500, total: 2_000 }),
    );
    dialog().getByText("500 of 2,000");
    tellPlan(console, aRestorePlan());
    await dialog().findByRole("heading", { name: "Can be applied" });
    dialog().getByRole("heading", { name: "Stays lost: 2 minutes of these streams" });
    dialog().getByText('{app="payments"}', { selector: "table[aria-label='Streams that stay lost'] code" });
    await user.type(dialog().getByRole("textbox", { name: "Type chunks to confirm" }), "chunks");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "chunks deleted by mistake");
    await user.click(button("Restore"));
    expect(callsOf(console, "recovery.applyRestore")).toEqual([
      { plan: "plan-2", reason: "chunks deleted by mistake" },
    ]);
    await dialog().findByText("Done and verified");
    dialog().getByText("StatefulSet/loki/loki-compactor runs again with 1 replica.");
  });

  it("as of a time asks for one that is over, and says so beside the field", async () => {
    const console = open();
    const user = userEvent.setup();
    await user.click(dialog().getByRole("combobox", { name: "Restore from" }));
    await user.click(await screen.findByRole("option", { name: "Versions of its objects, as of a time" }));
    const asOf = dialog().getByRole("textbox", { name: /As of/ });
    await user.clear(asOf);
    await user.type(asOf, "now+1h");
    await user.click(button("Plan the restore"));
    dialog().getByText("This is in the future.");
    expect(callsOf(console, "recovery.planRestore")).toEqual([]);
    await user.clear(asOf);
    await user.type(asOf, "2026-11-20T10:00:00Z");
    await user.click(button("Plan the restore"));
    expect(callsOf(console, "recovery.planRestore")).toMatchObject([
      { source: { kind: "versions", asOfMs: Date.UTC(2026, 10, 20, 10) } },
    ]);
  });

  it("that has nothing to bring back cannot be applied", async () => {
    const console = open();
    const user = userEvent.setup();
    await user.click(button("Plan the restore"));
    const { counts } = aRestorePlan();
    tellPlan(console, aRestorePlan({ counts: { ...counts, restorable: 0, missing: 0, damaged: 0 }, items: [] }));
    await dialog().findByText("There is nothing to restore.");
  });

  it("goes back from the plan to what was typed, and plans again from the start", async () => {
    const console = open();
    const user = userEvent.setup();
    await user.type(dialog().getByRole("textbox", { name: "Tenants" }), "cards, treasury");
    await user.click(button("Plan the restore"));
    tellPlan(console, aRestorePlan());
    await user.click(await dialog().findByRole("button", { name: "Plan again" }));
    expect(callsOf(console, "recovery.planRestore")).toHaveLength(2);
    await user.click(button("Change it"));
    expect(dialog().getByRole<HTMLInputElement>("textbox", { name: "Tenants" }).value).toBe("cards, treasury");
    expect(callsOf(console, "recovery.planRestore")).toMatchObject([
      { scope: { tenants: ["cards", "treasury"] } },
      { scope: { tenants: ["cards", "treasury"] } },
    ]);
  });

  it("is rehearsed into the scratch bucket", async () => {
    const console = open("drill");
    const user = userEvent.setup();
    dialog().getByRole("combobox", { name: "Scratch bucket" });
    await user.click(button("Plan the restore"));
    expect(callsOf(console, "recovery.planRestore")).toMatchObject([{ into: "scratch" }]);
    tellPlan(console, aRestorePlan({ purpose: "drill" }));
    await dialog().findByRole("button", { name: "Run the drill" });
  });

  it("tells the objects that failed while it goes on", async () => {
    const report = aRestoreReport({
      done: false,
      failed: [{ key: "cards/1/2:3:4", problem: "storage.not-verified" }],
      failedCount: 1,
    });
    const console = open("restore", report);
    const user = userEvent.setup();
    await user.click(button("Plan the restore"));
    tellPlan(console, aRestorePlan());
    await user.type(await dialog().findByRole("textbox", { name: "Type chunks to confirm" }), "chunks");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "x");
    await user.click(button("Restore"));
    within(await dialog().findByRole("list", { name: "Not restored" })).getByText("cards/1/2:3:4");
  });
});

describe("restores", () => {
  it("are listed with what came of them, and opened as they went", async () => {
    renderInConsole(<RestoreTab store={A_STORE} stores={SOME_STORES} />, {
      answers: {
        recovery: {
          restores: () =>
            Promise.resolve([
              {
                job: jobIdSchema.parse("job-1"),
                atMs: Date.UTC(2026, 10, 22),
                principal: "ada",
                state: "succeeded",
                report: aRestoreReport(),
              },
            ]),
        },
        jobs: { get: () => Promise.resolve(aStorageJob("storage-restore", aRestoreReport())) },
      },
    });
    const user = userEvent.setup();
    await user.click(await screen.findByText("Done and verified"));
    await dialog().findByText("StatefulSet/loki/loki-compactor runs again with 1 replica.");
  });
});
