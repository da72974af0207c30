import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExploreScreen } from "../../../src-renderer/features/explore/explore-screen.tsx";
import { tightestQuota } from "../../../src-renderer/features/explore/quota/quota-left.tsx";
import { quotaRefusal } from "../../../src-renderer/features/explore/quota/quota-refusal.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { Role } from "../../../src-shared/permissions/roles.ts";
import { FakeResultSet, fakeLogs, type LogsClient } from "../../builders/fake-logs-client.ts";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { LAB_SITE } from "../../builders/site-examples.ts";
import { syntheticLogs } from "../../builders/synthetic-logs.ts";
import { quotaStateOf, usageAnswers } from "../../builders/usage-answers.ts";

const GIB = 2 ** 30;
const source = syntheticLogs({ newestNs: 1_763_633_647_123_456_789n, stepNs: 1_000n });

function refusalOf(code: WireError["code"], part: WireError["params"] = {}): WireError {
  return {
    code,
    params: {
      scope: "tenant",
      name: "acme",
      period: "month",
      used: 990 * GIB,
      limit: 1_000 * GIB,
      estimate: 20 * GIB,
      ...part,
    },
    category: "conflict",
    retryable: false,
  };
}

/** A core that lets a query through only with a reason, or only with an override. */
function open(needs: "reason" | "override", options: ConsoleOptions & { readonly role?: Role } = {}) {
  let made = 0;
  const logs = fakeLogs(() => {
    made += 1;
    return new FakeResultSet(`set-${made}`, source, 50);
  });
  const gate = <Input extends { readonly spending?: { readonly override: boolean } | undefined }, Output>(
    answer: (input: Input) => Promise<Output>,
  ) => {
    return async (input: Input): Promise<Output> => {
      const { spending } = input;
      if (needs === "override" && spending?.override !== true) {
        throw new RemoteError(refusalOf("tenants.quota-exceeded", { limit: 1_000 * GIB }));
      }
      if (spending === undefined) throw new RemoteError(refusalOf("tenants.quota-reason-needed"));
      return await answer(input);
    };
  };
  const client: LogsClient = {
    ...logs.client,
    open: gate((input: Parameters<LogsClient["open"]>[0]) => logs.client.open(input)),
    metric: gate(async (input: Parameters<LogsClient["metric"]>[0]) => {
      // A vector has no chart, which jsdom could not draw.
      return { ...(await logs.client.metric(input)), resultType: "vector" as const };
    }),
  };
  const opened = renderInConsole(<ExploreScreen />, {
    ...options,
    ...(options.role === undefined ? {} : { hello: { role: options.role } }),
    answers: {
      logs: client,
      usage: usageAnswers({
        quotas: () => Promise.resolve([quotaStateOf({ scope: { name: "acme" }, usedBytes: 999 * GIB })]),
      }),
      sites: { list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }) },
      settings: { list: () => Promise.resolve({ settings: [], file: "settings.json" }) },
      queries: { list: () => Promise.resolve([]) },
    },
    workspace: { site: "lab", tenant: "acme", query: '{app="payments"}', runs: 1, ...options.workspace },
  });
  return {
    ...opened,
    inputs: (path: string) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1_000);
  // What jsdom lays out nothing for: the editor measures its text, the gutter draws.
  Range.prototype.getClientRects = () => document.createElement("div").getClientRects();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(() => vi.restoreAllMocks());

const editor = () => screen.getByRole("textbox", { name: /LogQL|query/i });

