import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadCorpus } from "../../../build/conformance/corpus.ts";
import { runConformance } from "../../../build/conformance/run.ts";

const corpus = loadCorpus(fileURLToPath(new URL("../../fixtures/logql", import.meta.url)));

/** Queries of the corpus that are compared; one of its 1,161 had no stable answer. */
const COMPARED = 1_160;

describe("LogQL over the recorded corpus", () => {
  it("answers every query as Loki 3.7.6 did, bugs included, in compat mode", { timeout: 180_000 }, () => {
    const report = runConformance(corpus, { compat: "loki" });
    expect(report.differences).toEqual([]);
    expect(report.equal).toBe(COMPARED);
    expect(report.differentTexts).toEqual([]);
    expect(report.errorTexts.total).toBe(115);
  });

  it("answers otherwise by default only where a known bug shows", { timeout: 180_000 }, () => {
    const report = runConformance(corpus, { compat: "documented" });
    expect(report.differences.filter(({ bug }) => bug === null)).toEqual([]);
    expect(report.equal).toBeGreaterThanOrEqual(1_113);
    expect(report.total).toBe(COMPARED);
    expect(report.differentTexts).toEqual([]);
  });
});
