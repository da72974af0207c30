import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  EXPORT_QUERY,
  EXPORT_RANGE,
  layOutNothing,
  listedRows,
  openExplore,
  openExport,
} from "../../builders/explore-exports.tsx";
import { wireError } from "../../builders/site-examples.ts";

beforeEach(layOutNothing);
afterEach(() => vi.restoreAllMocks());

describe("the capsule", () => {
  it("collects queries, survives a new page, and sends what stands in its form", async () => {
    const first = openExplore();
    await listedRows();
    await first.user.keyboard("a");
    await screen.findByRole("button", { name: "Capsule tray, 1 query" });
    // The same query is not offered twice.
    expect(screen.getByRole("button", { name: /^Add the query to the capsule/ }).getAttribute("aria-disabled")).toBe(
      "true",
    );
    act(() => first.workspace.getState().run('{app="ledger"}'));
    await waitFor(() => expect(first.inputs("logs.open")).toHaveLength(2));
    await listedRows();
    await first.user.keyboard("a");
    await screen.findByRole("button", { name: "Capsule tray, 2 queries" });
    first.unmount();

    const { user, inputs } = openExplore();
    await listedRows();
    await user.click(screen.getByRole("button", { name: "Capsule tray, 2 queries" }));
    await user.click(await screen.findByRole("button", { name: "Move query 2 up" }));
    await user.click(screen.getByRole("button", { name: "Make the capsule…" }));
    const form = within(await screen.findByRole("dialog", { name: "Investigation capsule" }));
    await user.click(form.getByRole("button", { name: "Make the capsule" }));
    await form.findByText("This is needed.");
    expect(inputs("capsules.create")).toEqual([]);
    await user.type(form.getByRole("textbox", { name: /^Title/ }), "Timeouts of cards");
    await user.type(form.getByRole("textbox", { name: /^Notes/ }), "<b>see</b>");
    await user.click(form.getByRole("checkbox", { name: /^E-mail addresses/ }));
    await user.click(form.getByRole("button", { name: "Make the capsule" }));
    await waitFor(() => expect(inputs("capsules.create")).toHaveLength(1));
    const target = { kind: "loki", site: "lab", tenant: "acme" };
    const of = { startNs: EXPORT_RANGE.startNs, endNs: EXPORT_RANGE.endNs };
    expect(inputs("capsules.create")).toEqual([
      {
        title: "Timeouts of cards",
        notes: "<b>see</b>",
        queries: [
          { target, query: '{app="ledger"}', range: of, direction: "backward", limit: 100_000 },
          { target, query: EXPORT_QUERY, range: of, direction: "backward", limit: 100_000 },
        ],
        redact: ["email"],
        file: expect.stringMatching(/^Timeouts-of-cards-\d{4}-\d\d-\d\d$/),
      },
    ]);
  });

  it("gives a query up, and asks before it forgets all", async () => {
    const { user } = openExplore();
    await listedRows();
    await user.keyboard("a");
    await user.click(await screen.findByRole("button", { name: "Capsule tray, 1 query" }));
    await user.click(await screen.findByRole("button", { name: "Empty the tray" }));
    await screen.findByText("Queries and notes are forgotten.");
    await user.click(screen.getByRole("button", { name: "Remove query 1" }));
    await screen.findByText("Nothing is collected yet. Run a query and add it here.");
    expect(screen.queryByRole("button", { name: "Make the capsule…" })).toBeNull();
  });

  it("takes no numbers, and says so", async () => {
    const { user } = openExplore({ workspace: { query: 'sum(rate({app="x"}[1m]))' } });
    await screen.findByText("metric query");
    await user.click(screen.getByRole("button", { name: "Capsule tray, 0 queries" }));
    const add = await screen.findByRole("button", { name: "Add this query" });
    expect(add.getAttribute("aria-disabled")).toBe("true");
  });
});

describe("files on disk", () => {
  const archive = { kind: "archive", archive: "files-1" } as const;

  it("have no tail to follow, and what they cost nobody is warned of", async () => {
    const { user, inputs } = openExplore({ workspace: { source: archive, query: '{app=~".+"}' } });
    await listedRows();
    expect(screen.queryByRole("button", { name: "Live" })).toBeNull();
    expect(screen.queryByText("This query is dear")).toBeNull();
    expect(inputs("logs.open")).toEqual([
      expect.objectContaining({ target: { kind: "archive", archive: "files-1", tenant: "acme" } }),
    ]);
    await screen.findByText(/ to scan$/);
    const form = await openExport(user);
    await form.findByText("read on this machine, at no cost to any Loki");
    expect(form.queryByText(/dear|warned/)).toBeNull();
  });
});

describe("the volume of files on disk", () => {
  const archive = { source: { kind: "archive", archive: "files-1" } } as const;
  const asked = (logs: { readonly calls: readonly string[] }) =>
    logs.calls.filter((call) => call === "volume" || call === "histogram");

  it("is counted over the rows where they are all there are, so that no file is read twice", async () => {
    const { logs } = openExplore({ workspace: archive });
    await listedRows();
    await screen.findByText("of everything in the range");
    expect(asked(logs)).not.toContain("volume");
  });

  it("is asked of the files where a limit cut the rows", async () => {
    const { logs } = openExplore({ workspace: archive });
    await listedRows();
    const [set] = logs.sets.values();
    const limited = { verdict: "incomplete", reasons: [{ kind: "limit-reached", limit: 500 }] } as const;
    act(() => set?.change({ completeness: { ...limited, reasons: [...limited.reasons] } }));
    await waitFor(() => expect(asked(logs)).toContain("volume"));
  });
});

describe("a failed query", () => {
  it("shows its error alone, without a verdict and without facets of nothing", async () => {
    const { logs } = openExplore();
    await listedRows();
    const [set] = logs.sets.values();
    act(() =>
      set?.change({
        rows: 0,
        phase: "failed",
        error: wireError("loki.query-invalid", { text: "unexpected }", line: 1, column: 2 }),
        completeness: { verdict: "incomplete", reasons: [] },
      }),
    );
    await screen.findByText(/unexpected \}/);
    expect(screen.queryByRole("button", { name: /^Completeness/ })).toBeNull();
    expect(screen.queryByRole("region", { name: "Labels and fields" })).toBeNull();
    await screen.findByText("What are you looking for?");
  });
});
