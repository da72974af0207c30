import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi, type MockInstance } from "vitest";
import { RingsTab } from "../../../src-renderer/features/health/rings/rings-tab.tsx";
import { compareMembers, fairShare, heartbeatAgeMs } from "../../../src-renderer/features/health/rings/ring-facts.ts";
import type { RingView } from "../../../src-shared/model/health/ring.ts";
import { aBoard } from "../../builders/health-boards.ts";
import { aMember, aPlan, aRing, PLANNED_AT_MS } from "../../builders/health-operations.ts";
import type { ConsoleOptions } from "../../builders/render-console.tsx";
import { renderHealth } from "../../builders/render-health.tsx";
import { wireError } from "../../builders/site-examples.ts";

// jsdom lays nothing out: what draws only what is in sight would draw nothing.
let sizes: MockInstance[] = [];
beforeAll(() => {
  sizes = [
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400),
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1_200),
  ];
});
afterEach(() => void vi.useRealTimers());
afterAll(() => {
  for (const size of sizes) size.mockRestore();
});

const SICK = aMember("loki-ingester-2", {
  state: "UNHEALTHY",
  zone: "zone-c",
  heartbeatMs: PLANNED_AT_MS - 754_000,
});
const RING = aRing([
  aMember("loki-ingester-0", { ownership: 0.5 }),
  aMember("loki-ingester-1", { zone: "zone-b", ownership: 0.25 }),
  SICK,
]);

function open(answers: readonly (readonly RingView[])[], options: ConsoleOptions = {}) {
  let asked = 0;
  return renderHealth(<RingsTab />, aBoard(), {
    ...options,
    answers: {
      health: {
        rings: () => Promise.resolve([...(answers[Math.min(asked++, answers.length - 1)] ?? [])]),
        plan: () => Promise.resolve(aPlan()),
      },
    },
  });
}

const memberRows = () =>
  within(screen.getByRole("grid", { name: "Members of the ingester ring" }))
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.textContent ?? "");

describe("the rings", () => {
  it("puts who is not well on top, with the age of the heartbeat by the teller's clock", async () => {
    await open([[RING]]);
    await screen.findByText("1 of 3 not active");
    const [first = "", second = ""] = memberRows();
    expect(first).toContain("UNHEALTHY");
    expect(first).toContain("loki-ingester-2");
    expect(first).toContain("12m 34s");
    expect(second).toContain("1.5 × the fair share of 33.33%");
    screen.getByText(/Told by loki-distributor-a · its clock said 2026-11-22 12:00:00 UTC/);
    screen.getByText("3 of each stream in 3 zones");
  });

  it("starts forgetting with a plan of that member, and offers it of nobody who is well", async () => {
    const { client } = await open([[RING]]);
    const forget = await screen.findAllByRole("button", { name: /^Forget/ });
    expect(forget).toHaveLength(1);
    await userEvent.setup().click(screen.getByRole("button", { name: "Forget loki-ingester-2" }));
    await screen.findByRole("dialog");
    expect(client.calls.find(({ path }) => path === "health.plan")?.input).toMatchObject({
      operation: { kind: "forget-member", ring: "ingester", member: "loki-ingester-2" },
    });
  });

  it("lets a viewer see whom and not begin", async () => {
    const { client } = await open([[RING]], { hello: { role: "viewer" } });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Forget loki-ingester-2" }));
    expect(client.calls.some(({ path }) => path === "health.plan")).toBe(false);
  });

  it("leaves rows where they are when a newer reading says something else of them, until it is told to look again", async () => {
    const healed = aRing(
      RING.members.map((member) => ({ ...member, state: member.id === "loki-ingester-1" ? "UNHEALTHY" : "ACTIVE" })),
    );
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await open([[RING], [healed], [healed]]);
    await screen.findByText("1 of 3 not active");
    await act(() => vi.advanceTimersByTimeAsync(31_000));
    await waitFor(() => expect(memberRows()[0]).toContain("ACTIVE"));
    expect(memberRows()[0]).toContain("loki-ingester-2");
    act(() => screen.getByRole("button", { name: "Look again" }).click());
    await waitFor(() => expect(memberRows()[0]).toContain("loki-ingester-1"));
    expect(memberRows()[0]).toContain("UNHEALTHY");
  });

  it("tells a ring that nobody tells of from one that could not be read and from an empty one", async () => {
    const nobody = { from: null, members: [], zones: [], nowMs: null };
    await open([
      [
        RING,
        aRing([], { ring: "ruler", ...nobody, error: wireError("health.nobody-tells", { what: "ruler" }) }),
        aRing([], {
          ring: "compactor",
          ...nobody,
          error: wireError("loki.bad-response", { status: 200, problem: "no JSON" }),
        }),
        aRing([], { ring: "scheduler", replicationFactor: null }),
      ],
    ]);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: /ruler nobody tells/ }));
    screen.getByText("Nobody tells of the ruler ring");
    await user.click(screen.getByRole("button", { name: /compactor could not be read/ }));
    screen.getByText("The compactor ring could not be read");
    await user.click(screen.getByRole("button", { name: /scheduler 0 members/ }));
    screen.getByText("Nobody has joined this ring");
  });

  it("finds a member among hundreds by name, zone or state", async () => {
    const many = aRing(Array.from({ length: 300 }, (_, place) => aMember(`loki-ingester-${place}`)));
    await open([[many]]);
    const search = await screen.findByRole("textbox", { name: "Find a member" });
    await userEvent.setup().type(search, "ingester-29");
    await screen.findByText("11 members");
    act(() => search.blur());
  });
});

describe("facts of a ring", () => {
  it("compares a heartbeat with the teller's clock alone, and is never negative", () => {
    expect(heartbeatAgeMs(aMember("a", { heartbeatMs: 1_000 }), 3_500)).toBe(2_500);
    expect(heartbeatAgeMs(aMember("a", { heartbeatMs: 5_000 }), 3_500)).toBe(0);
    expect(heartbeatAgeMs(aMember("a", { heartbeatMs: null }), 3_500)).toBeNull();
    expect(heartbeatAgeMs(aMember("a"), null)).toBeNull();
  });

  it("knows no fair share where nobody owns a token", () => {
    expect(fairShare([aMember("a", { tokens: 0 })])).toBeNull();
    expect(fairShare([aMember("a"), aMember("b"), aMember("c", { tokens: 0 })])).toBe(0.5);
  });

  it("takes a state that it does not know for worse than ACTIVE", () => {
    const order = [aMember("a"), aMember("b", { state: "HIBERNATING" }), aMember("c", { state: "UNHEALTHY" })];
    expect(order.toSorted(compareMembers).map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });
});
