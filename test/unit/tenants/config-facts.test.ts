import { describe, expect, it } from "vitest";
import { readConfigFacts, readPublishedLimits } from "../../../src-main/core/tenants/limits/reading/config-facts.ts";

const CUT = 'limits_config:\n  ingestion_rate_mb: 4\n  max_query_length: "30d\n';

describe("what a component prints of its configuration", () => {
  it("is told as nothing known where it is no YAML, and never by the half that can be read", () => {
    expect(readConfigFacts(CUT)).toBeNull();
    expect(readPublishedLimits('ingestion_rate_mb: 4\nmax_query_length: "30d\n')).toBeNull();
  });

  it("is read where it is whole", () => {
    expect(readConfigFacts(`${CUT.trimEnd()}"\n`)?.limits).toEqual({ ingestion_rate_mb: 4, max_query_length: "30d" });
  });
});
