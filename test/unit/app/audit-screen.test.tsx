import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { AuditScreen } from "../../../src-renderer/features/audit/audit-screen.tsx";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderInConsole } from "../../builders/render-console.tsx";

function entry(sequence: number): AuditEntry {
  return {
    sequence,
    atMs: 1_763_632_800_123,
    principal: "olga",
    role: "admin",
    action: "logs.open",
    auditClass: "access",
    subject: { site: "prod", tenant: "team-a", query: '{app="a"}' },
    outcome: "succeeded",
    error: null,
    of: null,
    previousHash: "a".repeat(64),
    hash: "b".repeat(64),
  };
}

// jsdom has no layout; the table draws what fits into the height it is told.
beforeAll(() => {
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1_000);
});

function open(part: FakeAnswers["audit"] = {}) {
  return renderInConsole(<AuditScreen />, {
    answers: {
      audit: {
        list: () => Promise.resolve({ entries: [entry(3), entry(2), entry(1)], total: 3 }),
        verify: () => Promise.resolve({ entries: 3, intact: true, headHash: "c".repeat(64) }),
        ...part,
      },
    },
  });
}

describe("the audit screen", () => {
  it("shows who did what to what", async () => {
    open();
    await screen.findAllByText("logs.open");
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("4");
    expect(screen.getAllByText(/site=prod tenant=team-a/)).toHaveLength(3);
  });

  it("says that the chain is whole, and when that was found", async () => {
    open();
    await userEvent.setup().click(await screen.findByRole("button", { name: "Verify" }));
    await screen.findByText(/3 entries intact · \d{2}:\d{2}:\d{2}/);
  });

  it("says where and how it is broken", async () => {
    open({
      verify: () =>
        Promise.resolve({ entries: 3, intact: false, broken: { sequence: 2, kind: "hash" }, headHash: "c".repeat(64) }),
    });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Verify" }));
    await screen.findByText("Not intact from entry 2 on: an entry was changed");
  });

  it("asks the core for what is typed, once one has stopped typing", async () => {
    const { client } = open();
    await userEvent.setup().type(await screen.findByRole("textbox", { name: /Search action/ }), "olga");
    await waitFor(() =>
      expect(client.calls).toContainEqual({ path: "audit.list", input: { limit: 200, contains: "olga" } }),
    );
    const asked = client.calls.filter(({ path }) => path === "audit.list").map(({ input }) => input);
    expect(asked).not.toContainEqual({ limit: 200, contains: "o" });
  });

  it("moves with the arrow keys and shows the entry whole", async () => {
    const user = userEvent.setup();
    open();
    await screen.findAllByText("logs.open");
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    await screen.findByRole("heading", { name: "Entry 2" });
    expect(screen.getByText("b".repeat(64))).toBeTruthy();
  });

  it("tells an empty log from a filter that nothing fits", async () => {
    open({ list: () => Promise.resolve({ entries: [], total: 0 }) });
    await screen.findByText("No entries yet");
    await userEvent.setup().type(screen.getByRole("textbox", { name: /Search action/ }), "x");
    await screen.findByText("No entry fits");
  });
});
