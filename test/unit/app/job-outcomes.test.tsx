import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { JobsScreen } from "../../../src-renderer/features/jobs/jobs-screen.tsx";
import { jobOutcome } from "../../../src-renderer/features/jobs/output/job-outputs.ts";
import type { Locale } from "../../../src-shared/i18n/catalogue.ts";
import type { ExportSummary } from "../../../src-shared/model/export-summary.ts";
import type { ImportSummary } from "../../../src-shared/model/import-summary.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { renderInConsole } from "../../builders/render-console.tsx";

const exported: ExportSummary = {
  state: "finished",
  place: "/data/archives/acme",
  folder: "/data/archives/acme",
  tenant: "acme",
  query: '{app="x"}',
  startNs: "1763630047000000000",
  endNs: "1763633647000000000",
  linesRead: 1_204_450,
  linesWritten: 1_204_332,
  duplicatesDropped: 118,
  lineBytes: 312_400_118,
  files: 14,
  sizeBytes: 48_220_110,
  redacted: { phone: 1_204, "bank-card": 1 },
  completeness: { verdict: "complete", reasons: [] },
  parts: { total: 14, done: 14, resumed: 3, repeated: 1 },
  seconds: 71,
};
const imported: ImportSummary = {
  path: "/data/archives/files",
  tenants: ["acme"],
  linesRead: 10,
  linesWritten: 9,
  duplicatesDropped: 1,
  lineBytes: 900,
  files: 1,
  sizeBytes: 500,
  problems: [
    {
      part: "app\u202E.log",
      error: {
        code: "archive.lines-unreadable",
        params: { part: "app.log", lines: 3, example: "<b>x</b>" },
        category: "integrity",
        retryable: false,
      },
      count: 2,
    },
  ],
  completeness: {
    verdict: "incomplete",
    reasons: [{ kind: "partial-failure", part: "b.log.gz", code: "archive.truncated" }],
  },
  seconds: 1,
};

function ended(kind: string, output: unknown, part: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse(kind),
    kind,
    title: { key: `jobs.title.${kind}`, params: { tenant: "acme", place: "acme-1", title: "files", folder: "out" } },
    state: "succeeded",
    principal: "olga",
    createdAtMs: Date.now() - 60_000,
    startedAtMs: Date.now() - 60_000,
    endedAtMs: Date.now(),
    attempts: 1,
    progress: null,
    output,
    canPause: true,
    ...part,
  };
}

function open(jobs: readonly Job[], locale: Locale = "en") {
  return renderInConsole(<JobsScreen />, { locale, answers: { jobs: { list: () => Promise.resolve([...jobs]) } } });
}

async function drawerOf(title: RegExp) {
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: title }));
  return within(await screen.findByRole("complementary"));
}

describe("what a job has done", () => {
  it("an export tells lines, files, what was made unreadable and whether it is whole, and opens", async () => {
    const { opened } = open([ended("logs-export", exported)]);
    await screen.findByText(
      "1,204,332 lines · 46 MiB in 14 files · 1,204 phone numbers and 1 bank card made unreadable",
    );
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(opened).toEqual([{ how: "open", paths: ["/data/archives/acme"] }]);
    const drawer = await drawerOf(/^Export acme/);
    drawer.getByText("Every line that was asked for is in it.");
    drawer.getByText("1,204,450 · 298 MiB");
    drawer.getByText("118 lines, stored once as Loki does");
    drawer.getByText("14 of 14, 3 found finished from before");
  });

  it("an export into a bucket has nothing to open on this machine", async () => {
    open([ended("logs-export", { ...exported, folder: null, place: "s3://evidence/1/" })]);
    await screen.findByText("complete");
    expect(screen.queryByRole("button", { name: "Open" })).toBeNull();
    (await drawerOf(/^Export acme/)).getByText("s3://evidence/1/");
  });

  it("an import names what it could not read, in words, with what is hidden made visible", async () => {
    open([ended("archive-import", imported)]);
    await screen.findByText("9 lines · 500 B in 1 file · 1 problem");
    const drawer = await drawerOf(/^Import files/);
    drawer.getByText("Lines are missing:");
    drawer.getByText("b.log.gz could not be read whole. It ends too early; what is before was read.");
    const problems = within(drawer.getByRole("region", { name: "Problems" }));
    problems.getByText("app⟦U+202E⟧.log");
    problems.getByText(/3 lines of app\.log do not have its format, such as “<b>x<\/b>”/);
    problems.getByText(/\(2 times\)/);
    expect(screen.getByRole("complementary").querySelector("b")).toBeNull();
  });

  it("a check says whether the archive is as it was written", async () => {
    open([
      ended("archive-verify", { file: "/a", problems: [] }),
      ended("archive-verify", { file: "/b", problems: imported.problems }, { id: jobIdSchema.parse("v2") }),
    ]);
    await screen.findByText("as it was written");
    await screen.findByText("not as it was written");
  });

  it("a capsule opens by its file, and of its wholeness nobody may be sure", async () => {
    const output = {
      path: "/x/a.kubemate-capsule",
      rows: 41,
      sizeBytes: 2_048,
      redacted: {},
      completeness: { verdict: "unknown", reasons: [] },
    };
    const { opened } = open([ended("capsule-create", output)]);
    await screen.findByText("41 lines · 2 KiB");
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(opened).toEqual([{ how: "open", paths: ["/x/a.kubemate-capsule"] }]);
  });

  it("a stopped export says what it has, and is not opened", async () => {
    open([ended("logs-export", { ...exported, state: "stopped", linesWritten: 12 }, { state: "cancelled" })]);
    await screen.findByText(/^12 lines · /);
    expect(screen.queryByRole("button", { name: "Open" })).toBeNull();
  });

  it("is shown as it came where the kind is not known or the shape is another", async () => {
    expect(jobOutcome({ kind: "logs-export", output: { linesRead: 1 } })).toBeNull();
    expect(jobOutcome({ kind: "toString", output: {} })).toBeNull();
    open([ended("of-tomorrow", { made: "<i>something</i>" })]);
    const drawer = await drawerOf(/^of-tomorrow/);
    drawer.getByText(/"made": "<i>something<\/i>"/);
  });

  it("speaks Chinese", async () => {
    open([ended("logs-export", exported)], "zh-CN");
    await screen.findByText(/1,204,332 行 · 46 MiB，14 个文件/);
    screen.getByRole("button", { name: "打开" });
  });
});

describe("a running export", () => {
  it("tells lines, bytes, rate and the time that is left", async () => {
    const progress = {
      phase: "read",
      fraction: 0.42,
      done: 504_120,
      total: 1_204_332,
      unit: "rows",
      perSecond: 120_400,
      remainingMs: 6_000,
      bytes: 125_829_120,
    } as const;
    open([ended("logs-export", undefined, { state: "running", endedAtMs: null, progress })]);
    await screen.findByText("reading · 42% · 504,120 of 1,204,332 rows · 120 MiB · 120,400/s · 6s left");
    screen.getByRole("button", { name: "Pause job" });
    screen.getByRole("button", { name: "Cancel job" });
  });
});
