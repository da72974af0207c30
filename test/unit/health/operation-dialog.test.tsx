import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OperationDraft } from "../../../src-renderer/features/health/operations/operation-draft.ts";
import { useOperations } from "../../../src-renderer/features/health/operations/operation-context.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema, planIdSchema } from "../../../src-shared/model/ids.ts";
import type { OperationPlan, SafeNow } from "../../../src-shared/model/health/operation.ts";
import { aBoard } from "../../builders/health-boards.ts";
import { aPlan, anOperationJob, aReport, PLANNED_AT_MS } from "../../builders/health-operations.ts";
import type { ConsoleOptions, RenderedConsole } from "../../builders/render-console.tsx";
import { renderHealth } from "../../builders/render-health.tsx";
import { wireError } from "../../builders/site-examples.ts";

const FLUSH: OperationDraft = { kind: "flush-ingester", instance: "loki-ingester-1" };
const SHUTDOWN: OperationDraft = { kind: "shutdown-ingester", instance: "loki-ingester-1", deleteRingTokens: false };
const UNSAFE: SafeNow = {
  answer: "no",
  reasons: [{ kind: "too-few-healthy", weight: "stops", params: { healthy: 1, needed: 2 } }],
  checked: [],
  checkedAtMs: PLANNED_AT_MS,
};

function Start({ operation }: { readonly operation: OperationDraft }) {
  const operations = useOperations();
  return (
    <>
      <button onClick={() => operations.open(operation)} type="button">
        start
      </button>
      <button onClick={() => operations.follow("job-1")} type="button">
        follow
      </button>
    </>
  );
}

interface Asked {
  readonly plans: readonly OperationPlan[];
  readonly operation?: OperationDraft;
  readonly hello?: NonNullable<ConsoleOptions["hello"]>;
  readonly applying?: () => Promise<{ job: ReturnType<typeof jobIdSchema.parse> }>;
}

/** Opens the dialog; the last plan answers every question after it. */
async function open({ plans, operation = FLUSH, hello = {}, applying }: Asked): Promise<RenderedConsole> {
  let asked = 0;
  const rendered = await renderHealth(<Start operation={operation} />, aBoard(), {
    hello,
    answers: {
      health: {
        plan: () => Promise.resolve(plans[Math.min(asked++, plans.length - 1)] ?? aPlan()),
        applyPlan: applying ?? (() => Promise.resolve({ job: jobIdSchema.parse("job-1") })),
      },
      jobs: {
        get: () => Promise.resolve(anOperationJob(aReport(["running", "waiting", "waiting"]))),
        list: () => Promise.resolve([]),
      },
    },
  });
  act(() => screen.getByRole("button", { name: "start" }).click());
  await screen.findByRole("dialog");
  return rendered;
}

function applied(console: RenderedConsole): unknown[] {
  return console.client.calls.filter(({ path }) => path === "health.applyPlan").map(({ input }) => input);
}

const button = (name: string | RegExp) => within(screen.getByRole("dialog")).getByRole("button", { name });

afterEach(() => void vi.useRealTimers());

