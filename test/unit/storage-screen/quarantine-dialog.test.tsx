import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { QuarantineDialog } from "../../../src-renderer/features/storage/quarantine/quarantine-dialog.tsx";
import { QuarantineTab } from "../../../src-renderer/features/storage/quarantine/quarantine-tab.tsx";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { callsOf } from "../../builders/limits-screen.tsx";
import { renderInConsole, type RenderedConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";
import {
  A_CHUNK_KEY,
  A_STORE,
  aBatch,
  aCanary,
  aQuarantineItem,
  aQuarantinePlan,
  aQuarantineReport,
  aStorageJob,
} from "../../builders/storage-plans.ts";

withSizes();

const dialog = () => within(screen.getByRole("dialog"));
const button = (name: string) => dialog().getByRole("button", { name });

function open(recovery: NonNullable<FakeAnswers["recovery"]> = {}, report = aQuarantineReport()): RenderedConsole {
  return renderInConsole(
    <QuarantineDialog
      onClose={() => undefined}
      request={{ kind: "set-aside", store: A_STORE.id, scan: "scan-1", findings: ["f1"] }}
      store={A_STORE}
    />,
    {
      answers: {
        recovery: {
          planQuarantine: () => Promise.resolve(aQuarantinePlan()),
          applyQuarantine: () => Promise.resolve({ job: jobIdSchema.parse("job-1") }),
          ...recovery,
        },
        jobs: { get: () => Promise.resolve(aStorageJob("storage-quarantine", report)) },
      },
    },
  );
}

describe("setting objects aside", () => {
  it("shows each object with what is left of its lines, and is applied when store and reason are typed", async () => {
    const console = open();
    const user = userEvent.setup();
    await dialog().findByRole("heading", { name: "Can be applied" });
    within(dialog().getByRole("table", { name: "Objects" })).getByText(A_CHUNK_KEY);
    dialog().getByText("an older version");
    await user.click(button("Set aside"));
    await user.type(dialog().getByRole("textbox", { name: "Type chunks to confirm" }), "chunks");
    await user.click(button("Set aside"));
    expect(callsOf(console, "recovery.applyQuarantine")).toEqual([]);
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "bad block");
    await user.click(button("Set aside"));
    expect(callsOf(console, "recovery.applyQuarantine")).toEqual([{ plan: "plan-1", reason: "bad block" }]);
    await dialog().findByText("Done and verified");
    const canaries = within(dialog().getByRole("table", { name: "Queries that prove it" }));
    canaries.getByText("works");
    canaries.getByText("1,200", { selector: "td:last-child" });
  });

  it("warns of an only copy and asks to go on in spite of it", async () => {
    open({
      planQuarantine: () =>
        Promise.resolve(
          aQuarantinePlan({
            items: [aQuarantineItem({ remains: "none" })],
            problems: [{ code: "only-copy", weight: "doubts", params: { objects: 1, minutes: 60 } }],
          }),
        ),
    });
    await dialog().findByRole("heading", { name: "Can be applied, with warnings" });
    dialog().getByText("nothing else");
    button("Apply in spite of warnings");
  });

  it("is stopped by a preflight check that failed, and offers nothing to type", async () => {
    open({
      planQuarantine: () =>
        Promise.resolve(
          aQuarantinePlan({ preflight: [{ check: "permissions", state: "failed", reason: null, params: {} }] }),
        ),
    });
    await dialog().findByRole("heading", { name: "Cannot be applied" });
    expect(dialog().queryByRole("textbox")).toBeNull();
  });

  it("tells why it was not applied, and plans again", async () => {
    const error = new RemoteError(wireError("storage.plan-outdated", { store: "s3://chunks", key: A_CHUNK_KEY }));
    const console = open({ applyQuarantine: () => Promise.reject(error) });
    const user = userEvent.setup();
    await dialog().findByRole("heading", { name: "Can be applied" });
    await user.type(dialog().getByRole("textbox", { name: "Type chunks to confirm" }), "chunks");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "bad block");
    await user.click(button("Set aside"));
    await dialog().findByText(/has changed since the plan was made/);
    const [again] = dialog().getAllByRole("button", { name: "Plan again" });
    if (again === undefined) throw new Error("no way to plan again");
    await user.click(again);
    expect(callsOf(console, "recovery.planQuarantine")).toHaveLength(2);
  });

  it("tells what was left where it was", async () => {
    open(
      {},
      aQuarantineReport({
        removed: 0,
        left: [{ key: A_CHUNK_KEY, problem: "storage.changed" }],
        leftCount: 3,
        canaries: [aCanary({ state: "fails", after: 800 })],
        done: false,
      }),
    );
    const user = userEvent.setup();
    await dialog().findByRole("heading", { name: "Can be applied" });
    await user.type(dialog().getByRole("textbox", { name: "Type chunks to confirm" }), "chunks");
    await user.type(dialog().getByRole("textbox", { name: /Reason/ }), "bad block");
    await user.click(button("Set aside"));
    await dialog().findByText("Done, not verified");
    within(dialog().getByRole("list", { name: "Left where they were" })).getByText(A_CHUNK_KEY);
    dialog().getByText("and 2 more");
  });
});

describe("what is set aside", () => {
  const openTab = (recovery: NonNullable<FakeAnswers["recovery"]>) =>
    renderInConsole(<QuarantineTab store={A_STORE} />, { answers: { recovery } });

  it("is listed, and one batch is brought back by its button", async () => {
    const console = openTab({
      batches: () => Promise.resolve([aBatch(), aBatch({ batch: "b0", state: "undone" })]),
      planQuarantine: () => Promise.resolve(aQuarantinePlan()),
    });
    const user = userEvent.setup();
    const rows = await screen.findAllByRole("row");
    const first = rows.find((row) => within(row).queryByText("Set aside") !== null);
    if (first === undefined) throw new Error("no batch that is set aside");
    await user.click(within(first).getByRole("button", { name: "Bring back" }));
    await dialog().findByRole("heading", { name: "Can be applied" });
    expect(callsOf(console, "recovery.planQuarantine")).toEqual([{ kind: "undo", store: "chunks", batch: "b1" }]);
  });

  it("opens a batch with its objects", async () => {
    openTab({ batches: () => Promise.resolve([aBatch()]) });
    const user = userEvent.setup();
    await user.click(await screen.findByText("bad block"));
    within(await screen.findByRole("complementary")).getByText(A_CHUNK_KEY);
  });

  it("says what to do when there is nothing, and when it cannot be read", async () => {
    openTab({ batches: () => Promise.resolve([]) });
    await screen.findByText("Nothing is set aside");
    openTab({
      batches: () =>
        Promise.reject(new RemoteError(wireError("storage.forbidden", { store: "s3://x", action: "list" }))),
    });
    await screen.findByText("What is set aside could not be read");
  });
});
