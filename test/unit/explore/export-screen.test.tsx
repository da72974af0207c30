import { act, screen, waitFor, within } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import {
  EXPORT_QUERY,
  EXPORT_RANGE,
  handStream,
  layOutNothing,
  listedRows,
  openDialog,
  openExplore,
  openExport,
} from "../../builders/explore-exports.tsx";
import { wireError } from "../../builders/site-examples.ts";

beforeEach(layOutNothing);
afterEach(() => vi.restoreAllMocks());

describe("exporting a whole range", () => {
  it("says what will be exported and sends the range, not the screenful", async () => {
    const { user, inputs } = openExplore();
    const form = await openExport(user);
    form.getByText(EXPORT_QUERY);
    form.getByText("Lab · acme");
    await form.findByText(/^at most [\d,]+ lines/);
    await user.click(form.getByRole("checkbox", { name: /^Phone numbers/ }));
    await user.click(form.getByRole("button", { name: "Start the export" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(inputs("exports.start")).toEqual([
      {
        target: { kind: "loki", site: "lab", tenant: "acme" },
        query: EXPORT_QUERY,
        range: { startNs: EXPORT_RANGE.startNs, endNs: EXPORT_RANGE.endNs },
        destination: { kind: "folder", path: "acme-20251120-0914" },
        redact: ["phone"],
        linesPerSecond: null,
        parallel: 4,
      },
    ]);
  });

  it("opens by a key, from the palette's list, and closes by Escape", async () => {
    const { user, commands } = openExplore();
    await listedRows();
    await user.keyboard("e");
    const dialog = await openDialog();
    await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const offered = [...commands.getState().byOwner.values()].flat().map(({ id }) => id);
    expect(offered).toEqual(expect.arrayContaining(["explore.export", "explore.capsule.add", "explore.capsule.make"]));
  });

  it("warns that the screen was cut, that lines are missing, and what a relative range means", async () => {
    const { user, logs } = openExplore({ workspace: { range: { kind: "relative", lastSeconds: 900 } } });
    await listedRows();
    const [set] = logs.sets.values();
    act(() =>
      set?.change({
        completeness: {
          verdict: "incomplete",
          reasons: [
            { kind: "limit-reached", limit: 500 },
            { kind: "server-warning", text: "3 chunks could not be fetched" },
          ],
        },
      }),
    );
    const form = await openExport(user);
    form.getByText("The screen shows 500 rows, its limit; the export takes the whole range.");
    form.getByText(/states its own completeness/);
    form.getByText("Loki warns: 3 chunks could not be fetched");
    form.getByText(/The range was “last 15m”/);
  });

  it("shows a dear query's cost before it starts", async () => {
    const { user } = openExplore({ workspace: { query: '{app=~".+"}' } });
    await user.click(await screen.findByRole("button", { name: "Run anyway" }));
    const form = await openExport(user);
    await form.findByText(/leaves out next to nothing/);
    form.getByText(/more than the .* above which you want to be warned/);
  });

  it("does not start before its fields are right, and goes to the first that is not", async () => {
    const { user, inputs } = openExplore();
    const form = await openExport(user);
    await user.click(form.getByText("S3 bucket"));
    await user.click(form.getByRole("button", { name: "Start the export" }));
    await form.findByText("This is needed.");
    await waitFor(() => expect(document.activeElement).toBe(form.getByRole("textbox", { name: /^Bucket/ })));
    expect(inputs("exports.start")).toEqual([]);
  });

  it("keeps new credentials as a secret and sends its name alone", async () => {
    const { user, inputs } = openExplore();
    const form = await openExport(user);
    await user.click(form.getByText("S3 bucket"));
    await user.type(form.getByRole("textbox", { name: /^Bucket/ }), "evidence");
    await user.click(form.getByLabelText("Credentials", { selector: "input" }));
    await screen.findByRole("option", { name: "Kept secret s3.evidence" });
    expect(screen.queryByRole("option", { name: /site\.1/ })).toBeNull();
    await user.click(screen.getByRole("option", { name: "Enter new ones…" }));
    await user.type(form.getByLabelText(/^Access key id/), "AKIA");
    await user.type(form.getByLabelText(/^Secret access key/, { selector: "input" }), "hidden-value");
    await user.click(form.getByRole("button", { name: "Start the export" }));
    await waitFor(() => expect(inputs("exports.start")).toHaveLength(1));
    const [put] = inputs("secrets.put") as [{ ref: string; value: string }];
    expect(JSON.parse(put.value)).toEqual({ accessKeyId: "AKIA", secretAccessKey: "hidden-value" });
    expect(inputs("exports.start")[0]).toMatchObject({
      destination: { kind: "s3", place: { bucket: "evidence", credentials: put.ref } },
    });
    expect(JSON.stringify(inputs("exports.start"))).not.toContain("hidden-value");
  });

  it("shows why it could not be started, and stays open", async () => {
    const problem = new RemoteError(wireError("export.other-plan", { file: "/data/x", problem: "another query" }));
    const { user } = openExplore({ exports: { start: () => Promise.reject(problem) } });
    const form = await openExport(user);
    await user.click(form.getByRole("button", { name: "Start the export" }));
    await form.findByText(/\/data\/x holds another export/);
  });

  it("says of a metric query why there is nothing to export", async () => {
    const { user, inputs } = openExplore({ workspace: { query: 'sum(rate({app="x"}[1m]))' } });
    await screen.findByText("metric query");
    await user.click(screen.getByRole("button", { name: "Export…" }));
    const form = within(await openDialog());
    form.getByText(/gives numbers, not lines/);
    await user.click(form.getByRole("button", { name: "Start the export" }));
    expect(inputs("exports.start")).toEqual([]);
  });

  it("is not offered to those who may only read, with the reason", async () => {
    const { user, inputs } = openExplore({ hello: { role: "viewer" } });
    await listedRows();
    const button = screen.getByRole("button", { name: "Export…" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await user.hover(button);
    await screen.findByText(/A viewer may not|Viewer/);
    await user.click(button);
    await user.keyboard("e");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(inputs("exports.start")).toEqual([]);
  });
});

describe("saving rows as a file", () => {
  const saved: { name: string; blob: Blob | null } = { name: "", blob: null };
  beforeEach(() => {
    Object.assign(saved, { name: "", blob: null });
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => ((saved.blob = blob), "blob:x") }));
    URL.revokeObjectURL = () => undefined;
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
      saved.name = this.download;
    });
  });

  async function openRows(user: ReturnType<typeof userEvent.setup>) {
    const form = await openExport(user);
    await user.click(form.getByText("These rows, as a file"));
    return form;
  }

  it("puts the pieces together, tells how far it is, and counts what was made unreadable", async () => {
    const { stream, selection } = handStream();
    const { user, inputs } = openExplore({ exports: { selection } });
    const form = await openRows(user);
    await user.click(form.getByText("CSV"));
    await user.click(form.getByRole("checkbox", { name: /^Bank cards/ }));
    await user.click(form.getByRole("button", { name: "Save 500 rows" }));
    expect(inputs("exports.selection")).toEqual([
      { set: "open-1", from: 0, to: 500, format: "csv", redact: ["bank-card"] },
    ]);
    act(() =>
      stream.observer?.onData({ text: "ts,line\r\n", rows: 200, totalRows: 500, redacted: { "bank-card": 1 } }),
    );
    await form.findByText("200 of 500 rows");
    act(() => stream.observer?.onData({ text: "1,a\r\n", rows: 500, totalRows: 500, redacted: { "bank-card": 2 } }));
    act(() => stream.observer?.onEnd?.());
    await form.findByText(/^500 rows saved as logs-[\d-]+\.csv \(14 B\)\. Made unreadable: 2 bank cards\.$/);
    expect(saved.name).toMatch(/^logs-[\d-]+\.csv$/);
    expect(await saved.blob?.text()).toBe("ts,line\r\n1,a\r\n");
  });

  it("stops when told to, in the core too, and saves nothing", async () => {
    const { stream, selection } = handStream();
    const { user } = openExplore({ exports: { selection } });
    const form = await openRows(user);
    await user.click(form.getByRole("button", { name: "Save 500 rows" }));
    await user.click(await form.findByRole("button", { name: "Stop" }));
    await form.findByText("Stopped; no file was saved.");
    expect(stream.ended).toBe(true);
    expect(saved.blob).toBeNull();
  });

  it("says why the core refuses", async () => {
    const { stream, selection } = handStream();
    const { user } = openExplore({ exports: { selection } });
    const form = await openRows(user);
    await user.click(form.getByRole("button", { name: "Save 500 rows" }));
    act(() =>
      stream.observer?.onError(new RemoteError(wireError("logs.selection-too-large", { limitBytes: 268_435_456 }))),
    );
    await form.findByText(/larger than/);
    expect(saved.blob).toBeNull();
  });

  it("takes the chosen stretch, where one is chosen, and all rows on demand", async () => {
    const { selection } = handStream();
    const { user, inputs } = openExplore({ exports: { selection } });
    const grid = await listedRows();
    act(() => grid.focus());
    await user.keyboard("{ArrowDown}{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    const form = await openExport(user);
    await user.click(form.getByRole("button", { name: "Save 3 rows" }));
    expect(inputs("exports.selection")).toEqual([expect.objectContaining({ from: 1, to: 4, format: "ndjson" })]);
    await user.click(await form.findByRole("button", { name: "Stop" }));
    await user.click(form.getByText("All 500 rows on the screen"));
    form.getByRole("button", { name: "Save 500 rows" });
  });
});
