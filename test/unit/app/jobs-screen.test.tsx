import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { JobsScreen } from "../../../src-renderer/features/jobs/jobs-screen.tsx";
import { mergeJobs } from "../../../src-renderer/hooks/use-jobs.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { renderInConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";

function job(id: string, part: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse(id),
    kind: "audit-export",
    title: { key: "jobs.title.audit-export", params: { entries: 120_432 } },
    state: "running",
    principal: "olga",
    createdAtMs: Date.now() - 60_000,
    startedAtMs: Date.now() - 60_000,
    endedAtMs: null,
    attempts: 1,
    progress: {
      phase: "write",
      fraction: 0.25,
      done: 30_108,
      total: 120_432,
      unit: "rows",
      perSecond: 500,
      remainingMs: 180_000,
    },
    output: null,
    canPause: true,
    ...part,
  };
}

function open(jobs: readonly Job[], hello = {}) {
  return renderInConsole(<JobsScreen />, {
    hello,
    answers: {
      jobs: {
        list: () => Promise.resolve([...jobs]),
        pause: () => Promise.reject(new RemoteError(wireError("jobs.wrong-state", { id: "a", state: "succeeded" }))),
        cancel: () => Promise.resolve(job("a", { state: "cancelled" })),
        resume: () => Promise.resolve(job("a")),
      },
    },
  });
}

describe("the jobs screen", () => {
  it("says how far, how fast and how long still", async () => {
    open([job("a")]);
    await screen.findByText("Export the audit log (120,432 entries)");
    await screen.findByText("writing · 25% · 30,108 of 120,432 rows · 500/s · 3m left");
  });

  it("offers what makes sense for the state, and nothing else", async () => {
    open([
      job("a"),
      job("b", { state: "interrupted" }),
      job("c", { state: "succeeded", endedAtMs: Date.now() }),
      job("d", { canPause: false }),
    ]);
    const rows = await screen.findAllByRole("listitem");
    const names = (row: HTMLElement | undefined) =>
      row === undefined
        ? []
        : within(row)
            .getAllByRole("button")
            .map((button) => button.getAttribute("aria-label"));
    expect(names(rows[0])).toEqual([null, "Pause job", "Cancel job"]);
    expect(names(rows[1])).toEqual([null, "Resume job", "Cancel job"]);
    expect(names(rows[2])).toEqual([null, "Remove from the list"]);
    expect(names(rows[3])).toEqual([null, "Cancel job"]);
  });

  it("shows beside the job why a command was refused", async () => {
    open([job("a")]);
    await userEvent.setup().click(await screen.findByRole("button", { name: "Pause job" }));
    await screen.findByText("The job is succeeded; that cannot be done now.");
  });

  it("opens what a job made", async () => {
    open([job("a", { state: "succeeded", output: { file: "/exports/audit.ndjson" } })]);
    await userEvent.setup().click(await screen.findByRole("button", { name: /Export the audit log/ }));
    await screen.findByText(/exports\/audit\.ndjson/);
  });

  it("lets a viewer look and not touch", async () => {
    const { client } = open([job("a")], { role: "viewer" });
    const cancel = await screen.findByRole("button", { name: "Cancel job" });
    await userEvent.setup().click(cancel);
    expect(cancel.getAttribute("aria-disabled")).toBe("true");
    expect(client.calls.some(({ path }) => path === "jobs.cancel")).toBe(false);
  });

  it("puts a changed job in its place and a new one in front", () => {
    const merged = mergeJobs(
      [job("b", { createdAtMs: 2 }), job("a", { createdAtMs: 1 })],
      [job("a", { createdAtMs: 1, state: "failed" }), job("c", { createdAtMs: 3 })],
    );
    expect(merged.map(({ id, state }) => `${id} ${state}`)).toEqual(["c running", "b running", "a failed"]);
  });
});
