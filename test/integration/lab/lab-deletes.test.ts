import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLab, type Lab, type LabOptions } from "../../../src-main/lab/lab.ts";
import { kubernetesClient } from "../../builders/lab-kubernetes-client.ts";
import { askLoki, push } from "../../builders/lab-loki.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;
const PATH = "/loki/api/v1/delete";
const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(nowMs: number, options: Partial<LabOptions> = {}): Promise<{ lab: Lab; clock: ManualClock }> {
  const clock = new ManualClock(nowMs);
  const lab = await createLab({ clock, historyHours: 0, ...options });
  labs.push(lab);
  return { lab, clock };
}

const exchangeSchema = z.object({
  t_start: z.number(),
  note: z.string().nullable(),
  request: z.object({ method: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) }),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
});
const rowsSchema = z.array(z.object({ request_id: z.string(), created_at: z.number() }).loose());

function recorded(file: string): z.output<typeof exchangeSchema>[] {
  const text = readFileSync(new URL(`../../fixtures/loki-ops/${file}.json`, import.meta.url), "utf8");
  return z.array(exchangeSchema).parse(JSON.parse(text));
}

/** Plays recorded requests at their times; ids of requests are the lab's own and compared by their place. */
async function replay(file: string): Promise<void> {
  const exchanges = recorded(file);
  const { lab, clock } = await startLab((exchanges[0]?.t_start ?? 0) * 1_000);
  const own = new Map<string, string>();
  for (const { t_start, note, request, response } of exchanges) {
    if (request.url.includes("generation_numbers")) continue;
    await clock.advance(Math.max(0, t_start * 1_000 - clock.nowMs()));
    const [, id] = /request_id=([0-9a-f]+)/.exec(request.url) ?? [];
    const url = id === undefined ? request.url : request.url.replace(id, own.get(id) ?? id);
    const tenant = request.headers["X-Scope-OrgID"];
    const answer = await askLoki(lab, url, { method: request.method, ...(tenant === undefined ? {} : { tenant }) });
    expect(answer.status, `${note}`).toBe(response.status);
    expect(answer.contentType, `${note}`).toBe(response.headers["Content-Type"] ?? null);
    const created = response.headers["X-Delete-Request-Id"];
    if (created !== undefined) {
      expect(answer.headers.get("x-delete-request-id")).toMatch(/^[0-9a-f]{8}$/);
      own.set(created, answer.headers.get("x-delete-request-id") ?? "");
    }
    if (!response.body.startsWith("[{")) expect(answer.text, `${note}`).toBe(response.body);
    else {
      const rows = rowsSchema.parse(JSON.parse(response.body)).filter(({ request_id }) => own.has(request_id));
      const expected = rows.map(({ created_at: _at, request_id, ...row }) => ({
        ...row,
        request_id: own.get(request_id),
      }));
      const held = rowsSchema.parse(JSON.parse(answer.text)).map(({ created_at: _at, ...row }) => row);
      // What is measured in thousandths of a second differs by the time that the real server took.
      const rounded = (row: Record<string, unknown>) => ({ ...row, end_time: Math.round(Number(row["end_time"])) });
      expect(held.map(rounded), `${note}`).toEqual(expected.map(rounded));
    }
  }
}

describe("what a real compactor answered about delete requests, the lab's answers", () => {
  it("for what is made, refused, listed and cancelled", () => replay("deletes"));
  it("for a DELETE without an id, which cancels all of the tenant's", () => replay("deletes-without-id"));
});

const linesOf = async (lab: Lab, tenant: string, query: string): Promise<number> => {
  const params = new URLSearchParams({
    query,
    start: String((NOW - 2 * HOUR_MS) * 1e6),
    end: String((NOW + HOUR_MS) * 1e6),
    limit: "5000",
  });
  const { text } = await askLoki(lab, `/loki/api/v1/query_range?${params}`, { tenant });
  const schema = z.object({ data: z.object({ result: z.array(z.object({ values: z.array(z.unknown()) })) }) });
  return schema.parse(JSON.parse(text)).data.result.reduce((sum, { values }) => sum + values.length, 0);
};

const statuses = async (lab: Lab, tenant: string): Promise<string[]> => {
  const { text } = await askLoki(lab, PATH, { tenant });
  return z
    .array(z.object({ status: z.string() }))
    .parse(JSON.parse(text))
    .map(({ status }) => status);
};

