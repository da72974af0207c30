import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ReportView } from "../../../src-renderer/features/tenants/changes/report-view.tsx";
import { aLimitReport } from "../../builders/limit-changes.ts";
import { renderInConsole } from "../../builders/render-console.tsx";

describe("the report of a limit change", () => {
  it("does not call a value known that no component tells: there the hash is the proof", () => {
    const held = [
      { tenant: "payments", key: "max_query_series", value: "900", asPlanned: true },
      { tenant: "payments", key: "ingestion_rate_mb", value: null, asPlanned: true },
    ];
    renderInConsole(<ReportView report={aLimitReport({ verified: true, held })} />);
    const hidden = screen.getByText("no component tells this value; the hash of the file proves it").closest("li");
    expect(hidden?.textContent).toContain("ingestion_rate_mb");
    expect(hidden?.textContent).not.toMatch(/unknown|as planned/i);
    expect(screen.getByText("as planned").closest("li")?.textContent).toContain("900");
  });
});
