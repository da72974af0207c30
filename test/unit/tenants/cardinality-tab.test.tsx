import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CardinalityTab } from "../../../src-renderer/features/tenants/cardinality/cardinality-tab.tsx";
import {
  LimitChangesContext,
  type LimitChanges,
} from "../../../src-renderer/features/tenants/changes/limit-changes-context.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema, siteIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { CardinalityReport, LabelChange, WhatIf } from "../../../src-shared/model/tenants/cardinality.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { renderInConsole } from "../../builders/render-console.tsx";

withSizes();

const SITE = siteIdSchema.parse("prod");
const JOB = jobIdSchema.parse("job-1");

const REPORT: CardinalityReport = {
  job: JOB,
  request: { site: SITE, tenant: tenantIdSchema.parse("acme"), selector: "", lastMinutes: 60, sampleLines: 0 },
  takenAtMs: Date.UTC(2026, 10, 22),
  series: 4_000,
  seriesKnown: null,
  sampledShare: 0.5,
  partial: [{ key: "sampled", params: { percent: 50 } }],
  seriesDayBefore: 1_000,
  memoryStreams: null,
  labels: [
    {
      label: "trace_id",
      values: 3_900,
      series: 4_000,
      top: [{ value: "a\u202Eb", series: 9 }],
      samples: ["c\u202Ed"],
      shape: "trace",
      shapeShare: 1,
      idLike: true,
      valuesDayBefore: 3_000,
      streamsWithout: 40,
    },
    {
      label: "app",
      values: 4,
      series: 4_000,
      top: [],
      samples: ["web"],
      shape: null,
      shapeShare: 0,
      idLike: false,
      valuesDayBefore: 4,
      streamsWithout: 4_000,
    },
  ],
  combinations: [{ labels: ["app", "trace_id"], series: 4_000 }],
  fields: [],
  suggested: [{ kind: "metadata", label: "trace_id" }],
};

function whatIf(changes: readonly LabelChange[]): WhatIf {
  return {
    changes: [...changes],
    streams: { before: 8_000, after: 50, low: 40, high: 70 },
    chunksPerHour: null,
    memoryBytes: { before: 2_097_152, after: 1_048_576 },
    facts: [{ key: "copies", value: 3, from: "loki_distributor_replication_factor" }],
    promtail: "pipeline_stages:\n",
    alloy: "loki.process {}\n",
    tookMs: 3,
  };
}

function answers(more: FakeAnswers["cardinality"] = {}): FakeAnswers {
  return {
    cardinality: {
      reports: async () => [{ job: JOB, takenAtMs: REPORT.takenAtMs, series: 4_000, labels: 2, sampledShare: 0.5 }],
      report: async () => REPORT,
      whatIf: async ({ changes }) => whatIf(changes),
      ...more,
    },
  };
}

const EDITS: unknown[] = [];
const CHANGES: LimitChanges = {
  open: () => {},
  edit: (edit) => EDITS.push(edit),
  follow: () => {},
};

function tab(given: FakeAnswers, tenant: string | null = "acme", locale: "en" | "zh-CN" = "en") {
  return renderInConsole(
    <LimitChangesContext value={CHANGES}>
      <CardinalityTab site={SITE} tenant={tenant} />
    </LimitChangesContext>,
    { answers: given, locale },
  );
}

describe("the cardinality tab", () => {
  it("asks for a tenant, then for a sample, before there is anything to show", async () => {
    const { unmount } = tab({}, null);
    expect(screen.getByText("Choose a tenant")).toBeTruthy();
    unmount();
    const started: unknown[] = [];
    tab(
      answers({
        reports: async () => [],
        start: async (request) => {
          started.push(request);
          throw new RemoteError({
            code: "request.invalid",
            params: { path: "selector", problem: "no stream selector" },
            category: "invalid-input",
            retryable: false,
          });
        },
      }),
    );
    expect(await screen.findByText("No sample of acme yet")).toBeTruthy();
    fireEvent.change(screen.getByLabelText("Stream selector"), { target: { value: "nonsense" } });
    fireEvent.click(screen.getByRole("button", { name: "Sample" }));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(started).toEqual([
      { site: "prod", tenant: "acme", selector: "nonsense", lastMinutes: 60, sampleLines: 5_000 },
    ]);
  });

  it("says what is in a sample and what is not, marks ids in words, and shows no character that deceives", async () => {
    const { container } = tab(answers());
    expect(await screen.findByText(/50 % of the streams are in the sample/)).toBeTruthy();
    expect(screen.getByText("These labels should be fields: trace_id")).toBeTruthy();
    expect(screen.getByText("trace ids")).toBeTruthy();
    // 4,000 of half a sample against 1,000: seven times as many more.
    expect(screen.getByText("▲ +7,000")).toBeTruthy();
    expect(container.textContent).toContain("c⟦U+202E⟧d");
    expect(container.textContent).not.toContain("\u202E");
  });

  it("tries changes of the label that the keys chose, all together, with their band and the texts that make them", async () => {
    const { client } = tab(answers());
    const grid = await screen.findByRole("grid");
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    const side = screen.getByRole("complementary", { name: "What if" });
    fireEvent.click(within(side).getByText("Hash"));
    expect(await within(side).findByText("between 40 and 70, as a part of the streams was read")).toBeTruthy();
    expect(within(side).getByText("−99%")).toBeTruthy();
    expect(within(side).getByText("not known: nobody tells what it takes")).toBeTruthy();
    expect(within(side).getByText("pipeline_stages:")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Try without them" }));
    await waitFor(() =>
      expect(client.calls.filter(({ path }) => path === "cardinality.whatIf").at(-1)?.input).toEqual({
        site: "prod",
        tenant: "acme",
        job: "job-1",
        changes: [{ kind: "metadata", label: "trace_id" }],
      }),
    );
    fireEvent.click(within(side).getByRole("button", { name: /Take all back/ }));
    expect(within(side).queryByText("−99%")).toBeNull();
  });

  it("leads from an exploding label to the plan that stops it, and from there to a change of limits", async () => {
    tab(
      answers({
        emergency: async ({ label }) => ({
          label,
          tenant: "acme",
          steps: [{ key: "cap", params: { streams: 4_400 }, text: "overrides: {}" }],
        }),
      }),
    );
    fireEvent.keyDown(await screen.findByRole("grid"), { key: "Home" });
    fireEvent.click(screen.getByRole("button", { name: "Stop this label now …" }));
    expect(await screen.findByText(/no more than 4,400 streams/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Plan this limit …" }));
    expect(EDITS).toEqual([{ tenant: "acme", key: "max_global_streams_per_user", value: "4400" }]);
    fireEvent.keyDown(screen.getByRole("group", { name: "" }), { key: "Escape" });
    expect(await screen.findByRole("button", { name: "Stop this label now …" })).toBeTruthy();
  });

  it("says why a report cannot be read, in Chinese too", async () => {
    tab(
      answers({
        report: async () => {
          throw new RemoteError({
            code: "cardinality.report-damaged",
            params: { file: "/p/job-1.report.json", problem: "x" },
            category: "integrity",
            retryable: false,
          });
        },
      }),
      "acme",
      "zh-CN",
    );
    expect(await screen.findByText("无法读取报告")).toBeTruthy();
  });
});