async function metric(lab: Lab, name: string): Promise<number | undefined> {
  const ask = kubernetesClient(lab);
  const { text } = await ask("GET", "/api/v1/namespaces/loki/pods/loki-compactor-0:3100/proxy/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

describe("a delete request", () => {
  const secret = { stream: { app: "vault" }, values: [] as [string, string][] };
  const at = (ms: number) => `${ms}000000`;

  async function withLines(): Promise<{ lab: Lab; clock: ManualClock }> {
    const started = await startLab(NOW);
    const values: [string, string][] = [
      [at(NOW - 3_000), "token=abc leaked"],
      [at(NOW - 2_000), "all is well"],
      [at(NOW - 1_000), "token=def leaked"],
    ];
    expect((await push(started.lab, "cards", [{ ...secret, values }])).status).toBe(204);
    const order = new URLSearchParams({
      query: '{app="vault"} |= "leaked"',
      start: String((NOW - HOUR_MS) / 1_000),
      end: String(NOW / 1_000),
    });
    expect((await askLoki(started.lab, `${PATH}?${order}`, { tenant: "cards", method: "PUT" })).status).toBe(204);
    return started;
  }

  it("waits out its cancel period, is worked on by the compactor's next run, and takes its lines out of the store", async () => {
    const { lab, clock } = await withLines();
    await clock.advance(24 * HOUR_MS - 1_000);
    expect(await statuses(lab, "cards")).toEqual(["received"]);
    expect(await metric(lab, "loki_compactor_pending_delete_requests_count")).toBe(0);
    await clock.advance(16_000);
    expect(await statuses(lab, "cards")).toEqual(["50% Complete"]);
    expect(await metric(lab, "loki_compactor_pending_delete_requests_count")).toBe(1);
    expect(await metric(lab, "loki_compactor_oldest_pending_delete_request_age_seconds")).toBe(15);
    expect(await linesOf(lab, "cards", '{app="vault"}')).toBe(3);
    await clock.advance(20_000);
    expect(await statuses(lab, "cards")).toEqual(["processed"]);
    expect(await metric(lab, "loki_compactor_pending_delete_requests_count")).toBe(0);
    expect(await linesOf(lab, "cards", '{app="vault"}')).toBe(1);
    expect(await linesOf(lab, "cards", '{app="vault"} |= "well"')).toBe(1);
    const refused = await askLoki(lab, PATH, { tenant: "cards", method: "DELETE" });
    expect([refused.status, refused.text]).toEqual([
      400,
      "deletion of request which is in process or already processed is not allowed\n",
    ]);
  });

  it("is cancelled past its period only by force", async () => {
    const { lab, clock } = await withLines();
    await clock.advance(24 * HOUR_MS + 10_000);
    const late = await askLoki(lab, PATH, { tenant: "cards", method: "DELETE" });
    expect(late.status).toBe(400);
    expect(late.text).toContain("past the deadline of 24h0m0s since its creation is not allowed");
    expect((await askLoki(lab, `${PATH}?force=true`, { tenant: "cards", method: "DELETE" })).status).toBe(204);
    await clock.advance(HOUR_MS);
    expect(await linesOf(lab, "cards", '{app="vault"}')).toBe(3);
  });

  it("waits while the compactor is stuck, and grows old meanwhile", async () => {
    const { lab, clock } = await withLines();
    lab.setFault("compactor-stuck", true);
    await clock.advance(25 * HOUR_MS);
    expect(await statuses(lab, "cards")).toEqual(["received"]);
    expect(await metric(lab, "loki_compactor_oldest_pending_delete_request_age_seconds")).toBe(3_600);
    lab.setFault("compactor-stuck", false);
    await clock.advance(700_000);
    expect(await statuses(lab, "cards")).toEqual(["processed"]);
  });

  it("is refused where a tenant may not delete, and unknown to other components", async () => {
    const { lab } = await startLab(NOW, { limits: { strict: { deletion_mode: "disabled" } } });
    const refused = await askLoki(lab, PATH, { tenant: "strict" });
    expect([refused.status, refused.text]).toEqual([403, "deletion is not available for this tenant\n"]);
  });

  it("is there from the start in a lab with history: of two tenants, and one nearly due", async () => {
    const { lab, clock } = await startLab(NOW, { historyHours: 2 });
    expect(await statuses(lab, "retail-bank")).toEqual(["received", "received"]);
    expect(await statuses(lab, "treasury")).toEqual([]);
    const ui = await askLoki(lab, "/compactor/ui/api/v1/deletes?status=received");
    const users = z.array(z.object({ user_id: z.string(), created_at: z.number() })).parse(JSON.parse(ui.text));
    expect(users.map(({ user_id }) => user_id)).toEqual(["retail-bank", "retail-bank", "cards"]);
    await clock.advance(1_300_000);
    expect(await statuses(lab, "cards")).toEqual(["processed"]);
  });
});
