import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { siteIdSchema, type SiteId } from "../../../src-shared/model/ids.ts";
import type { Console } from "../../../src-main/core/console.ts";
import { HealthSites } from "../../../src-main/core/console-health-sites.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const LAB = siteIdSchema.parse("lab");
const never = new AbortController().signal;

describe("a site as its health is looked at", () => {
  let stack: AsyncDisposableStack;
  let opened: Console;
  let sites: HealthSites;
  let lokiUrl: string;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    opened = stack.use(await consoleIn(stack.use(temporaryDirectory())));
    lokiUrl = (await opened.lab.start()).lokiUrl ?? "";
    sites = stack.use(new HealthSites({ base: opened.base, sites: opened.sites, intervalMs: () => 5_000 }));
  });
  afterEach(() => stack.disposeAsync());

  async function direct(prometheus?: string, site?: SiteId): Promise<SiteId> {
    const auth = { kind: "none" } as const;
    const config = { kind: "direct", name: "bank", url: lokiUrl, auth } as const;
    const { id } = await opened.sites.save(site, { ...config, ...(prometheus === undefined ? {} : { prometheus }) });
    return id;
  }

  it("is the pods of the lab's cluster with its inventory, or the one process at a URL", async () => {
    const lab = await sites.open(LAB, never);
    expect({ source: lab.source, name: lab.name, namespace: lab.cluster?.namespace }).toEqual({
      source: "pods",
      name: "Lab",
      namespace: "loki",
    });
    const inventory = await lab.cluster?.inventory(never);
    expect(inventory?.gaps).toEqual([]);
    const round = await lab.rounds.round(never);
    const scraped = new Set(round.targets.map(({ instance }) => instance));
    const listed = inventory?.pods?.filter(({ component }) => scraped.has(component) || component === "ingester") ?? [];
    expect(listed.map(({ name }) => scraped.has(name))).toEqual(listed.map(() => true));
    const site = await sites.open(await direct(), never);
    expect({ source: site.source, cluster: site.cluster }).toEqual({ source: "direct", cluster: null });
    expect((await site.rounds.round(never)).targets.map(({ instance }) => instance)).toEqual(["all"]);
  });

  it("has rounds of its own for each who opens it, and shares the rest until its configuration changes", async () => {
    const id = await direct();
    const [one, two] = [await sites.open(id, never), await sites.open(id, never)];
    expect(one.rounds).not.toBe(two.rounds);
    expect(one.targets).toBe(two.targets);
    await direct("http://127.0.0.1:9", id);
    const changed = await sites.open(id, never);
    expect(changed.source).toBe("prometheus");
    expect(changed.targets).not.toBe(one.targets);
  });

  it("tells of a Prometheus that is named and not there, instead of asking the process itself", async () => {
    const site = await sites.open(await direct("http://127.0.0.1:9"), never);
    const report = await site.rounds.round(never);
    expect(report.targets).toEqual([]);
    expect(report.listError?.code).toMatch(/^(health\.prometheus|loki\.unreachable)/);
  });

  it("is watched from the start where that is set, if it was the last one used", async () => {
    const profile = stack.use(temporaryDirectory());
    const first = await consoleIn(profile);
    const config = { kind: "direct", name: "bank", url: lokiUrl, auth: { kind: "none" } } as const;
    const { id } = await first.sites.save(undefined, config);
    await first.sites.use(id);
    expect(first.health.service.boardOf(id)).toBeNull();
    await first[Symbol.asyncDispose]();
    const second = stack.use(await consoleIn(profile, { flags: { "health.watchOnStart": "true" } }));
    await vi.waitFor(() => expect(second.health.service.boardOf(id)?.state).toBe("watching"), { timeout: 10_000 });
  });

  it("is not known once it was removed", async () => {
    const id = await direct();
    await sites.open(id, never);
    await opened.sites.remove(id);
    await expect(sites.open(id, never)).rejects.toMatchObject({ code: "sites.unknown" });
  });

  it("keeps its identity over tenants and links, and loses it with its address", async () => {
    const id = await direct();
    const before = await opened.sites.identity(id);
    const auth = { kind: "none" } as const;
    await opened.sites.save(id, { kind: "direct", name: "bank", url: lokiUrl, auth, tenants: ["cards"] });
    expect(await opened.sites.identity(id)).toEqual(before);
    await opened.sites.save(id, { kind: "direct", name: "bank", url: `${lokiUrl}/other`, auth });
    const after = await opened.sites.identity(id);
    expect([after.place === before.place, after.made === before.made]).toEqual([false, false]);
  });
});
