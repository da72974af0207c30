import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EMPTY_QUOTA,
  exactSize,
  quotaProblems,
  readSize,
} from "../../../src-renderer/features/tenants/quotas/quota-draft.ts";
import { QuotasTab } from "../../../src-renderer/features/tenants/quotas/quotas-tab.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { LAB_SITE, wireError } from "../../builders/site-examples.ts";
import { quotaStateOf, usageAnswers } from "../../builders/usage-answers.ts";

withSizes();

const GIB = 2 ** 30;

function open(usage: FakeAnswers["usage"] = {}, options: ConsoleOptions = {}) {
  const opened = renderInConsole(<QuotasTab />, {
    workspace: { screen: "tenants", site: "lab" },
    ...options,
    answers: {
      usage: usageAnswers(usage),
      sites: {
        list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }),
        tenants: () => Promise.resolve({ tenants: [{ tenant: "cards", from: "lab" }], multiTenant: true }),
      },
    },
  });
  return {
    ...opened,
    inputs: (path: string) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

const table = () => screen.findByRole("grid", { name: "Quotas" });

describe("the quotas", () => {
  it("stand with those nearest to their limit first, in words and with three marks", async () => {
    open({
      quotas: () =>
        Promise.resolve([
          quotaStateOf(),
          quotaStateOf({
            scope: { kind: "role", name: "viewer", period: "day" },
            period: "2026-11-20",
            usedBytes: 1_210 * GIB,
            state: "stopped",
          }),
          quotaStateOf({
            scope: { kind: "user", name: "olga" },
            usedBytes: 850 * GIB,
            reservedBytes: 20 * GIB,
            state: "warned",
          }),
        ]),
    });
    const rows = within(await table())
      .getAllByRole("row")
      .slice(1);
    expect(rows.map((row) => within(row).getAllByRole("gridcell")[0]?.textContent)).toEqual([
      "ViewerRole",
      "olgaUser",
      "paymentsTenant",
    ]);
    const [stopped, warned] = rows;
    expect(stopped?.textContent).toContain("Refuses");
    expect(warned?.textContent).toContain("850 GiB of 1,000 GiB (85%) · 20 GiB held by running queries");
    expect(
      within(rows[0] ?? document.body).getByRole("img", {
        name: /1.2 TiB used; told at 800 GiB, .* from 1,000 GiB, refused past 1.2 TiB/,
      }),
    ).toBeDefined();
  });

  it("are empty with the way to a first one, and failed with the reason", async () => {
    const { unmount } = open({ quotas: () => Promise.resolve([]) });
    await screen.findByText("There are no quotas");
    expect(screen.getByRole("button", { name: "Add a quota" })).toBeDefined();
    unmount();
    open({
      quotas: () => Promise.reject(new RemoteError(wireError("tenants.ledger-failed", { ledger: "x", problem: "y" }))),
    });
    await screen.findByText("The quotas could not be read");
  });

  it("are an admin's to change: an operator sees them, and why", async () => {
    open({}, { hello: { role: "operator" } });
    await table();
    const add = screen.getByRole("button", { name: "Add a quota" });
    expect(add.getAttribute("aria-disabled")).toBe("true");
    await userEvent.setup().click(add);
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("the quota dialog", () => {
  it("sets a quota from typed sizes, and says what it reads in them", async () => {
    const user = userEvent.setup();
    const { inputs } = open({ setQuota: (quota) => Promise.resolve(quotaStateOf({ scope: quota.scope })) });
    await table();
    await user.click(screen.getByRole("button", { name: "Add a quota" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a quota" });
    await user.click(within(dialog).getByRole("button", { name: "Set the quota" }));
    expect(within(dialog).getByText("Say whose.")).toBeDefined();
    expect(inputs("usage.setQuota")).toEqual([]);
    await user.type(within(dialog).getByRole("combobox", { name: /^Name/ }), "cards");
    await user.type(within(dialog).getByRole("textbox", { name: /^Limit/ }), "1 TB");
    expect(within(dialog).getByText(/= 931 GiB, 1,000,000,000,000 bytes/)).toBeDefined();
    await user.type(within(dialog).getByRole("textbox", { name: /^Hard stop/ }), "900GiB");
    await user.click(within(dialog).getByRole("button", { name: "Set the quota" }));
    expect(within(dialog).getByText("The hard stop lies below the limit.")).toBeDefined();
    await user.clear(within(dialog).getByRole("textbox", { name: /^Hard stop/ }));
    await user.type(within(dialog).getByRole("textbox", { name: /^Hard stop/ }), "1 TiB{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(inputs("usage.setQuota")).toEqual([
      {
        scope: { kind: "tenant", name: "cards", period: "month" },
        bytes: 1e12,
        hardBytes: 2 ** 40,
        warnShare: 0.8,
      },
    ]);
  });

  it("changes the sizes of one that there is, not whose it is; asks before it removes it", async () => {
    const user = userEvent.setup();
    const { inputs } = open({ removeQuota: () => Promise.resolve({ removed: true }) });
    await user.click(within(await table()).getByRole("button", { name: "Change the quota of payments" }));
    const dialog = await screen.findByRole("dialog", { name: "Quota of payments" });
    expect(within(dialog).getByRole("textbox", { name: /^Name/ })).toHaveProperty("disabled", true);
    expect(within(dialog).getByRole("textbox", { name: /^Limit/ })).toHaveProperty("value", "1000 GiB");
    await user.click(within(dialog).getByRole("button", { name: "Remove" }));
    expect(inputs("usage.removeQuota")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Remove" }));
    await waitFor(() =>
      expect(inputs("usage.removeQuota")).toEqual([{ kind: "tenant", name: "payments", period: "month" }]),
    );
  });

  it("stays open with what was typed when the core refuses", async () => {
    const user = userEvent.setup();
    open({
      setQuota: () =>
        Promise.reject(new RemoteError(wireError("tenants.ledger-unreachable", { ledger: "db", problem: "gone" }))),
    });
    await user.click(within(await table()).getByRole("button", { name: "Change the quota of payments" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await within(dialog).findByText("The quota was not changed");
    expect(within(dialog).getByText(/The ledger db cannot be reached/)).toBeDefined();
  });
});

describe("a draft of a quota", () => {
  const draft = { ...EMPTY_QUOTA, name: "cards", limit: "1 TiB", hard: "2 TiB" };

  it("names what is wrong, field by field", () => {
    expect(quotaProblems(draft, [])).toEqual({});
    expect(quotaProblems({ ...draft, name: "a b" }, [])).toEqual({ name: "name-tenant" });
    expect(quotaProblems(draft, [{ kind: "tenant", name: "cards", period: "month" }])).toEqual({ name: "name-taken" });
    expect(quotaProblems({ ...draft, kind: "role", name: "king" }, [])).toEqual({ name: "name-role" });
    expect(quotaProblems({ ...draft, limit: "much", hard: "0", warn: 101 }, [])).toEqual({
      limit: "size",
      hard: "size-bounds",
      warn: "warn",
    });
    expect(quotaProblems({ ...draft, hard: "2000 PB" }, [])).toEqual({ hard: "size-bounds" });
  });

  it("writes bytes so that reading them gives the same number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(readSize(exactSize(bytes))).toBe(bytes);
      }),
    );
    expect(exactSize(1.5 * 2 ** 40)).toBe("1536 GiB");
    expect(exactSize(5e12)).toBe("5 TB");
  });
});
