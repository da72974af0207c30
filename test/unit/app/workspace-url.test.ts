import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatWorkspaceLink,
  parseWorkspaceLink,
  permalink,
  type LinkedWorkspace,
} from "../../../src-renderer/app/workspace-url.ts";
import {
  DEFAULT_HEALTH,
  DEFAULT_RANGE,
  DEFAULT_STORAGE,
  DEFAULT_TENANTS,
  HEALTH_TABS,
  STORAGE_TABS,
  SCREENS,
  TENANTS_TABS,
} from "../../../src-renderer/hooks/workspace-store.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME } from "../../../src-shared/model/nano-time.ts";

const PLAIN: LinkedWorkspace = {
  screen: "explore",
  site: null,
  tenant: null,
  source: { kind: "loki" },
  range: DEFAULT_RANGE,
  query: "",
  direction: "backward",
  live: false,
  health: DEFAULT_HEALTH,
  tenants: DEFAULT_TENANTS,
  storage: DEFAULT_STORAGE,
};

// RFC 3339 in a link has a four-digit year.
const instants = fc.bigInt({ min: -6_000_000_000_000_000_000n, max: 9_000_000_000_000_000_000n });
const ranges = fc.oneof(
  fc.integer({ min: 1, max: 30 * 86_400 }).map((lastSeconds) => ({ kind: "relative" as const, lastSeconds })),
  fc
    .tuple(instants, instants)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({
      kind: "absolute" as const,
      startNs: String(a < b ? a : b),
      endNs: String(a < b ? b : a),
    })),
);
const anyWorkspaces: fc.Arbitrary<LinkedWorkspace> = fc.record({
  screen: fc.constantFrom(...SCREENS),
  site: fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,40}$/)),
  tenant: fc.option(fc.stringMatching(/^[A-Za-z0-9!_*'()-]{1,40}$/)),
  source: fc.oneof(
    fc.constant({ kind: "loki" as const }),
    fc
      .stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/)
      .map((namespace) => ({ kind: "pods" as const, namespace })),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,40}$/).map((archive) => ({ kind: "archive" as const, archive })),
  ),
  range: ranges,
  query: fc.string({ maxLength: 200, unit: "grapheme" }),
  direction: fc.constantFrom("backward", "forward"),
  live: fc.boolean(),
  health: fc.record({
    tab: fc.constantFrom(...HEALTH_TABS),
    instance: fc.option(fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9._:]{0,40}[A-Za-z0-9])?$/)),
  }),
  tenants: fc.record({
    tab: fc.constantFrom(...TENANTS_TABS),
    opened: fc.option(fc.stringMatching(/^[A-Za-z0-9!_*'()-]{1,40}$/)),
  }),
  storage: fc.record({
    tab: fc.constantFrom(...STORAGE_TABS),
    store: fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,40}$/)),
    scan: fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,40}$/)),
    finding: fc.option(fc.stringMatching(/^[A-Za-z0-9._:-]{1,80}$/)),
  }),
});

// An archive does not grow: nobody can follow it. What a screen shows belongs to links to that screen.
const workspaces = anyWorkspaces
  .filter(({ source, live }) => !(live && source.kind === "archive"))
  .map((workspace) => ({
    ...workspace,
    health: workspace.screen === "health" ? workspace.health : DEFAULT_HEALTH,
    tenants: workspace.screen === "tenants" ? workspace.tenants : DEFAULT_TENANTS,
    storage: workspace.screen === "storage" ? workspace.storage : DEFAULT_STORAGE,
  }));