describe("a query that a quota stops", () => {
  it("says whose quota, how much is gone and what it would cost; runs with a reason, by Enter", async () => {
    const user = userEvent.setup();
    const { inputs } = open("reason");
    const dialog = await screen.findByRole("dialog", { name: "The quota is used up" });
    expect(dialog.textContent).toContain("Tenant acme, per month");
    expect(dialog.textContent).toContain("990 GiB (99%)");
    expect(dialog.textContent).toContain("20 GiB");
    const reason = within(dialog).getByRole("textbox", { name: /Why it is needed/ });
    await waitFor(() => expect(document.activeElement).toBe(reason));
    await user.type(reason, "no{Enter}");
    expect(within(dialog).getByText("Between 3 and 500 characters.")).toBeDefined();
    await user.clear(reason);
    await user.type(reason, "incident 4711{Enter}");
    await screen.findByRole("grid", { name: "Log lines" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(inputs("logs.open").at(-1)).toMatchObject({
      query: '{app="payments"}',
      spending: { reason: "incident 4711", override: false },
    });
    expect(document.activeElement).toBe(editor());
  });

  it("is let go by Escape: nothing ran, the focus is in the query bar, and the way back is there", async () => {
    const user = userEvent.setup();
    const { inputs } = open("reason");
    await screen.findByRole("dialog", { name: "The quota is used up" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(editor());
    expect(screen.getByText(/The month quota of tenant acme is used up/)).toBeDefined();
    expect(inputs("logs.open")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Say why…" }));
    await screen.findByRole("dialog", { name: "The quota is used up" });
  });

  it("past the hard stop is run by an admin's override alone", async () => {
    const user = userEvent.setup();
    const { inputs } = open("override", { role: "admin" });
    const dialog = await screen.findByRole("dialog", { name: "Past the quota's hard stop" });
    await user.type(within(dialog).getByRole("textbox"), "regulator is waiting");
    await user.click(within(dialog).getByRole("button", { name: "Override and run" }));
    await screen.findByRole("grid", { name: "Log lines" });
    expect(inputs("logs.open").at(-1)).toMatchObject({ spending: { reason: "regulator is waiting", override: true } });
  });

  it("past the hard stop is refused to an operator, who is told why and what else helps", async () => {
    const user = userEvent.setup();
    const { inputs } = open("override", { role: "operator" });
    const dialog = await screen.findByRole("dialog", { name: "Past the quota's hard stop" });
    expect(within(dialog).queryByRole("textbox")).toBeNull();
    expect(within(dialog).getByText(/Narrow the query or its range/)).toBeDefined();
    await user.click(within(dialog).getByRole("button", { name: "Override and run" }));
    expect(inputs("logs.open")).toHaveLength(1);
  });

  it("is stopped as a metric query too", async () => {
    const user = userEvent.setup();
    const { inputs } = open("reason", { workspace: { query: 'rate({app="payments"}[5m])' } });
    const dialog = await screen.findByRole("dialog", { name: "The quota is used up" });
    await user.type(within(dialog).getByRole("textbox"), "incident 4711{Enter}");
    await waitFor(() =>
      expect(inputs("logs.metric").at(-1)).toMatchObject({ spending: { reason: "incident 4711", override: false } }),
    );
  });

  it("speaks Chinese, words of ours in it as well", async () => {
    const user = userEvent.setup();
    open("reason", { locale: "zh-CN" });
    await screen.findByRole("dialog", { name: "配额已用完" });
    await user.keyboard("{Escape}");
    await screen.findByText(/租户 acme 的配额\(每月\)已用完/);
  });
});

describe("what is left of a quota", () => {
  it("stands beside the estimate, and is marked where the query needs more", async () => {
    open("reason");
    const left = await screen.findByTestId("quota-left");
    expect(left.textContent).toBe("1 GiB left");
    expect(left.dataset["short"]).toBe("true");
  });

  it("is that of the tightest quota that counts the query", () => {
    const states = [
      quotaStateOf({ usedBytes: 990 * GIB }),
      quotaStateOf({ scope: { name: "acme" } }),
      quotaStateOf({
        scope: { kind: "user", name: "olga", period: "day" },
        usedBytes: 500 * GIB,
        reservedBytes: 450 * GIB,
      }),
      quotaStateOf({ scope: { kind: "role", name: "admin" }, usedBytes: 2_000 * GIB }),
    ];
    const found = tightestQuota(states, { tenant: "acme", principal: "olga", role: "viewer" });
    expect(found?.quota.scope).toEqual({ kind: "user", name: "olga", period: "day" });
    expect(tightestQuota(states, { tenant: "cards", principal: undefined, role: "viewer" })).toBeNull();
  });
});

describe("an error", () => {
  it("is a refusal only with the figures that a refusal has", () => {
    expect(quotaRefusal(refusalOf("tenants.quota-exceeded"))?.kind).toBe("stopped");
    expect(quotaRefusal(refusalOf("tenants.quota-reason-needed", { used: "much" }))).toBeNull();
    expect(quotaRefusal(refusalOf("loki.query-invalid"))).toBeNull();
    expect(quotaRefusal(null)).toBeNull();
  });
});
