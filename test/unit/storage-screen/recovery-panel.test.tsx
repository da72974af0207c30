import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { RecoveryFacts } from "../../../src-shared/model/storage/recovery.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { RecoveryPanel } from "../../../src-renderer/features/storage/recovery/recovery-panel.tsx";
import { callsOf } from "../../builders/limits-screen.tsx";
import { renderInConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";
import { A_STORE } from "../../builders/storage-plans.ts";

type Part = RecoveryFacts["rpo"]["parts"][number];

const part = (what: Part["what"], other: Partial<Part> = {}): Part => ({
  what,
  state: "known",
  ms: 60_000,
  reason: null,
  params: {},
  evidence: [{ fact: `fact of ${what}`, value: "42" }],
  ...other,
});

function facts(other: Partial<RecoveryFacts["rpo"]> = {}, rto: Partial<RecoveryFacts["rto"]> = {}): RecoveryFacts {
  return {
    store: A_STORE.id,
    checkedAtMs: 1_795_000_000_000,
    rpo: {
      bucketLostMs: 120_000,
      allLostMs: 7_320_000,
      parts: [part("wal"), part("flush"), part("versions"), part("dr")],
      ...other,
    },
    rto: {
      ms: 3_600_000,
      state: "measured",
      bytes: 2 ** 30,
      bytesPerSecond: 300_000,
      drill: jobIdSchema.parse("drill-1"),
      drillAtMs: 1_794_900_000_000,
      ...rto,
    },
  };
}

function open(answer: () => Promise<RecoveryFacts>) {
  return renderInConsole(<RecoveryPanel store={A_STORE.id} />, { answers: { recovery: { facts: answer } } });
}

describe("recovery point and time", () => {
  it("shows what each loss costs, and the evidence of a line when it is clicked", async () => {
    open(() => Promise.resolve(facts()));
    const user = userEvent.setup();
    const panel = within(await screen.findByRole("region", { name: "Recovery point and time" }));
    const cost = within(await panel.findByText("Losing the bucket costs").then((term) => term.parentElement ?? term));
    cost.getByText("2m");
    panel.getByText("2h 2m");
    panel.getByText(/^measured .*1 GiB/);
    const line = panel.getByRole("button", { name: /^DR copy lags behind/ });
    expect(panel.queryByText("fact of dr")).toBeNull();
    await user.click(line);
    expect(line.getAttribute("aria-expanded")).toBe("true");
    panel.getByText("fact of dr");
    await user.click(line);
    expect(panel.queryByText("fact of dr")).toBeNull();
  });

  it("says what is not known and why, and never shows it as a figure", async () => {
    const wal = part("wal", {
      state: "unknown",
      ms: null,
      reason: "unanswered",
      params: { count: 2, instance: "i-1" },
    });
    const parts = [
      wal,
      part("flush"),
      part("versions"),
      part("dr", { state: "unknown", ms: null, reason: "no-index" }),
    ];
    open(() =>
      Promise.resolve(
        facts(
          { bucketLostMs: null, allLostMs: null, parts },
          { ms: null, state: "unmeasured", bytesPerSecond: null, drillAtMs: null },
        ),
      ),
    );
    await screen.findByText(/Not everything is known: Only on ingesters' disks and DR copy lags behind/);
    screen.getByText("2 ingesters did not answer, i-1 among them");
    screen.getByText("not measured: run a drill");
    expect(screen.getAllByText("not known").length).toBeGreaterThanOrEqual(5);
  });

  it("says that everything is lost with the bucket where there is no copy, and that a measure is stale", async () => {
    const dr = part("dr", { state: "absent", ms: null, reason: "none" });
    const parts = [part("wal"), part("flush"), part("versions"), dr];
    open(() => Promise.resolve(facts({ bucketLostMs: null, allLostMs: null, parts }, { state: "stale" })));
    expect(await screen.findAllByText("everything")).toHaveLength(2);
    screen.getByText("The store has no DR copy");
    screen.getByText(/^stale, measured/);
    expect(screen.queryByText(/Not everything is known/)).toBeNull();
  });

  it("asks again by itself while the first round of metrics is on its way", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const wal = part("wal", { state: "unknown", ms: null, reason: "no-round" });
      let parts = [wal, part("flush"), part("versions"), part("dr")];
      const console = open(() => Promise.resolve(facts({ parts })));
      await screen.findByText("No round of metrics has come in yet");
      parts = [part("wal"), part("flush"), part("versions"), part("dr")];
      await act(() => vi.advanceTimersByTimeAsync(16_000));
      await waitFor(() => expect(screen.queryByText("No round of metrics has come in yet")).toBeNull());
      expect(callsOf(console, "recovery.facts")).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells a failure, and asks again", async () => {
    let fails = true;
    const console = open(() =>
      fails
        ? Promise.reject(new RemoteError(wireError("storage.unreachable", { store: "s3://x", problem: "down" })))
        : Promise.resolve(facts()),
    );
    await screen.findByText("What would be lost is not known: it could not be asked");
    fails = false;
    await userEvent.setup().click(screen.getByRole("button", { name: "Ask again" }));
    await screen.findByText("2h 2m");
    expect(callsOf(console, "recovery.facts")).toEqual([{ store: A_STORE.id }, { store: A_STORE.id }]);
  });
});
