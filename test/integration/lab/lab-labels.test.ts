import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { askLoki } from "../../builders/lab-loki.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<{ lab: Lab; clock: ManualClock }> {
  const clock = new ManualClock(NOW);
  const lab = await createLab({ clock, historyHours: 1 });
  labs.push(lab);
  return { lab, clock };
}

const seriesSchema = z.object({ data: z.array(z.record(z.string(), z.string())) });
const statsSchema = z.object({ streams: z.number(), chunks: z.number(), entries: z.number() });
const valuesSchema = z.object({ data: z.array(z.string()) });

const series = async (lab: Lab, tenant: string, query: string) =>
  seriesSchema.parse(
    JSON.parse((await askLoki(lab, `/loki/api/v1/series?match[]=${encodeURIComponent(query)}`, { tenant })).text),
  ).data;

const stats = async (lab: Lab, tenant: string, query: string) =>
  statsSchema.parse(
    JSON.parse((await askLoki(lab, `/loki/api/v1/index/stats?query=${encodeURIComponent(query)}`, { tenant })).text),
  );

const values = async (lab: Lab, tenant: string, name: string) =>
  valuesSchema.parse(JSON.parse((await askLoki(lab, `/loki/api/v1/label/${name}/values`, { tenant })).text)).data;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

describe("a label explosion", () => {
  it("makes a stream of every request, in series, labels, the index' statistics and what is read", async () => {
    const { lab, clock } = await startLab();
    const before = await stats(lab, "cards", '{app="authorizer"}');
    lab.setFault("label-explosion:cards", true);
    await clock.advance(10_000);
    const exploded = await series(lab, "cards", '{request_id=~".+"}');
    expect(exploded.length).toBeGreaterThan(900);
    expect(exploded.length).toBeLessThan(960);
    expect(new Set(exploded.map((labels) => labels.request_id)).size).toBe(exploded.length);
    expect(exploded.every(({ request_id = "", session = "" }) => UUID.test(request_id) && session.length === 32)).toBe(
      true,
    );
    expect(new Set(exploded.map(({ pod }) => pod)).size).toBeGreaterThan(5);
    expect((await values(lab, "cards", "request_id")).length).toBe(exploded.length);
    expect((await stats(lab, "cards", '{app="authorizer"}')).streams).toBeGreaterThan(before.streams + 300);
    const [one] = exploded;
    const read = await askLoki(
      lab,
      `/loki/api/v1/query_range?query=${encodeURIComponent(`{request_id="${one?.request_id ?? ""}"}`)}`,
      { tenant: "cards" },
    );
    expect(read.text).toContain("request served");
  });

  it("stops at the tenant's stream limit, stays in the index when it is over, and is no other tenant's", async () => {
    const { lab, clock } = await startLab();
    lab.setFault("label-explosion:treasury", true);
    await clock.advance(10_000);
    expect(await series(lab, "treasury", '{request_id=~".+"}')).toHaveLength(15);
    lab.setFault("label-explosion:treasury", false);
    await clock.advance(5_000);
    expect(await series(lab, "treasury", '{request_id=~".+"}')).toHaveLength(15);
    expect((await stats(lab, "cards", '{request_id=~".+"}')).streams).toBe(0);
  });
});

describe("labels in the lab's everyday traffic", () => {
  it("are ids, addresses and paths with numbers at the platform's proxy, whose lines have fields that would be better", async () => {
    const { lab } = await startLab();
    const proxies = await series(lab, "platform", '{app="edge-proxy", client_ip=~".+"}');
    expect(proxies.length).toBeGreaterThan(15);
    expect(proxies.every(({ path = "" }) => /^\/accounts\/\d{6}\/statements$/.test(path))).toBe(true);
    expect(proxies.every(({ correlation_id = "" }) => /^[0-9a-f]{32}$/.test(correlation_id))).toBe(true);
    const fields = await askLoki(
      lab,
      `/loki/api/v1/detected_fields?query=${encodeURIComponent('{app="edge-proxy"}')}`,
      { tenant: "platform" },
    );
    for (const field of ["region", "method", "tls"]) expect(fields.text).toContain(`"label":"${field}"`);
  });

  it("loki's own pods and the collectors are in the platform's tenant", async () => {
    const { lab } = await startLab();
    const components = await values(lab, "platform", "component");
    expect(components).toEqual(expect.arrayContaining(["distributor", "ingester", "query-frontend"]));
    expect(await values(lab, "platform", "app")).toEqual(["edge-proxy", "loki", "promtail"]);
  });
});
