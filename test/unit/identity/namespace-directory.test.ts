import { describe, expect, it } from "vitest";
import { NamespaceDirectory } from "../../../src-main/core/identity/namespace-directory.ts";
import type { NamespaceObject } from "../../../src-main/core/identity/namespace-tenants.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const signal = new AbortController().signal;

function bench(namespaces: NamespaceObject[]) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const cluster = { asked: 0, away: false, namespaces };
  const listNamespaces = async () => {
    cluster.asked += 1;
    if (cluster.away) throw new Error("ECONNREFUSED 10.0.0.1:6443");
    return cluster.namespaces;
  };
  const sources = [{ kind: "label", key: "tenant" }] as const;
  return { clock, logger, cluster, directory: new NamespaceDirectory({ sources, listNamespaces, clock, logger }) };
}

const CARDS = { metadata: { name: "cards-prod", labels: { tenant: "cards" } } };

describe("the tenants of namespaces", () => {
  it("are read once a minute, however many sign in", async () => {
    const { clock, cluster, directory } = bench([CARDS]);
    const both = await Promise.all([directory.tenantsByNamespace(signal), directory.tenantsByNamespace(signal)]);
    expect(both.map((tenants) => [...tenants])).toEqual([[["cards-prod", "cards"]], [["cards-prod", "cards"]]]);
    expect(cluster.asked).toBe(1);
    cluster.namespaces = [{ metadata: { name: "cards-prod", labels: { tenant: "cards-eu" } } }];
    await clock.advance(60_000);
    expect((await directory.tenantsByNamespace(signal)).get("cards-prod")).toBe("cards-eu");
  });

  it("outlast a cluster that is away for a while, and are then refused whole instead of halved", async () => {
    const { clock, cluster, directory } = bench([CARDS]);
    await directory.tenantsByNamespace(signal);
    cluster.away = true;
    await clock.advance(600_000);
    expect((await directory.tenantsByNamespace(signal)).get("cards-prod")).toBe("cards");
    await clock.advance(600_000);
    await expect(directory.tenantsByNamespace(signal)).rejects.toMatchObject({
      code: "identity.provider-unavailable",
      params: {},
    });
  });

  it("that are no tenant ids are told to the log and given to nobody", async () => {
    const { directory, logger } = bench([CARDS, { metadata: { name: "odd", labels: { tenant: "a|b" } } }]);
    expect([...(await directory.tenantsByNamespace(signal)).keys()]).toEqual(["cards-prod"]);
    expect(logger.lines).toMatchObject([{ level: "warn" }]);
  });

  it("come from a table alone without a cluster", async () => {
    const sources = [{ kind: "table", tenants: { "cards-prod": "cards" } }] as const;
    const parts = { clock: new ManualClock(), logger: new RecordingLogger(), listNamespaces: null };
    const directory = new NamespaceDirectory({ sources, ...parts });
    expect([...(await directory.tenantsByNamespace(signal))]).toEqual([["cards-prod", "cards"]]);
  });
});
