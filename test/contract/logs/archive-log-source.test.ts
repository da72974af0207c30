import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createArchiveLogSource } from "../../../src-main/core/archive/archive-log-source.ts";
import { inBlocks, memoryArchive, MEMORY_TENANT } from "../../builders/memory-archives.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { describeLogSource } from "./log-source.contract.ts";

const START = 1_795_168_800_000_000_000n;

for (const blockRows of [7, 1_000]) {
  describeLogSource(`an archive in blocks of ${blockRows} rows`, async () => {
    const entries = Array.from({ length: 60 }, (_, at) => ({
      ts: START + BigInt(Math.floor(at / 3)) * 1_000_000n,
      labels: { app: `app-${at % 4}`, env: at % 2 === 0 ? "prod" : "dr" },
      line: `entry ${at}`,
    }));
    const { contents, pool } = memoryArchive(inBlocks(entries, blockRows));
    const logger = new RecordingLogger();
    const source = createArchiveLogSource({
      contents,
      tenant: MEMORY_TENANT,
      title: "archive",
      pool,
      clock: systemClock,
      logger,
    });
    return {
      source,
      everything: '{app=~".+"}',
      range: { startNs: START - 1n, endNs: START + 10n ** 12n },
      entries,
      append: () => Promise.reject(new Error("an archive does not grow")),
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  });
}
