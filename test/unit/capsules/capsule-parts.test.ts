import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { capsuleReads } from "../../../src-main/core/capsules/capsule-reads.ts";
import { capsuleTenants } from "../../../src-main/core/capsules/capsule-tenants.ts";
import { reversedRows } from "../../../src-main/core/capsules/reversed-rows.ts";
import { oldArchive, prod, spare } from "../../builders/capsule-parts.ts";
import { logBatch } from "../../builders/log-batches.ts";

const range = { startNs: 1_000_000_000_000n, endNs: 2_000_000_000_000n };
/** How far Loki may move the ends of a range to whole steps: a tenth of it, and a second. */
const aligned = 101_000_000_000n;
const asked = (expr: string, limit: number | null = 10) => ({ expr, range, direction: "backward", limit }) as const;

describe("what a capsule reads", () => {
  it("is a log query as it was asked; all of it oldest first", () => {
    expect(capsuleReads(asked('{app="a"} | json'))).toEqual([asked('{app="a"} | json')]);
    expect(capsuleReads(asked('{app="a"}', null))).toEqual([{ ...asked('{app="a"}', null), direction: "forward" }]);
  });

  it("is every line that a metric query looks at, before it is parsed, as far back as windows and offsets reach", () => {
    const [read, ...others] = capsuleReads(asked('rate({app="a"} |= "x" | json | y="z" |= "w" [1m] offset 5m)'));
    expect(others).toEqual([]);
    expect(read).toEqual({
      expr: '{app="a"} |= "x"',
      range: {
        startNs: range.startNs - 360_000_000_000n - aligned,
        endNs: range.endNs - 300_000_000_000n + 1n + aligned,
      },
      direction: "forward",
      limit: null,
    });
  });

  it("is read once for all windows over the same lines", () => {
    const expr =
      'sum(rate({app="a"}[1m])) / sum(rate({app="a"}[10m] offset -1m)) + vector(1) + count_over_time({app="b"}[1m])';
    const reads = capsuleReads(asked(expr));
    expect(reads.map(({ expr: text }) => text)).toEqual(['{app="a"}', '{app="b"}']);
    expect(reads[0]?.range).toEqual({
      startNs: range.startNs - 540_000_000_000n - aligned,
      endNs: range.endNs + 60_000_000_000n + 1n + aligned,
    });
  });

  it("is nothing for numbers alone, and an error for what is no query", () => {
    expect(capsuleReads(asked("1 + 1"))).toEqual([]);
    expect(() => capsuleReads(asked("{app="))).toThrow("loki.query-invalid");
  });
});

describe("the tenants of a capsule", () => {
  it("are the targets' own where they are one another's, and tell sites apart where they are not", () => {
    expect(capsuleTenants([prod, prod, oldArchive], ["Prod", "Prod", "old"])).toEqual(["bank", "bank", "retail"]);
    expect(capsuleTenants([prod, spare, oldArchive], ["Prod", "DR 1/2", "old"])).toEqual([
      "bank.Prod",
      "bank.DR_1_2",
      "retail",
    ]);
  });

  it("are two also where titles differ only in what a tenant cannot be called", () => {
    expect(capsuleTenants([prod, spare, prod], ["DR 1", "DR_1", "DR 1"])).toEqual([
      "bank.DR_1",
      "bank.DR_1.2",
      "bank.DR_1",
    ]);
  });

  it("are valid tenants whatever sites and namespaces are called", () => {
    const pods = { kind: "pods", site: siteIdSchema.parse("prod"), namespace: "kube-system" } as const;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("", ".", "..", "a/b", "租户"), (title, namespace) => {
        const targets = [prod, spare, pods, { ...pods, namespace, site: siteIdSchema.parse("dr") }];
        for (const tenant of capsuleTenants(targets, [title, `${title} 2`, title, title])) {
          expect(tenantIdProblem(tenant)).toBeNull();
        }
      }),
    );
  });
});

describe("reversed rows", () => {
  it("reversed again are the rows", () => {
    const row = fc.record({
      timestampNs: fc.bigInt({ min: -5n, max: 5n }),
      labels: fc.constantFrom({ app: "a" }, { app: "b" }),
      line: fc.string({ unit: "grapheme" }),
      metadata: fc.constantFrom({}, { trace: "1" }),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const batch = logBatch(rows);
        const back = reversedRows(reversedRows(batch));
        expect({ ...back, lineBytes: Buffer.from(back.lineBytes), extraBytes: Buffer.from(back.extraBytes) }).toEqual(
          batch,
        );
        expect([...reversedRows(batch).timestampsNs]).toEqual(rows.map(({ timestampNs }) => timestampNs).toReversed());
      }),
    );
  });
});
