import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusFailure } from "../../../src-main/core/clusters/kubernetes-status.ts";
import { sendFailure } from "../../../src-main/core/health/operations/adapters/acting-request.ts";
import { EXPIRY_ANNOTATION, printExpiries } from "../../../src-main/core/tenants/changes/expiry-annotation.ts";
import { ExpiryEnforcer, type OverdueSite } from "../../../src-main/core/tenants/changes/expiry-enforcer.ts";
import { watchExpiries, type ExpiryEvent } from "../../../src-main/core/tenants/changes/expiry-watch.ts";
import { restoreDue } from "../../../src-main/core/tenants/changes/restore-due.ts";
import { runtimeMapStore } from "../../../src-main/core/tenants/changes/runtime-map-store.ts";
import type { RuntimeMapStore } from "../../../src-main/core/tenants/changes/runtime-map.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { BENCH_SITE, LimitsBench } from "../../builders/limits-bench.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const never = new AbortController().signal;
const PLACE = { namespace: "loki", name: "loki-limits", key: "overrides.yaml" };
const TEXT = "overrides:\n  cards:\n    ingestion_rate_mb: 20 # for the night\n    max_line_size: 1MB\n";
let bench: LimitsBench;
let store: RuntimeMapStore;

beforeEach(async () => {
  bench = await LimitsBench.open(TEXT);
  const { client } = bench;
  store = runtimeMapStore(client, { refusal: statusFailure, unanswered: sendFailure });
  const entry = { tenant: "cards", key: "ingestion_rate_mb", value: "20", restores: "12", by: "ops" };
  const later = { tenant: "cards", key: "max_line_size", value: "1MB", restores: null, by: "ops" };
  await bench.annotate({
    [EXPIRY_ANNOTATION]: printExpiries([
      { ...entry, expiresAtMs: bench.nowMs - 1 },
      { ...later, expiresAtMs: bench.nowMs + 60_000 },
    ]),
  });
});
afterEach(() => bench[Symbol.asyncDispose]());

describe("a watchdog that lets limits go back", () => {
  it("restores what is due and leaves the rest, with its end", async () => {
    const outcome = await restoreDue(store, PLACE, bench.nowMs, () => true, never);
    expect(outcome).toMatchObject({ kind: "restored", edits: [{ key: "ingestion_rate_mb", value: "12" }] });
    const { text, annotations, data } = await bench.map();
    expect(text).toBe(TEXT.replace("20 #", "12 #"));
    expect(data["other.txt"]).toBe("left alone");
    expect(JSON.parse(annotations[EXPIRY_ANNOTATION] ?? "").entries).toMatchObject([{ key: "max_line_size" }]);
    expect(await restoreDue(store, PLACE, bench.nowMs, () => true, never)).toEqual({ kind: "nothing-due" });
    await restoreDue(store, PLACE, bench.nowMs + 60_001, () => true, never);
    expect((await bench.map()).text).toBe("overrides:\n  cards:\n    ingestion_rate_mb: 12 # for the night\n");
  });

  it("does nothing where another one is faster: of two at once, one writes", async () => {
    const both = await Promise.all([1, 2].map(() => restoreDue(store, PLACE, bench.nowMs, () => true, never)));
    const kinds = both.map(({ kind }) => kind).toSorted();
    expect(kinds[1]).toBe("restored");
    expect(["overtaken", "nothing-due"]).toContain(kinds[0]);
    expect((await bench.map()).text).toBe(TEXT.replace("20 #", "12 #"));
  });

  it("writes nothing while it does not lead", async () => {
    const before = await bench.map();
    expect(await restoreDue(store, PLACE, bench.nowMs, () => false, never)).toEqual({ kind: "nothing-due" });
    expect((await bench.map()).resourceVersion).toBe(before.resourceVersion);
  });

  it("looks again and again, tells what went back, and a look that fails ends nothing", async () => {
    const clock = new ManualClock(bench.nowMs);
    const logger = new RecordingLogger();
    const ending = new AbortController();
    const { promise, resolve } = Promise.withResolvers<ExpiryEvent>();
    let looks = 0;
    const watching = watchExpiries(
      {
        store: () => {
          looks += 1;
          if (looks === 1)
            throw new AppError("cluster.forbidden", { verb: "get", resource: "configmaps", namespace: "loki" });
          return Promise.resolve(store);
        },
        place: PLACE,
        mayAct: () => true,
        clock,
        logger,
        onChange: resolve,
      },
      ending.signal,
    );
    await clock.advance(30_000);
    expect(await promise).toMatchObject({ edits: [{ tenant: "cards", value: "12" }] });
    ending.abort();
    await watching;
    expect(JSON.stringify(logger.lines)).toContain("cluster.forbidden");
  });
});

describe("a console that lets limits go back", () => {
  let stack: AsyncDisposableStack;
  beforeEach(() => {
    stack = new AsyncDisposableStack();
  });
  afterEach(() => stack.disposeAsync());

  const LATE: OverdueSite = { site: BENCH_SITE, name: "Lab", overdue: 2 };

  function enforcer(given: { mayAct?: () => boolean; restore?: () => Promise<void>; late?: () => OverdueSite[] }) {
    const clock = new ManualClock(bench.nowMs);
    const announcer = new RecordingAnnouncer();
    const enforcing = new ExpiryEnforcer({
      overdue: () => Promise.resolve(given.late?.() ?? [LATE]),
      mayAct: given.mayAct ?? (() => true),
      restore: given.restore ?? (() => Promise.resolve()),
      clock,
      announcer,
      logger: new RecordingLogger(),
    });
    return { enforcing, clock, announcer };
  }

  it("begins at once, and does not ask again before what it did can be seen", async () => {
    let restored = 0;
    const { enforcing, clock } = enforcer({
      restore: () => {
        restored += 1;
        return Promise.resolve();
      },
    });
    stack.use(enforcing);
    await clock.advance(0);
    expect(restored).toBe(1);
    await clock.advance(30_000);
    expect(restored).toBe(1);
    await clock.advance(60_000);
    expect(restored).toBe(2);
  });

  it("that may not do it says so, once", async () => {
    const { enforcing, clock, announcer } = enforcer({
      mayAct: () => false,
      restore: () => Promise.reject(new Error("not asked for")),
    });
    stack.use(enforcing);
    await clock.advance(120_000);
    expect(announcer.notices).toEqual([
      { key: "limits.overdue", severity: "warning", params: { site: "Lab", count: 2, problem: "" } },
    ]);
  });

  it("says that it could not, tries again after a while, and takes one who was faster for no failure", async () => {
    const failures = [
      new AppError("tenants.change-conflict", { object: "loki/limits", who: "watchdog" }),
      new AppError("cluster.forbidden", { verb: "patch", resource: "configmaps", namespace: "loki" }),
    ];
    const { enforcing, clock, announcer } = enforcer({
      restore: () => {
        const failure = failures.shift();
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
    });
    stack.use(enforcing);
    await clock.advance(0);
    expect(announcer.notices).toEqual([]);
    await clock.advance(90_000);
    expect(announcer.notices.map(({ key, params }) => [key, params["problem"]])).toEqual([
      ["limits.expiry-failed", "cluster.forbidden"],
    ]);
    await clock.advance(60_000);
    expect(failures).toEqual([]);
  });
});
