import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../src-shared/model/ids.ts";
import type { JobState } from "../../../src-shared/model/job.ts";
import type { JobContext, JobDefinition } from "../../../src-main/core/jobs/job-definition.ts";
import { JobEngine } from "../../../src-main/core/jobs/job-engine.ts";
import { JobStore } from "../../../src-main/core/jobs/job-store.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const input = z.object({ steps: z.number() });
const checkpoint = z.object({ step: z.number() });
const output = z.object({ step: z.number() });
type Context = JobContext<z.infer<typeof input>, z.infer<typeof checkpoint>>;
type Definition = JobDefinition<z.infer<typeof input>, z.infer<typeof checkpoint>, z.infer<typeof output>>;

function jobOf(run: (context: Context) => Promise<{ step: number }>, canPause = true): Definition {
  return { kind: "stepping", input, checkpoint, output, canPause, titleParams: ({ steps }) => ({ steps }), run };
}

function engineOf(definition: Definition, file?: string, ...others: readonly Definition[]): JobEngine {
  const directory = temporaryDirectory();
  const engine = new JobEngine({
    store: new JobStore(file ?? directory.file("jobs.db")),
    definitions: [definition, ...others],
    maxRunning: 1,
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    announcer: new RecordingAnnouncer(),
  });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });
  return engine;
}

function whenState(engine: JobEngine, id: JobId, state: JobState): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (engine.get(id).state !== state) return;
      stop();
      resolve();
    };
    const stop = engine.onChange(check);
    check();
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Commits one step, then waits to be stopped. */
const waitsAfterOne = jobOf(async ({ checkpoint: before, signal, commit }) => {
  const step = (before?.step ?? 0) + 1;
  await commit({ step });
  if (step < 3) await untilAborted(signal);
  return { step };
});

describe("job engine", () => {
  it("begins an urgent job at once, though all places are taken, and gives it none of them", async () => {
    const urgent: Definition = { ...waitsAfterOne, kind: "pressing", urgent: true };
    const engine = engineOf(waitsAfterOne, undefined, urgent);
    const running = engine.submit(waitsAfterOne, { steps: 3 }, "lin");
    const waiting = engine.submit(waitsAfterOne, { steps: 3 }, "lin");
    const pressing = engine.submit(urgent, { steps: 3 }, "lin");
    expect([running, waiting, pressing].map((id) => engine.get(id).state)).toEqual(["running", "queued", "running"]);
    await engine.cancel(pressing);
    expect(engine.get(waiting).state).toBe("queued");
    await engine.cancel(running);
    await whenState(engine, waiting, "running");
  });

  it("shows the checkpoint of a job that is made so while it runs, and its output at the end", async () => {
    const go = Promise.withResolvers<void>();
    const definition: Definition = {
      ...jobOf(async ({ commit }) => {
        await commit({ step: 1 });
        await go.promise;
        return { step: 2 };
      }),
      showsCheckpoint: true,
    };
    const engine = engineOf(definition);
    const id = engine.submit(definition, { steps: 2 }, "ada");
    await vi.waitFor(() => expect(engine.get(id)).toMatchObject({ state: "running", output: { step: 1 } }));
    go.resolve();
    await whenState(engine, id, "succeeded");
    expect(engine.get(id).output).toEqual({ step: 2 });
  });

  it("runs a job to its end and keeps its output", async () => {
    const definition = jobOf(async ({ input: { steps } }) => ({ step: steps }));
    const engine = engineOf(definition);
    const id = engine.submit(definition, { steps: 7 }, "ada");
    await whenState(engine, id, "succeeded");
    expect(engine.get(id)).toMatchObject({
      output: { step: 7 },
      attempts: 1,
      principal: "ada",
      title: { params: { steps: 7 } },
    });
  });

  it("pauses with what was committed and resumes from there", async () => {
    const engine = engineOf(waitsAfterOne);
    const id = engine.submit(waitsAfterOne, { steps: 3 }, "ada");
    expect(await engine.pause(id)).toMatchObject({ state: "paused", output: { step: 1 } });
    engine.resume(id);
    expect(await engine.pause(id)).toMatchObject({ state: "paused", output: { step: 2 } });
    engine.resume(id);
    await whenState(engine, id, "succeeded");
    expect(engine.get(id)).toMatchObject({ output: { step: 3 }, attempts: 3 });
  });

  it("makes a cancelled job a result with partial counts", async () => {
    const engine = engineOf(waitsAfterOne);
    const id = engine.submit(waitsAfterOne, { steps: 3 }, "ada");
    expect(await engine.cancel(id)).toMatchObject({ state: "cancelled", output: { step: 1 } });
    await expect(engine.cancel(id)).rejects.toSatisfy((error) => hasCode(error, "jobs.wrong-state"));
  });

  it("runs no more at once than it may, the oldest first", async () => {
    const order: number[] = [];
    const release = Promise.withResolvers<void>();
    const definition = jobOf(async ({ input: { steps } }) => {
      order.push(steps);
      await release.promise;
      return { step: steps };
    });
    const engine = engineOf(definition);
    const ids = [1, 2, 3].map((steps) => engine.submit(definition, { steps }, "ada"));
    expect(ids.map((id) => engine.get(id).state)).toEqual(["running", "queued", "queued"]);
    release.resolve();
    for (const id of ids) await whenState(engine, id, "succeeded");
    expect(order).toEqual([1, 2, 3]);
  });

  it("keeps our error's code and gives a stranger's a reference", async () => {
    const ours = jobOf(() => Promise.reject(new AppError("files.disk-full", { file: "x" })));
    const stranger = jobOf(() => Promise.reject(new TypeError("secret detail")));
    for (const [definition, code] of [
      [ours, "files.disk-full"],
      [stranger, "internal"],
    ] as const) {
      const engine = engineOf(definition);
      const id = engine.submit(definition, { steps: 1 }, "ada");
      await whenState(engine, id, "failed");
      expect(engine.get(id).error).toMatchObject({ code, reference: expect.stringMatching(/^kc-/) });
      expect(JSON.stringify(engine.get(id))).not.toContain("secret detail");
    }
  });

  it("fails a job whose output or checkpoint is not what its schema says", async () => {
    // @ts-expect-error -- a job that answers against its own schema
    const definition = jobOf(async () => ({ steps: "many" }));
    const engine = engineOf(definition);
    const id = engine.submit(definition, { steps: 1 }, "ada");
    await whenState(engine, id, "failed");
    expect(engine.get(id).error?.code).toBe("internal");
  });

  it("ends a job at shutdown as interrupted, and another engine resumes it", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("jobs.db");
    const first = engineOf(waitsAfterOne, file);
    const id = first.submit(waitsAfterOne, { steps: 3 }, "ada");
    await first[Symbol.asyncDispose]();
    const second = engineOf(waitsAfterOne, file);
    expect(second.get(id)).toMatchObject({ state: "interrupted", output: { step: 1 } });
    second.resume(id);
    await second.pause(id);
    expect(second.get(id)).toMatchObject({ state: "paused", output: { step: 2 } });
  });

  it("refuses input against the schema", () => {
    const engine = engineOf(waitsAfterOne);
    // @ts-expect-error -- against its schema
    expect(() => engine.submit(waitsAfterOne, { steps: "three" }, "ada")).toThrow(/jobs\.input-invalid/);
  });
});
