import { openSource } from "../../builders/loki-sources.ts";
import { MiniLoki } from "../../builders/mini-loki.ts";
import type { MiniEntry } from "../../builders/mini-loki-query.ts";
import { describeLogSource, type ContractEntry } from "./log-source.contract.ts";

describeLogSource("LokiLogSource", async () => {
  // Not long ago, since a tail's history is read up to now.
  const base = BigInt(Date.now() - 120_000) * 1_000_000n;
  const entries: MiniEntry[] = Array.from({ length: 60 }, (_, index) => ({
    labels: { app: index % 2 === 0 ? "a" : "b", pod: `${index % 3}` },
    ts: base + BigInt(index >> 2) * 1_000_000n,
    line: `line ${index} ärger`,
    metadata: { n: `${index}` },
  }));
  const loki = await MiniLoki.start({
    entries,
    maxEntries: 9,
    tieOrder: (entry, request) => entry.line.length * request,
  });
  const opened = openSource(loki.url);
  return {
    source: opened.source,
    everything: '{app=~".+"}',
    range: { startNs: base - 1n, endNs: base + 60_000_000_000n },
    entries,
    async append(line): Promise<ContractEntry> {
      await loki.tail(0);
      const entry = { ts: base + 60_000_000_001n, labels: { app: "a", pod: "0" }, line };
      loki.push(entry);
      return entry;
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await loki[Symbol.asyncDispose]();
    },
  };
});
