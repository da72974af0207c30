import { describe, expect, it } from "vitest";
import { AnswerCache } from "../../../src-main/core/logs/adapters/loki/answer-cache.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { neverAborted, openSource, readAll } from "../../builders/loki-sources.ts";
import { MiniLoki, text } from "../../builders/mini-loki.ts";

const BASE = 1_795_000_000_000_000_000n;
const ENTRIES = Array.from({ length: 50 }, (_, index) => ({
  labels: { app: "x" },
  ts: BASE + BigInt(index),
  line: `line ${index}`,
}));

function query(endNs = BASE + 1_000_000_000n) {
  return { expr: '{app="x"}', range: { startNs: BASE, endNs }, direction: "forward" as const, limit: null };
}

/** A source whose clock stands so many minutes after the entries. */
function later(url: string, minutes: number, cache: AnswerCache, tenant = "t") {
  const nowMs = Number(BASE / 1_000_000n) + 1_000 + minutes * 60_000;
  const clock = { nowMs: () => nowMs, sleep: async () => {}, after: () => () => {} };
  return openSource(url, { cache, clock, tenant: tenant as TenantId });
}

function pages(loki: MiniLoki): number {
  return loki.requests.filter(({ path }) => path === "/loki/api/v1/query_range").length;
}

describe("the cache of closed ranges", () => {
  it("answers a closed range a second time without asking Loki, with rows of the reader's own", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES, maxEntries: 20 });
    const cache = new AnswerCache(1_000_000, () => true);
    await using opened = later(loki.url, 11, cache);
    const first = await readAll(opened.source.read(query(), neverAborted));
    const asked = pages(loki);
    const second = await readAll(opened.source.read(query(), neverAborted));
    expect(pages(loki)).toBe(asked);
    expect(second.rows).toEqual(first.rows);
    expect(second.end.stats.cachedSplits).toBe(1);
    expect(second.end.completeness).toEqual(first.end.completeness);
    expect(cache.sizeBytes).toBeGreaterThan(0);
  });

  it("never keeps a range that may still change, nor one tenant's lines for another", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES });
    const cache = new AnswerCache(1_000_000, () => true);
    await using young = later(loki.url, 9, cache);
    await readAll(young.source.read(query(), neverAborted));
    expect(cache.sizeBytes).toBe(0);
    await using mine = later(loki.url, 11, cache);
    await readAll(mine.source.read(query(), neverAborted));
    const asked = pages(loki);
    await using theirs = later(loki.url, 11, cache, "other");
    await readAll(theirs.source.read(query(), neverAborted));
    expect(pages(loki)).toBe(asked + 1);
  });

  it("keeps nothing of reads that follow one another, nor answers them, as an edge of a kept answer may lack a line", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES, endsChunk: ({ ts }) => ts === BASE });
    const cache = new AnswerCache(1_000_000, () => true);
    await using opened = later(loki.url, 11, cache);
    const kept = await readAll(opened.source.read(query(), neverAborted));
    expect(kept.rows).toHaveLength(49);
    const sizeBytes = cache.sizeBytes;
    expect(sizeBytes).toBeGreaterThan(0);
    const whole = await readAll(opened.source.read({ ...query(), continues: true }, neverAborted));
    expect(whole.rows).toHaveLength(50);
    await readAll(opened.source.read({ ...query(BASE + 20n), continues: false }, neverAborted));
    expect(cache.sizeBytes).toBe(sizeBytes);
  });

  it("keeps no answer that is empty, cut by a limit or not accounted for", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES });
    const cache = new AnswerCache(1_000_000, () => true);
    await using opened = later(loki.url, 11, cache);
    await readAll(opened.source.read({ ...query(), limit: 10 }, neverAborted));
    await readAll(opened.source.read({ ...query(), expr: '{app="none"}' }, neverAborted));
    expect(cache.sizeBytes).toBe(0);
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range") return false;
      text(response, 500, "broken");
      return true;
    };
    await expect(readAll(opened.source.read(query(), neverAborted))).rejects.toMatchObject({ code: "loki.failed" });
    expect(cache.sizeBytes).toBe(0);
  });

  it("stays below its bound, and forgets everything when it is switched off", async () => {
    await using loki = await MiniLoki.start({ entries: ENTRIES });
    let enabled = true;
    const cache = new AnswerCache(20_000, () => enabled);
    await using opened = later(loki.url, 60, cache);
    for (let end = 40; end < 60; end++) await readAll(opened.source.read(query(BASE + BigInt(end)), neverAborted));
    expect(cache.sizeBytes).toBeGreaterThan(0);
    expect(cache.sizeBytes).toBeLessThanOrEqual(20_000);
    enabled = false;
    const before = pages(loki);
    await readAll(opened.source.read(query(BASE + 59n), neverAborted));
    expect(pages(loki)).toBe(before + 1);
    expect(cache.sizeBytes).toBe(0);
  });
});