describe("the address of a workspace", () => {
  it("carries everything a workspace is: what was written is what is read", () => {
    fc.assert(
      fc.property(workspaces, (workspace) => {
        const parsed = parseWorkspaceLink(`#/${formatWorkspaceLink(workspace)}`);
        expect(parsed.ignored).toEqual([]);
        expect(parsed.workspace).toEqual(workspace);
      }),
    );
  });

  it("keeps nanoseconds", () => {
    const range = { kind: "absolute", startNs: "1763632800123456789", endNs: "1763632800123456790" } as const;
    const { workspace } = parseWorkspaceLink(formatWorkspaceLink({ ...PLAIN, range }));
    expect(workspace.range).toEqual(range);
  });

  it("takes any text without failing, and never lets through what its schema refuses", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: "binary" }), (text) => {
        const { workspace } = parseWorkspaceLink(text);
        expect(SCREENS).toContain(workspace.screen);
        if (workspace.range.kind === "absolute") {
          const { startNs, endNs } = workspace.range;
          expect(BigInt(startNs)).toBeLessThan(BigInt(endNs));
          expect(BigInt(startNs)).toBeGreaterThanOrEqual(MIN_NANO_TIME);
          expect(BigInt(endNs)).toBeLessThanOrEqual(MAX_NANO_TIME);
        }
      }),
    );
  });

  it.each([
    ["#/explore?site=../../etc", "site"],
    ["#/explore?tenant=a%7Cb", "tenant"],
    ["#/explore?pods=Kube_System", "pods"],
    ["#/explore?from=now-15x&to=now", "from, to"],
    ["#/explore?from=2026-11-20T11:00:00Z&to=2026-11-20T10:00:00Z", "from, to"],
    ["#/tenants?opened=a%7Cb", "opened"],
    ["#/tenants?tab=rings", "tab"],
    ["#/explore?live=yes", "live"],
    ["#/explore?archive=a&live=1", "live"],
    ["#/explore?archive=..%2Fa", "archive"],
    ["#/explore?archive=a&pods=loki", "pods"],
    ["#/explore?path=%2Fa.log", "path"],
    ["#/archives?path=a.log", "path"],
    ["#/archives?path=%2Fa.log&path=%2F%2Fevil%2Fshare", "path"],
    ["#/rm-rf", "rm-rf"],
  ])("names the part of %s that it leaves out", (link, part) => {
    expect(parseWorkspaceLink(link).ignored).toEqual([part]);
  });

  it("asks for logs on disk beside the workspace, never in it", () => {
    const { workspace, paths, ignored } = parseWorkspaceLink("#/archives?path=%2Fdata%2Fa.log&path=%2Fdata%2Fb.log");
    expect({ paths, ignored }).toEqual({ paths: ["/data/a.log", "/data/b.log"], ignored: [] });
    expect(formatWorkspaceLink(workspace)).toBe("archives");
  });

  it("reads the same link behind the desktop's scheme", () => {
    const { workspace } = parseWorkspaceLink("kubemate://explore?site=lab&tenant=team-a&q=%7Bapp%3D%22a%22%7D");
    expect(workspace).toMatchObject({ screen: "explore", site: "lab", tenant: "team-a", query: '{app="a"}' });
  });
});

describe("a permalink", () => {
  const now = Date.parse("2026-11-20T10:15:00Z");

  it("freezes “the last 15 minutes” to the instants they are now, so that a colleague sees the same lines", () => {
    const link = permalink({ ...PLAIN, query: "{}" }, "browser", "http://127.0.0.1:3000/?x=1#/jobs", now);
    expect(link.startsWith("http://127.0.0.1:3000/?x=1#/explore?")).toBe(true);
    expect(parseWorkspaceLink(link.slice(link.indexOf("#"))).workspace.range).toEqual({
      kind: "absolute",
      startNs: `${Date.parse("2026-11-20T10:00:00Z")}000000`,
      endNs: `${now}000000`,
    });
  });

  it("of an archive names no site: whoever opens it needs none", () => {
    const source = { kind: "archive", archive: "a1b2" } as const;
    const range = { kind: "absolute", startNs: "1000000000", endNs: "2000000000" } as const;
    const link = permalink({ ...PLAIN, site: "lab", tenant: "acme", source, range, query: "{}" }, "desktop", "", now);
    expect(parseWorkspaceLink(link).workspace).toMatchObject({ site: null, tenant: "acme", source, range });
  });

  it("keeps a live tail live: it has no end to freeze", () => {
    const link = permalink({ ...PLAIN, live: true, query: "{}" }, "desktop", "", now);
    expect(link.startsWith("kubemate://explore?")).toBe(true);
    expect(parseWorkspaceLink(link).workspace).toMatchObject({ live: true, range: DEFAULT_RANGE });
  });
});
