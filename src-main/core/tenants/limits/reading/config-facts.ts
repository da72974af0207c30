import { parse } from "yaml";
import { z } from "zod";
import type { LimitYaml } from "../../../../../src-shared/model/tenants/limit.ts";
import { readBytes } from "../limit-scalars.ts";
import type { ConfigFacts } from "./reading-protocol.ts";

/** Sections of Loki's configuration that are read; the other nine tenths are left unread. */
const SECTIONS = new Set(["limits_config", "runtime_config", "query_scheduler", "ingester", "distributor", "common"]);
const MAX_ALIASES = 100;

const limitsSchema: z.ZodType<Readonly<Record<string, LimitYaml>>> = z.record(z.string(), z.json());
const count = z.number().int().positive().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const configSchema = z.object({
  limits_config: limitsSchema.optional().catch(undefined),
  runtime_config: z.object({ file: text }).optional().catch(undefined),
  query_scheduler: z.object({ max_outstanding_requests_per_tenant: count }).optional().catch(undefined),
  ingester: z
    .object({
      max_chunk_age: text,
      lifecycler: z.object({ ring: z.object({ replication_factor: count }).optional() }).optional(),
    })
    .optional()
    .catch(undefined),
  distributor: z
    .object({ max_recv_msg_size: z.union([z.number(), z.string()]).optional() })
    .optional()
    .catch(undefined),
  common: z.object({ replication_factor: count }).optional().catch(undefined),
});

/** Reads what matters of `/config`; `null` for a text that is no such configuration. Never throws. */
export function readConfigFacts(yaml: string): ConfigFacts | null {
  const parsed = configSchema.safeParse(parsedOrNull(sectionsOf(yaml)));
  if (!parsed.success) return null;
  const { limits_config: limits, runtime_config: runtime, query_scheduler: scheduler } = parsed.data;
  const { ingester, distributor, common } = parsed.data;
  const size = distributor?.max_recv_msg_size;
  return {
    limits: limits ?? null,
    runtimeFiles: (runtime?.file ?? "")
      .split(",")
      .map((file) => file.trim())
      .filter((file) => file !== ""),
    replicationFactor: ingester?.lifecycler?.ring?.replication_factor ?? common?.replication_factor ?? null,
    maxOutstandingPerTenant: scheduler?.max_outstanding_requests_per_tenant ?? null,
    maxChunkAge: ingester?.max_chunk_age ?? null,
    maxReceiveBytes: size === undefined ? null : typeof size === "number" ? size : readBytes(size),
  };
}

/** `/config/tenant/v1/limits`: a mapping by key; `null` for any other text. Never throws. */
export function readPublishedLimits(yaml: string): Readonly<Record<string, LimitYaml>> | null {
  const parsed = limitsSchema.safeParse(parsedOrNull(yaml));
  return parsed.success ? parsed.data : null;
}

/** Only what stands at the left margin begins a section, as Loki prints it. */
function sectionsOf(yaml: string): string {
  const kept: string[] = [];
  let within = false;
  for (const line of yaml.split("\n")) {
    const name = /^([A-Za-z_][\w-]*):/.exec(line)?.[1];
    if (name !== undefined) within = SECTIONS.has(name);
    if (within) kept.push(line);
  }
  return kept.join("\n");
}

function parsedOrNull(yaml: string): unknown {
  try {
    return parse(yaml, { maxAliasCount: MAX_ALIASES, logLevel: "error", uniqueKeys: false });
  } catch {
    // What is no YAML is told as nothing known.
    return null;
  }
}