describe("the dialog of an operation", () => {
  it("shows the answer, what was looked at, and what is sent to the letter, before anything is done", async () => {
    const console = await open({ plans: [aPlan()] });
    await screen.findByRole("heading", { name: "Safe now" });
    for (const text of ["No gray ring mate", "No WAL replay under way", "POST /flush → loki-ingester-1"]) {
      screen.getByText(text);
    }
    screen.getByText("It writes all chunks in memory to the object store, and to the index.");
    screen.getByText("No. What is done stays done.");
    expect(applied(console)).toEqual([]);
    await userEvent.setup().click(button("Flush an ingester"));
    expect(applied(console)).toEqual([{ plan: "plan-1" }]);
  });

  it("says what stops it and what to wait for, and lets nobody apply it without a reason and the right to", async () => {
    const user = userEvent.setup();
    const console = await open({ plans: [aPlan({ safe: UNSAFE })] });
    await screen.findByRole("heading", { name: "Not safe now" });
    screen.getByText(/^1 ingesters are healthy, and 2 have to be/);
    screen.getByText("Wait until the others are ACTIVE in the ring and ready.");
    await user.click(button("Apply all the same"));
    expect(applied(console)).toEqual([]);
    await user.type(screen.getByRole("textbox", { name: /Reason/ }), "  the store is full  ");
    await user.click(button("Apply all the same"));
    expect(applied(console)).toEqual([{ plan: "plan-1", reason: "the store is full" }]);
  });

  it("offers an operator no way round a no", async () => {
    const console = await open({ plans: [aPlan({ safe: UNSAFE })], hello: { role: "operator" } });
    await screen.findByRole("heading", { name: "Not safe now" });
    expect(screen.queryByRole("textbox", { name: /Reason/ })).toBeNull();
    await userEvent.setup().click(button("Apply all the same"));
    expect(applied(console)).toEqual([]);
  });

  it("takes unknown for no yes", async () => {
    const safe: SafeNow = {
      ...UNSAFE,
      answer: "unknown",
      reasons: [{ kind: "budgets-unread", weight: "doubts", params: {} }],
    };
    const console = await open({ plans: [aPlan({ safe })], hello: { role: "operator" } });
    await screen.findByRole("heading", { name: "Not known to be safe" });
    await userEvent.setup().click(button("Apply all the same"));
    expect(applied(console)).toEqual([]);
  });

  it("asks for the name of what is shut down, letter by letter", async () => {
    const user = userEvent.setup();
    const console = await open({ plans: [aPlan({ operation: SHUTDOWN })], operation: SHUTDOWN });
    const field = await screen.findByRole("textbox", { name: "Type loki-ingester-1 to confirm" });
    await user.type(field, "loki-ingester-11{Enter}");
    expect(applied(console)).toEqual([]);
    await user.type(field, "{Backspace}{Enter}");
    await waitFor(() => expect(applied(console)).toEqual([{ plan: "plan-1" }]));
  });

  it("lets a person who may only look read the plan, and says why that is all", async () => {
    const console = await open({ plans: [aPlan()], hello: { readOnly: true } });
    await screen.findByRole("heading", { name: "Safe now" });
    await userEvent.setup().click(button("Flush an ingester"));
    expect(applied(console)).toEqual([]);
    expect(button("Flush an ingester").getAttribute("aria-disabled")).toBe("true");
  });

  it("plans anew before the plan expires, and changes nothing that is read until it is told to", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    const second = aPlan({ id: planIdSchema.parse("plan-2") });
    const third = aPlan({ id: planIdSchema.parse("plan-3"), safe: UNSAFE });
    const console = await open({ plans: [aPlan(), second, third] });
    await screen.findByRole("heading", { name: "Safe now" });
    const plansAsked = () => console.client.calls.filter(({ path }) => path === "health.plan").length;
    await act(() => vi.advanceTimersByTimeAsync(590_000));
    expect(plansAsked()).toBe(2);
    // The same words: nobody notices, and it is the younger plan that is applied.
    expect(screen.queryByRole("button", { name: "Show the newer plan" })).toBeNull();
    await act(() => vi.advanceTimersByTimeAsync(590_000));
    expect(plansAsked()).toBe(3);
    screen.getByRole("heading", { name: "Safe now" });
    await user.click(button("Flush an ingester"));
    expect(applied(console)).toEqual([]);
    await user.click(button("Show the newer plan"));
    screen.getByRole("heading", { name: "Not safe now" });
  });

  it("says at the place that the world has moved, and looks again", async () => {
    const user = userEvent.setup();
    const console = await open({
      plans: [aPlan(), aPlan({ safe: UNSAFE })],
      applying: () => Promise.reject(new RemoteError(wireError("operation.plan-stale", { what: "loki-ingester-1" }))),
    });
    await screen.findByRole("heading", { name: "Safe now" });
    await user.click(button("Flush an ingester"));
    const alert = await screen.findByRole("alert");
    within(alert).getByText(/loki-ingester-1 has changed since the plan was made/);
    await user.click(within(alert).getByRole("button", { name: "Look again" }));
    await screen.findByRole("heading", { name: "Not safe now" });
    expect(applied(console)).toHaveLength(1);
  });

  it("says why no plan could be made", async () => {
    await renderHealth(<Start operation={FLUSH} />, aBoard(), {
      answers: {
        health: {
          plan: () => Promise.reject(new RemoteError(wireError("health.instance-unknown", { instance: "x" }))),
        },
      },
    });
    act(() => screen.getByRole("button", { name: "start" }).click());
    within(await screen.findByRole("alert")).getByText("There is no instance x now.");
  });

  it("shows lines of a tenant as text, with what they hide made visible", async () => {
    const operation: OperationDraft = { kind: "cancel-delete", tenant: "cards", request: "4e923878" };
    await open({
      operation,
      plans: [
        aPlan({
          operation: { kind: "cancel-delete", tenant: "cards" as never, request: "4e923878" },
          preview: [{ timestampNs: "1763632800123456789", line: "<b>paid</b> \u202Eevil" }],
        }),
      ],
    });
    const lines = await screen.findByRole("list", { name: "Lines that this request would remove" });
    expect(lines.textContent).toContain("<b>paid</b> ⟦U+202E⟧evil");
    expect(lines.querySelector("b")).toBeNull();
  });
});

describe("an operation that goes on", () => {
  it("shows each step with what was measured, until it is verified", async () => {
    const console = await open({ plans: [aPlan()] });
    await screen.findByRole("heading", { name: "Safe now" });
    await userEvent.setup().click(button("Flush an ingester"));
    await screen.findByText("It goes on when this is closed.");
    const half = aReport(["done", "running", "waiting"]);
    const measured = half.steps.map((step) =>
      step.state === "running"
        ? { ...step, detail: { key: "flush-queue", params: { queue: 304, peak: 452, flushed: 1_631 } } }
        : step,
    );
    act(() => console.client.emit("jobs.watch", [anOperationJob({ ...half, steps: measured })]));
    await screen.findByText("304 waiting (at most 452), 1,631 chunks flushed");
    expect(screen.getAllByRole("img").map((shape) => shape.getAttribute("aria-label"))).toEqual([
      "Done",
      "Running",
      "Waiting",
    ]);
    const done = aReport(["done", "done", "done"], { verified: true });
    act(() => console.client.emit("jobs.watch", [anOperationJob(done, { state: "succeeded" })]));
    await screen.findByText("Done and verified");
  });

  it("does not call done what was not seen to be done", async () => {
    const console = await open({ plans: [aPlan()] });
    act(() => screen.getByRole("button", { hidden: true, name: "follow" }).click());
    await screen.findByText("It goes on when this is closed.");
    const report = aReport(["done", "done", "failed"]);
    act(() => console.client.emit("jobs.watch", [anOperationJob(report, { state: "succeeded" })]));
    await screen.findByText("Done, not verified");
    act(() =>
      console.client.emit("jobs.watch", [
        anOperationJob(report, {
          state: "failed",
          error: wireError("operation.not-verified", { what: "the flush", seconds: 300 }),
        }),
      ]),
    );
    await screen.findByText("Failed", { selector: "span" });
    within(screen.getByRole("alert")).getByText("the flush was not seen within 300 s.");
  });
});
