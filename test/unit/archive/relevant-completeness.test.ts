import { describe, expect, it } from "vitest";
import { relevantCompleteness } from "../../../src-main/core/archive/scan/relevant-completeness.ts";
import { COMPLETE, type Completeness } from "../../../src-shared/model/completeness.ts";

const missing = (key: string, startNs: string, endNs: string) =>
  ({ kind: "lines-missing", unit: "chunks", promised: 1, read: 0, startNs, endNs, detail: key }) as const;
const doubts: Completeness = {
  verdict: "incomplete",
  reasons: [missing("acme/1/a", "100", "200"), missing("globex/2/b", "100", "200")],
};

describe("an archive's doubts for one reading", () => {
  it("leave out what lies at other times", () => {
    const gap: Completeness = {
      verdict: "incomplete",
      reasons: [{ kind: "split-failed", startNs: "100", endNs: "200", code: "x" }],
    };
    const at = (startNs: bigint, endNs: bigint) =>
      relevantCompleteness({ kind: "kubemate", completeness: gap }, "acme", { startNs, endNs });
    expect(at(150n, 300n)).toEqual(gap);
    expect(at(200n, 300n)).toEqual(gap);
    expect(at(201n, 300n)).toEqual({ verdict: "unknown", reasons: [] });
    expect(at(0n, 100n)).toEqual({ verdict: "unknown", reasons: [] });
  });

  it("leave out other tenants' chunks, and keep what has no time", () => {
    const part = { kind: "partial-failure", part: "+3", code: "archive.damaged" } as const;
    const completeness: Completeness = { ...doubts, reasons: [...doubts.reasons, part] };
    expect(relevantCompleteness({ kind: "bucket", completeness }, "globex", null)).toEqual({
      verdict: "incomplete",
      reasons: [doubts.reasons[1], part],
    });
  });

  it("stay as they are where all concern it", () => {
    expect(relevantCompleteness({ kind: "files", completeness: COMPLETE }, "acme", { startNs: 0n, endNs: 1n })).toBe(
      COMPLETE,
    );
  });
});
