import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Lab } from "../../../src-main/lab/lab.ts";
import { askLoki, push, quietLab } from "../../builders/lab-loki.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { createLab } from "../../../src-main/lab/lab.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function bankLab(): Promise<{ lab: Lab; clock: ManualClock }> {
  const clock = new ManualClock(NOW);
  const lab = await createLab({ clock, historyHours: 2 });
  labs.push(lab);
  return { lab, clock };
}

const answerSchema = z.object({
  data: z.object({
    result: z.array(z.object({ values: z.array(z.unknown()) })),
    stats: z.object({
      summary: z.object({ totalLinesProcessed: z.number(), totalEntriesReturned: z.number() }),
      querier: z.object({
        store: z.object({
          totalChunksRef: z.number(),
          totalChunksDownloaded: z.number(),
          chunk: z.object({ decompressedLines: z.number() }),
        }),
      }),
    }),
  }),
});

/** All lines of an hour of one application, page by page. */
async function readHour(
  lab: Lab,
  query: string,
): Promise<{
  lines: number;
  store: { totalChunksRef: number; totalChunksDownloaded: number; decompressedLines: number };
}> {
  const start = (NOW - 7_200_000) * 1_000_000;
  const end = (NOW - 6_600_000) * 1_000_000;
  const path = `/loki/api/v1/query_range?query=${encodeURIComponent(query)}&start=${start}&end=${end}&limit=5000`;
  const { status, text } = await askLoki(lab, path, { tenant: "treasury" });
  expect(status).toBe(200);
  const { data } = answerSchema.parse(JSON.parse(text));
  const { totalChunksRef, totalChunksDownloaded, chunk } = data.stats.querier.store;
  return {
    lines: data.result.reduce((sum, { values }) => sum + values.length, 0),
    store: { totalChunksRef, totalChunksDownloaded, decompressedLines: chunk.decompressedLines },
  };
}

describe("faults", () => {
  it("missing chunks: 200 with lines left out, while the index and the chunk counts promise them all", async () => {
    const { lab } = await bankLab();
    const query = '{app="pricing"}';
    const stats = `/loki/api/v1/index/stats?query=${encodeURIComponent(query)}&start=${(NOW - 7_200_000) * 1_000_000}&end=${(NOW - 6_600_000) * 1_000_000}`;
    const promised = await askLoki(lab, stats, { tenant: "treasury" });
    const whole = await readHour(lab, query);
    expect(whole.lines).toBe(whole.store.decompressedLines);
    lab.setFault("missing-chunks", true);
    const damaged = await readHour(lab, query);
    expect(damaged.lines).toBeLessThan(whole.lines);
    expect(damaged.store).toMatchObject({
      totalChunksRef: whole.store.totalChunksRef,
      totalChunksDownloaded: whole.store.totalChunksRef,
      decompressedLines: damaged.lines,
    });
    expect((await askLoki(lab, stats, { tenant: "treasury" })).text).toBe(promised.text);
    lab.setFault("missing-chunks", false);
    expect(await readHour(lab, query)).toEqual(whole);
  });

  it("rate limit: 429 in Loki's words for who asks too often, an answer for who waits", async () => {
    const { lab, clock } = await bankLab();
    lab.setFault("rate-limit", true);
    const ask = () => askLoki(lab, "/loki/api/v1/labels", { tenant: "cards" });
    const statuses = [await ask(), await ask(), await ask()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await ask()).text).toBe("too many outstanding requests");
    await clock.advance(1_000);
    expect((await ask()).status).toBe(200);
    const refused = await push(lab, "cards", [{ stream: { app: "x" }, values: [[String(NOW * 1_000_000), "x"]] }]);
    expect(refused).toMatchObject({
      status: 429,
      text: expect.stringContaining("ingestion rate limit exceeded for user cards"),
    });
  });

  it("server errors: some requests fail, one kind as text, one as a page of a proxy", async () => {
    const { lab } = await bankLab();
    lab.setFault("server-errors", true);
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await askLoki(lab, "/loki/api/v1/labels", { tenant: "cards" }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 500)).toHaveLength(2);
    expect(answers.filter(({ contentType }) => contentType === "text/html")).toHaveLength(2);
    expect((await askLoki(lab, "/ready")).status).toBe(200);
  });

  it("slow queries: the answer is right, and late", async () => {
    const { lab, clock } = await bankLab();
    lab.setFault("slow-queries", true);
    let answered = false;
    const slow = askLoki(lab, `/loki/api/v1/query_range?query=${encodeURIComponent('{app="recon"}')}&limit=1`, {
      tenant: "treasury",
    }).then((answer) => {
      answered = true;
      return answer;
    });
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    await clock.advance(8_000);
    expect((await slow).status).toBe(200);
  });

  it("are switched by the lab's own door, and it says which are on", async () => {
    const { lab } = await bankLab();
    const send = (body: unknown) => fetch(`${lab.controlUrl}/faults`, { method: "POST", body: JSON.stringify(body) });
    expect(await (await send({ fault: "missing-chunks", on: true })).json()).toMatchObject({
      faults: ["missing-chunks"],
      running: true,
    });
    expect((await send({ fault: "meteor", on: true })).status).toBe(400);
    expect(await (await fetch(`${lab.controlUrl}/status`)).json()).toMatchObject({
      faults: ["missing-chunks"],
      tenants: ["retail-bank", "cards", "treasury", "platform"],
    });
  });
});

describe("seeding", () => {
  it("makes the lines it was asked for, the same each time, and reads them all back in order", async () => {
    const { lab } = await quietLab(NOW);
    labs.push(lab);
    const startNs = String(BigInt(NOW - 3_600_000) * 1_000_000n);
    const endNs = String(BigInt(NOW) * 1_000_000n);
    const seeded = await fetch(`${lab.controlUrl}/seed`, {
      method: "POST",
      body: JSON.stringify({ tenant: "bench", lines: 12_000, streams: 3, startNs, endNs }),
    });
    expect(await seeded.json()).toMatchObject({ tenant: "bench", lines: 12_000, streams: 3 });
    const seen: number[] = [];
    let from = startNs;
    for (;;) {
      const path = `/loki/api/v1/query_range?query=${encodeURIComponent('{namespace="bench"}')}&start=${from}&end=${endNs}&limit=5000&direction=forward`;
      const { text } = await askLoki(lab, path, {
        tenant: "bench",
        headers: { "X-Loki-Response-Encoding-Flags": "categorize-labels" },
      });
      const entries = z
        .object({
          data: z.object({
            result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string(), z.unknown()])) })),
          }),
        })
        .parse(JSON.parse(text))
        .data.result.flatMap(({ values }) => values)
        .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
      seen.push(...entries.map(([, line]) => Number(/seq=(\d+)/.exec(line)?.[1])));
      if (entries.length < 5_000) break;
      from = String(BigInt(entries.at(-1)?.[0] ?? endNs) + 1n);
    }
    expect(seen).toEqual(Array.from({ length: 12_000 }, (_, n) => n));
  });
});
