import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, it } from "vitest";
import { LimitsReader } from "../../../src-main/core/tenants/limits/reading/limits-reader.ts";
import { METERED_KEYS } from "../../../src-main/core/tenants/board/limit-book.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { workerSource } from "../../builders/worker-source.ts";

const LINES = [
  "    ingestion_rate_mb: 12 # as agreed",
  "    ingestion_burst_size_mb: 24",
  "    max_global_streams_per_user: 5000",
  "    retention_period: 744h",
];

it("five megabytes of overrides are read beside the window, which goes on", async () => {
  await using reader = new LimitsReader(() => workerSource("limits-read"), new RecordingLogger());
  const tenants = Array.from({ length: 34_000 }, (_, at) => `  tenant-${at}:\n${LINES.join("\n")}\n`);
  const text = `overrides:\n${tenants.join("")}`;
  expect(Buffer.byteLength(text)).toBeGreaterThan(5_000_000);
  await reader.ask<"published">({ kind: "published", text: "a: 1" });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const summary = await reader.ask<"overrides">({ kind: "overrides", text, keys: METERED_KEYS });
  delay.disable();
  expect(summary.loads).toBe(true);
  expect(summary.tenants).toHaveLength(34_000);
  expect(summary.counts[33_999]).toBe(4);
  expect(summary.numbers["ingestion_rate_mb"]?.[33_999]).toBe(12 * 1_048_576);
  const own = await reader.ask<"tenant">({ kind: "tenant", handle: summary.handle, tenant: "tenant-7" });
  expect(own?.map(({ key }) => key)).toEqual(LINES.map((line) => line.trim().split(":")[0]));
  // Reading it here would stop everything for seconds; on a busy machine a timer is late by itself.
  expect(delay.percentile(99) / 1e6).toBeLessThan(250);
}, 60_000);

it("a file that the thread has forgotten is told as such, and who asks after the end is refused", async () => {
  const logger = new RecordingLogger();
  await using reader = new LimitsReader(() => workerSource("limits-read"), logger);
  const summary = await reader.ask<"overrides">({ kind: "overrides", text: "overrides: {}\n", keys: [] });
  expect(await reader.ask<"tenant">({ kind: "tenant", handle: summary.handle + 1, tenant: "a" })).toBeNull();
  await reader[Symbol.asyncDispose]();
  await expect(reader.ask<"published">({ kind: "published", text: "" })).rejects.toMatchObject({
    code: "request.cancelled",
  });
});
