import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { INGESTION_LIMITS } from "../../../src-main/core/tenants/limits/ingestion-limits.ts";
import { LIMIT_TABLE, limitOf } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { readLimit } from "../../../src-main/core/tenants/limits/limit-value.ts";
import type { LimitYaml } from "../../../src-shared/model/tenants/limit.ts";
import { REFUSAL_RULES } from "../../../src-main/core/tenants/refusal/refusal-rules.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";

const limitsSchema: z.ZodType<Record<string, LimitYaml>> = z.record(z.string(), z.json());
const configSchema = z.object({ limits_config: limitsSchema });

function limitsOfConfig(file: string): Record<string, LimitYaml> {
  return configSchema.parse(parse(readFileSync(`test/fixtures/${file}`, "utf8"))).limits_config;
}

const DEFAULTS = limitsOfConfig("loki-limits/defaults.yaml");
const CONFIG = limitsOfConfig("loki-config/ingester.yaml");
const PUBLISHED = limitsSchema.parse(parse(readFileSync("test/fixtures/loki-limits/tenant-limits-tiny.yaml", "utf8")));

describe("the table of limits", () => {
  it("has every key that a real Loki prints without configuration, and with the very default", () => {
    const table = Object.fromEntries(
      LIMIT_TABLE.filter(({ key, printedWhenEmpty }) => printedWhenEmpty || key in DEFAULTS).map(({ key, builtIn }) => [
        key,
        builtIn,
      ]),
    );
    expect(table).toEqual(DEFAULTS);
  });

  it.each([
    ["a configured Loki's /config", CONFIG],
    ["its defaults", DEFAULTS],
    ["a tenant's published limits", PUBLISHED],
    ["another tenant's published limits", limitsSchema.parse(parse(String(lokiRecording("016-tenant-limits").body)))],
  ])("reads every value of %s, and prints the scalars as Loki does", (_, limits) => {
    for (const [key, yaml] of Object.entries(limits)) {
      const limit = limitOf(key);
      expect(limit, key).not.toBeNull();
      if (limit === null) continue;
      const reading = readLimit(limit, yaml);
      expect(reading, key).toMatchObject({ ok: true });
      if (reading.ok && yaml !== null && typeof yaml !== "object") expect(reading.value.text, key).toBe(String(yaml));
    }
  });

  it("names no key twice, and defaults that are values of their type", () => {
    expect(new Set(LIMIT_TABLE.map(({ key }) => key)).size).toBe(LIMIT_TABLE.length);
    for (const limit of LIMIT_TABLE) expect(readLimit(limit, limit.builtIn), limit.key).toMatchObject({ ok: true });
  });

  it("knows the limits that refusals name, and the reasons that Loki counts them with", () => {
    for (const { limit, reason, path } of REFUSAL_RULES) {
      if (limit === null || limit.includes(".")) continue;
      expect(limitOf(limit), limit).not.toBeNull();
      if (path === "push") expect(INGESTION_LIMITS.map(({ discardReason }) => discardReason)).toContain(reason);
    }
  });
});
