import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { MemorySecretStore } from "../../../src-main/core/secrets/memory-secret-store.ts";
import { readableReport } from "../../../src-main/core/storage/drills/drills.service.ts";
import { signingKey, signReport } from "../../../src-main/core/storage/drills/report-signing.ts";
import { DrillsTab } from "../../../src-renderer/features/storage/drills/drills-tab.tsx";
import { drillReportOf } from "../../builders/drill-reports.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { callsOf } from "../../builders/limits-screen.tsx";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";
import { A_STORE } from "../../builders/storage-plans.ts";

withSizes();

const SCRATCH = { ...A_STORE, id: storeIdSchema.parse("scratch"), title: "s3://scratch" };
const HOSTILE = `<img src=x onerror=alert(1)>`;

async function open(recovery: NonNullable<FakeAnswers["recovery"]> = {}, options: ConsoleOptions = {}) {
  const key = await signingKey(new MemorySecretStore("a test", systemClock));
  const signed = signReport(drillReportOf(HOSTILE), key);
  return renderInConsole(<DrillsTab store={A_STORE} stores={[A_STORE, SCRATCH]} />, {
    ...options,
    answers: {
      recovery: {
        drills: () => Promise.resolve([signed.report.drill]),
        drillReport: ({ language }) => readableReport(signed, language),
        saveDrillReport: () => Promise.resolve({ files: ["/exports/drill-1.json", "/exports/drill-1.html"] }),
        ...recovery,
      },
    },
  });
}

describe("drills of a store", () => {
  it("are listed with what they came to; one opens its report as text, whatever others wrote into it", async () => {
    await open();
    const user = userEvent.setup();
    const table = within(await screen.findByRole("grid", { name: "Drills" }));
    await user.click(table.getByText("passed"));
    const report = within(await screen.findByRole("article"));
    report.getByText(`Restore drill of ${HOSTILE}`);
    report.getByText("What stays lost");
    report.getByText(/kubemate storage drill verify drill-drill-1\.json/);
    expect(screen.getByRole("article").querySelector("img, iframe, script, style")).toBeNull();
  });

  it("have their reports saved, and say where", async () => {
    const console = await open();
    const user = userEvent.setup();
    await user.click(within(await screen.findByRole("grid", { name: "Drills" })).getByText("passed"));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    await screen.findByText("/exports/drill-1.json");
    expect(callsOf(console, "recovery.saveDrillReport")).toEqual([{ drill: "drill-1", language: "en" }]);
  });

  it("have their reports in the window's language", async () => {
    await open({}, { locale: "zh-CN" });
    await userEvent.setup().click(within(await screen.findByRole("grid", { name: "演练" })).getByText("通过"));
    await screen.findByText(`${HOSTILE} 恢复演练`);
  });

  it("say what to do when there is none, and open the plan of one", async () => {
    await open({ drills: () => Promise.resolve([]) });
    await screen.findByText("No drill yet");
    await userEvent.setup().click(screen.getByRole("button", { name: "Plan a drill" }));
    await screen.findByRole("dialog", { name: "Restore drill" });
  });

  it("cannot be planned where there is nowhere to restore to", async () => {
    const alone = { ...A_STORE, config: { ...A_STORE.config, scratch: null } };
    renderInConsole(<DrillsTab store={alone} stores={[alone]} />, {
      answers: { recovery: { drills: () => Promise.resolve([]) } },
    });
    const button = await screen.findByRole("button", { name: "Plan a drill" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    screen.getByText(/Choose a scratch bucket for this store first/);
  });

  it("tell a failure with the way to try again", async () => {
    await open({
      drills: () => Promise.reject(new RemoteError(wireError("files.unreadable", { file: "drills.db", problem: "x" }))),
    });
    await screen.findByText("Drills cannot be read");
  });
});
