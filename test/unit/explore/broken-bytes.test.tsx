import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeResultSet, fakeLogs, type FakeLogs } from "../../builders/fake-logs-client.ts";
import { layOutNothing, listedRows, openExplore } from "../../builders/explore-exports.tsx";
import { syntheticLogs } from "../../builders/synthetic-logs.ts";

const BYTES = Uint8Array.of(0x6b, 0x3d, 0xff, 0xe6, 0x94, 0x21);
const LINE = new TextDecoder().decode(BYTES);

/** Logs whose row 2 is a line of bytes that are no UTF-8, as the core hands it out. */
function brokenLogs(): FakeLogs {
  const logs = fakeLogs((how) => new FakeResultSet(how, syntheticLogs({ newestNs: 9_000_000_000n, stepNs: 1n }), 20));
  const { window, copy } = logs.client;
  return {
    ...logs,
    client: {
      ...logs.client,
      window: async (...asked) => {
        const answer = await window(...asked);
        return {
          ...answer,
          rows: answer.rows.map((row) =>
            row.row === 2 && row.kind === "entry" ? { ...row, line: LINE, lineBytes: BYTES.length } : row,
          ),
        };
      },
      copy: async (input, options) =>
        input.from === 2 && input.format === "ndjson"
          ? { text: `${JSON.stringify({ ts: "1", line: LINE, lineBase64: "az3/5pQh" })}\n`, cursor: null, rows: 1 }
          : await copy(input, options),
    },
  };
}

async function openRow(role: "admin" | "viewer", row: number) {
  const { user } = openExplore({ logs: brokenLogs(), hello: { role } });
  const grid = await listedRows();
  const cell = grid.querySelector(`[data-row="${row}"]`);
  if (cell === null) throw new Error("no such row");
  await user.dblClick(cell);
  await screen.findByRole("tab", { name: "Fields" });
  return { user, cell };
}

beforeEach(layOutNothing);
afterEach(() => vi.restoreAllMocks());

describe("a line that is not UTF-8", () => {
  it("marks what it stands for, says so, and shows its bytes", async () => {
    const { user, cell } = await openRow("admin", 2);
    const chips = [...cell.querySelectorAll("span")].filter(({ textContent }) => textContent === "\u{FFFD}");
    expect(chips).toHaveLength(2);
    screen.getByText("Bytes of this line are not UTF-8; they show as �.");
    await user.click(screen.getByRole("button", { name: "Show the bytes" }));
    await screen.findByText("3 bytes of 6 belong to no character; they are marked.");
    const dump = within(screen.getByRole("region", { name: "The bytes of the line" }));
    for (const byte of ["6b", "3d", "ff", "e6", "94", "21"]) dump.getByText(byte);
    expect(dump.getByText("ff").className).not.toBe(dump.getByText("3d").className);
    expect(dump.getByText("94").className).toBe(dump.getByText("ff").className);
  });

  it("says so to those who may not copy, who are given no bytes", async () => {
    await openRow("viewer", 2);
    screen.getByText("Bytes of this line are not UTF-8; they show as �.");
    expect(screen.queryByRole("tab", { name: "Bytes" })).toBeNull();
  });

  it("is told from all others", async () => {
    await openRow("admin", 3);
    expect(screen.queryByText(/not UTF-8/)).toBeNull();
    expect(screen.queryByRole("tab", { name: "Bytes" })).toBeNull();
  });
});
