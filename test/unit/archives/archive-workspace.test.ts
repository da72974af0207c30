import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLink } from "../../../src-renderer/app/use-workspace-url.ts";
import { parseWorkspaceLink } from "../../../src-renderer/app/workspace-url.ts";
import { endOfArchive, fixedRange } from "../../../src-renderer/features/explore/range/range-form.ts";
import { targetOf } from "../../../src-renderer/features/explore/session/run-plan.ts";
import { wholeRange } from "../../../src-renderer/hooks/use-archives.ts";
import { queryFits } from "../../../src-renderer/hooks/use-explore-archive.ts";
import { createWorkspaceStore, DEFAULT_RANGE, type Workspace } from "../../../src-renderer/hooks/workspace-store.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME } from "../../../src-shared/model/nano-time.ts";
import { archiveExample, tenantExample } from "../../builders/archive-examples.ts";

const RANGE = { kind: "absolute", startNs: "1000000000", endNs: "2000000000" } as const;
const CHOICE = { archive: "k1", tenant: "acme", range: RANGE, query: '{app=~".+"}' };
const AT_SITE: Partial<Workspace> = {
  site: "prod",
  tenant: "team-a",
  source: { kind: "pods", namespace: "loki" },
  range: { kind: "relative", lastSeconds: 3_600 },
  query: '{app="x"}',
};

describe("looking into an archive", () => {
  it("takes its tenant, range and query, and follows nothing", () => {
    const store = createWorkspaceStore({ ...AT_SITE, live: true });
    store.getState().chooseArchive(CHOICE);
    expect(store.getState()).toMatchObject({
      source: { kind: "archive", archive: "k1" },
      tenant: "acme",
      range: RANGE,
      query: '{app=~".+"}',
      live: false,
      site: "prod",
    });
  });

  it("puts back what was looked at before, also after one archive has followed another", () => {
    const store = createWorkspaceStore(AT_SITE);
    store.getState().chooseArchive(CHOICE);
    store.getState().chooseArchive({ ...CHOICE, archive: "k2" });
    store.getState().leaveArchive();
    expect(store.getState()).toMatchObject({ ...AT_SITE, beforeArchive: null });
  });

  it("leaves the range and the query of the archive behind when another site is chosen", () => {
    const store = createWorkspaceStore(AT_SITE);
    store.getState().chooseArchive(CHOICE);
    store.getState().chooseSite("edge");
    const { site, tenant, source, range, query } = store.getState();
    expect({ site, tenant, source }).toEqual({ site: "edge", tenant: null, source: { kind: "loki" } });
    expect({ range, query }).toEqual({ range: AT_SITE.range, query: AT_SITE.query });
  });

  it("begins a site anew when the window was opened inside an archive", () => {
    const store = createWorkspaceStore({ source: { kind: "archive", archive: "k1" }, tenant: "acme", range: RANGE });
    store.getState().leaveArchive();
    expect(store.getState()).toMatchObject({ source: { kind: "loki" }, tenant: null, range: DEFAULT_RANGE, query: "" });
  });

  it("by a link keeps the way back, and takes no tenant of the site along", () => {
    const store = createWorkspaceStore(AT_SITE);
    openLink(store, parseWorkspaceLink("kubemate://explore?archive=k1"));
    expect(store.getState()).toMatchObject({ source: { kind: "archive", archive: "k1" }, tenant: null });
    store.getState().leaveArchive();
    expect(store.getState()).toMatchObject(AT_SITE);
  });

  it("is what a query reads from, with no site at all", () => {
    const source = { kind: "archive", archive: "k1" } as const;
    expect(targetOf({ site: null, tenant: "acme", source })).toEqual({
      kind: "archive",
      archive: "k1",
      tenant: "acme",
    });
    expect(targetOf({ site: "prod", tenant: null, source })).toBeNull();
  });
});

describe("the time of an archive", () => {
  it("holds its first and its last row, in whole seconds", () => {
    const instants = fc.bigInt({ min: MIN_NANO_TIME, max: MAX_NANO_TIME });
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        const tenants = [tenantExample("acme", { startNs: String(start), endNs: String(end) })];
        const range = wholeRange(archiveExample({ tenants }), "acme");
        if (range?.kind !== "absolute") throw new Error("instants were expected");
        expect(BigInt(range.startNs)).toBeLessThanOrEqual(start);
        // Half open, but for the very last instant there is.
        if (end < MAX_NANO_TIME) expect(BigInt(range.endNs)).toBeGreaterThan(end);
        expect(BigInt(range.startNs)).toBeGreaterThanOrEqual(MIN_NANO_TIME);
        expect(BigInt(range.endNs)).toBeLessThanOrEqual(MAX_NANO_TIME);
      }),
    );
  });

  it("is that of all tenants, or of one; of none where nothing is known", () => {
    const tenants = [
      tenantExample("a", { startNs: "1000000000", endNs: "2000000000" }),
      tenantExample("b", { startNs: "5000000000", endNs: "6000000000" }),
      tenantExample("c", { startNs: null, endNs: null }),
    ];
    const archive = archiveExample({ tenants });
    expect(wholeRange(archive, null)).toMatchObject({ startNs: "1000000000", endNs: "7000000000" });
    expect(wholeRange(archive, "b")).toMatchObject({ startNs: "5000000000", endNs: "7000000000" });
    expect(wholeRange(archive, "c")).toBeNull();
  });

  it("has a last quarter of an hour of its own, and none where it is shorter", () => {
    const whole = { kind: "absolute", startNs: "0", endNs: "3600000000000" } as const;
    expect(endOfArchive(whole, 900)).toEqual({ kind: "absolute", startNs: "2700000000000", endNs: "3600000000000" });
    expect(endOfArchive(whole, 3_600)).toBeNull();
    expect(fixedRange({ kind: "relative", lastSeconds: 1 }, 2_000)).toEqual({
      kind: "absolute",
      startNs: "1000000000",
      endNs: "2000000000",
    });
  });
});

describe("a query that stands there", () => {
  it.each([
    ['{app="x"} |= "y"', true],
    ['sum by (pod) (rate({app="x", env=~"p.*"}[1m]))', true],
    ['{app="x"} and', false],
    ['{namespace="x"}', false],
    ['sum(rate({app="x"}[1m])) / sum(rate({namespace="y"}[1m]))', false],
    ["", false],
  ])("%s fits an archive that knows app and env: %s", async (query, fits) => {
    expect(await queryFits(query, ["app", "env"])).toBe(fits);
  });
});
