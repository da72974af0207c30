import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../../src-shared/i18n/catalogue.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { readRunbooks } from "../../../src-main/core/storage/runbooks/runbook-book.ts";
import {
  CHECK_NAMES,
  isCheckName,
  type CheckFound,
  type RunbookChecks,
} from "../../../src-main/core/storage/runbooks/runbook-checks.ts";
import { RunbookRuns } from "../../../src-main/core/storage/runbooks/runbook-runs.ts";
import { RunbooksService } from "../../../src-main/core/storage/runbooks/runbooks.service.ts";
import { STORAGE_TABS } from "../../../src-renderer/hooks/workspace-store.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const OLGA = { principal: "olga" };
const NOBODY = { site: null, store: null };
const never = new AbortController().signal;

describe("runbooks as data", () => {
  const steps = readRunbooks().flatMap(({ id, steps: own }) => own.map((step) => ({ runbook: id, ...step })));

  it("ask only what the console can look at, and everything that it can is asked somewhere", () => {
    const asked = steps.flatMap(({ check }) => (check === null ? [] : [check]));
    expect(asked.filter((check) => !isCheckName(check))).toEqual([]);
    expect([...new Set(asked)].toSorted()).toEqual([...CHECK_NAMES].toSorted());
    expect(steps.filter(({ kind, check }) => (kind === "check") !== (check !== null))).toEqual([]);
  });

  it("have a title and a text of each step in both languages", () => {
    const keys = [
      ...readRunbooks().flatMap(({ id }) => [`runbook.${id}.title`, `runbook.${id}.text`]),
      ...steps.flatMap(({ runbook, id }) => [`runbook.${runbook}.${id}.title`, `runbook.${runbook}.${id}.text`]),
    ];
    for (const texts of Object.values(CATALOGUE)) expect(keys.filter((key) => (texts[key] ?? "") === "")).toEqual([]);
  });

  it("lead to places that the window has", () => {
    const places = new Set(["explore", "health", "tenants", ...STORAGE_TABS.map((tab) => `storage?tab=${tab}`)]);
    expect(steps.filter(({ link }) => link !== null && !places.has(link))).toEqual([]);
  });

  it("name each step once", () => {
    for (const { steps: own } of readRunbooks()) expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  });
});

describe("a run of a runbook", () => {
  it("keeps who did what when, over a restart, and ends with its last step", () => {
    using work = temporaryDirectory();
    let id = "";
    {
      using desk = bench(work);
      const run = desk.service.start("damaged-chunk", { site: null, store: storeIdSchema.parse("prod") }, OLGA);
      id = run.run;
      desk.service.mark(id, "symptom", "done", "globex, 14:05", { principal: "ben" });
    }
    using desk = bench(work);
    const [run] = desk.service.runs(10);
    expect(run).toMatchObject({ run: id, startedBy: "olga", store: "prod", endedAtMs: null });
    expect(run?.steps[0]).toMatchObject({ state: "done", by: "ben", note: "globex, 14:05" });
    for (const { step } of run?.steps ?? []) desk.service.mark(id, step, "skipped", "", OLGA);
    expect(desk.service.runs(10)[0]?.endedAtMs).not.toBeNull();
    desk.service.mark(id, "symptom", "open", "", OLGA);
    expect(desk.service.runs(10)[0]?.endedAtMs).toBeNull();
  });

  it("takes what a check found; a check that does not know leaves the step open", async () => {
    using work = temporaryDirectory();
    let answer: CheckFound = { verdict: "done", key: "lease-free", params: {} };
    using desk = bench(work, () => Promise.resolve(answer));
    const { run } = desk.service.start("damaged-chunk", NOBODY, OLGA);
    const look = async () => {
      const { steps } = await desk.service.check(run, "lease", OLGA, never);
      return steps.find(({ step }) => step === "lease");
    };
    expect(await look()).toMatchObject({ state: "done", found: { key: "lease-free" }, by: "olga" });
    answer = { verdict: "failed", key: "lease-held", params: { holder: "ben" } };
    expect(await look()).toMatchObject({ state: "failed", found: { params: { holder: "ben" } } });
    answer = { verdict: "unknown", key: "no-store", params: {} };
    expect(await look()).toMatchObject({ state: "open", found: { key: "no-store" } });
  });

  it("says that it could not look when that was refused", async () => {
    using work = temporaryDirectory();
    using desk = bench(work, () => Promise.reject(new AppError("storage.bucket-unknown", { store: "s3://x" })));
    const { run } = desk.service.start("damaged-chunk", NOBODY, OLGA);
    const { steps } = await desk.service.check(run, "lease", OLGA, never);
    expect(steps.find(({ step }) => step === "lease")).toMatchObject({
      state: "open",
      found: { key: "not-looked", params: { code: "storage.bucket-unknown" } },
    });
  });

  it("refuses runbooks, runs and steps that there are not, and to look where a person has to", async () => {
    using work = temporaryDirectory();
    using desk = bench(work);
    const { run } = desk.service.start("damaged-chunk", NOBODY, OLGA);
    expect(() => desk.service.start("no-such", NOBODY, OLGA)).toThrow("recovery.runbook-unknown");
    expect(() => desk.service.mark("no-such", "lease", "done", "", OLGA)).toThrow("recovery.runbook-unknown");
    expect(() => desk.service.mark(run, "no-such", "done", "", OLGA)).toThrow("recovery.runbook-unknown");
    await expect(desk.service.check(run, "symptom", OLGA, never)).rejects.toThrow("recovery.runbook-unknown");
  });
});

function bench(
  work: TemporaryDirectory,
  check: () => Promise<CheckFound> = () => Promise.reject(new Error("not asked")),
) {
  const runs = new RunbookRuns(work.file("runbooks.db"));
  let nowMs = 1_795_000_000_000;
  // Every name has the same check.
  const checks = Object.fromEntries(CHECK_NAMES.map((name) => [name, check])) as unknown as RunbookChecks;
  const service = new RunbooksService({
    runbooks: readRunbooks(),
    runs,
    checks,
    clock: { nowMs: () => (nowMs += 1_000), sleep: () => Promise.resolve(), after: () => () => undefined },
    announcer: { changed: () => undefined, notice: () => undefined },
  });
  return { service, [Symbol.dispose]: () => runs[Symbol.dispose]() };
}
