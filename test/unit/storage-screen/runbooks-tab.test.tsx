import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { RunbookRun } from "../../../src-shared/model/storage/recovery.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { readRunbooks } from "../../../src-main/core/storage/runbooks/runbook-book.ts";
import { RunbooksTab } from "../../../src-renderer/features/storage/runbooks/runbooks-tab.tsx";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { callsOf } from "../../builders/limits-screen.tsx";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";
import { A_STORE } from "../../builders/storage-plans.ts";

withSizes();

function run(steps: Readonly<Record<string, Partial<RunbookRun["steps"][number]>>> = {}): RunbookRun {
  const runbook = readRunbooks().find(({ id }) => id === "damaged-chunk");
  return {
    run: "run-1",
    runbook: "damaged-chunk",
    site: null,
    store: A_STORE.id,
    startedAtMs: 1_795_000_000_000,
    startedBy: "ben",
    endedAtMs: null,
    steps: (runbook?.steps ?? []).map(({ id }) => ({
      step: id,
      state: "open",
      by: null,
      atMs: null,
      note: "",
      found: null,
      ...steps[id],
    })),
  };
}

function open(recovery: NonNullable<FakeAnswers["recovery"]> = {}, options: ConsoleOptions = {}) {
  return renderInConsole(<RunbooksTab site={null} store={A_STORE} />, {
    ...options,
    answers: {
      recovery: {
        runbooks: () => Promise.resolve([...readRunbooks()]),
        runbookRuns: () => Promise.resolve([run()]),
        ...recovery,
      },
    },
  });
}

const opened = async () => {
  await userEvent
    .setup()
    .click(within(await screen.findByRole("grid", { name: "Runs" })).getByText("A chunk is damaged"));
  return within(await screen.findByRole("complementary"));
};

describe("runbooks", () => {
  it("are listed with why one would go through them, and a run of one begins about this store", async () => {
    const console = open({ startRunbook: () => Promise.resolve(run()) });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Start: A chunk is damaged" }));
    expect(callsOf(console, "recovery.startRunbook")).toEqual([
      { runbook: "damaged-chunk", site: A_STORE.config.site, store: A_STORE.id },
    ]);
    const drawer = within(await screen.findByRole("complementary"));
    drawer.getByText("Write down what fails");
  });

  it("keep what a person did with their words", async () => {
    const console = open({ markRunbookStep: () => Promise.resolve(run({ symptom: { state: "done" } })) });
    const drawer = await opened();
    const user = userEvent.setup();
    const [step] = drawer.getAllByRole("listitem");
    if (step === undefined) throw new Error("no steps");
    expect(step.getAttribute("aria-current")).toBe("step");
    await user.type(within(step).getByRole("textbox"), "globex, 14:05");
    await user.click(within(step).getByRole("button", { name: "Done" }));
    expect(callsOf(console, "recovery.markRunbookStep")).toEqual([
      { run: "run-1", step: "symptom", state: "done", note: "globex, 14:05" },
    ]);
  });

  it("look where the console can, and show what was found and by whom it was asked", async () => {
    const found = { key: "lease-held", params: { holder: "olga\u202e", until: "15:00" } };
    const lease = { state: "failed" as const, by: "ben", atMs: 1_795_000_060_000, found };
    const console = open({
      runbookRuns: () => Promise.resolve([run({ lease })]),
      checkRunbookStep: () => Promise.resolve(run({ lease })),
    });
    const drawer = await opened();
    const text = drawer.getByText(/has the lease until 15:00/);
    expect(text.textContent).not.toContain("\u202e");
    const step = text.closest("li");
    if (step === null) throw new Error("no step around it");
    await userEvent.setup().click(within(step).getByRole("button", { name: "Look again" }));
    expect(callsOf(console, "recovery.checkRunbookStep")).toEqual([{ run: "run-1", step: "lease" }]);
  });

  it("lead to the place where a step is done", async () => {
    const { workspace } = open();
    const drawer = await opened();
    await userEvent.setup().click(drawer.getAllByRole("button", { name: "Open Storage: Scans" })[0] ?? document.body);
    expect(workspace.getState()).toMatchObject({ screen: "storage", storage: { tab: "scans" } });
  });

  it("can be read and not gone through by who may not restore", async () => {
    open({}, { hello: { role: "viewer" } });
    const button = await screen.findByRole("button", { name: "Start: A chunk is damaged" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
  });

  it("tell when there are no runs, and when they cannot be read", async () => {
    open({ runbookRuns: () => Promise.resolve([]) });
    await screen.findByText("No runbook was gone through yet");
  });

  it("tell a failure", async () => {
    const error = new RemoteError(wireError("files.unreadable", { file: "runbooks.db", problem: "x" }));
    open({ runbookRuns: () => Promise.reject(error) });
    await screen.findByText("Runs cannot be read");
  });
});
