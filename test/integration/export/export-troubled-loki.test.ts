import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src-main/lab/traffic/seeded-random.ts";
import { NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";
import { archiveLines } from "../../builders/archive-lines.ts";
import { ExportBench } from "../../builders/export-bench.ts";
import { hastyClock, openSource } from "../../builders/loki-sources.ts";
import { MiniLoki, text } from "../../builders/mini-loki.ts";

const START = BigInt(Date.UTC(2026, 10, 20, 12)) * 1_000_000n;
const RANGE = { startNs: START, endNs: START + 3_600n * NS_PER_SECOND };

describe("an export from a Loki in trouble", () => {
  it("survives refusals for too many requests, gateways without anyone behind, and cut connections", async () => {
    const random = new SeededRandom(7);
    const entries = Array.from({ length: 2_000 }, (_, index) => ({
      labels: { app: "payments", pod: `p-${index % 3}` },
      ts: START + BigInt(Math.floor(index / 3)) * 5n * NS_PER_SECOND,
      line: `line ${index}`,
    }));
    await using loki = await MiniLoki.start({ entries, maxEntries: 60, tieOrder: (_, request) => (request * 31) % 7 });
    const trouble = { refused: 0, gateway: 0, cut: 0 };
    loki.intercept = ({ path }, response) => {
      if (path !== "/loki/api/v1/query_range") return false;
      const chance = random.next();
      if (chance < 0.15) {
        trouble.refused += 1;
        text(response, 429, "too many outstanding requests");
      } else if (chance < 0.25) {
        trouble.gateway += 1;
        text(response, 502, "bad gateway");
      } else if (chance < 0.35) {
        trouble.cut += 1;
        response.socket?.destroy();
      } else return false;
      return true;
    };
    await using opened = openSource(loki.url);
    await using bench = new ExportBench();
    const summary = await bench.run(
      opened.source,
      { query: '{app="payments"}', range: RANGE, parallel: 3 },
      { partLines: 150, clock: hastyClock },
    );
    expect(summary).toMatchObject({ state: "finished", linesRead: 2_000, linesWritten: 2_000 });
    expect(Object.values(trouble).every((times) => times > 1)).toBe(true);
    const found = (await archiveLines(bench.directory)).map(({ line }) => line);
    expect(found.toSorted()).toEqual(entries.map(({ line }) => line).toSorted());
  });
});
