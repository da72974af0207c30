import { parse } from "yaml";
import { z } from "zod";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import { tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";
import type { Logger } from "../common/logger.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { Discovery } from "./loki-discovery.ts";
import type { LokiTransport, TransportRequest } from "./loki-transport.ts";

/** What is known of a site's tenants, and where from. */
export interface SiteTenants {
  readonly tenants: readonly {
    readonly tenant: string;
    readonly from: "lab" | "configured" | "recent" | "overrides";
  }[];
  /** False where Loki runs with `auth_enabled: false`. */
  readonly multiTenant: boolean;
}

const MAX_CONFIG_BYTES = 4 * 2 ** 20;
const TIMEOUT_MS = 5_000;
const MAX_TENANTS = 10_000;

const overridesSchema = z.object({ overrides: z.record(z.string(), z.unknown()) });

/**
 * Whether this Loki tells tenants apart: its `/config` says so (`auth_enabled`); where that page is not served, a request
 * without a tenant is accepted or not. Rejects when Loki cannot be reached.
 */
export async function isMultiTenant(transport: LokiTransport, signal: AbortSignal): Promise<boolean> {
  const said = await authEnabled(transport, signal);
  if (said !== null) return said;
  const answer = await ask(transport, "query", "/loki/api/v1/labels", signal);
  await answer.cancel();
  return answer.status !== 200;
}

async function authEnabled(transport: LokiTransport, signal: AbortSignal): Promise<boolean | null> {
  try {
    const answer = await ask(transport, "admin", "/config", signal);
    const body = new TextDecoder().decode(await answer.bytes(MAX_CONFIG_BYTES));
    const found = answer.status === 200 ? /^auth_enabled:\s*(true|false)\s*$/m.exec(body) : null;
    return found === null ? null : found[1] === "true";
  } catch (error) {
    // The page is one way of knowing; the other one is tried, and fails by itself when nothing can be reached.
    if (isAppError(error) && error.category !== "cancelled") return null;
    throw error;
  }
}

function ask(transport: LokiTransport, role: TransportRequest["role"], path: string, signal: AbortSignal) {
  return transport.request({ role, method: "GET", path, signal, timeoutMs: TIMEOUT_MS });
}

/**
 * Tenants that have limits of their own in Loki's runtime overrides: a ConfigMap that its pods mount, with a YAML whose
 * `overrides` is a map by tenant. Maps that may not be read are passed over.
 */
export async function tenantsOfOverrides(
  client: KubernetesClient,
  discovery: Discovery,
  logger: Logger,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = [...new Set([...discovery.configMaps, "loki-runtime", "overrides"])].slice(0, 20);
  const maps = await Promise.all(
    names.map((name) =>
      client.getConfigMap(discovery.namespace, name, signal).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        if (error.code === "request.cancelled") throw error;
        logger.debug("a ConfigMap could not be read for its tenants", { name, code: error.code });
        return null;
      }),
    ),
  );
  const texts = maps.flatMap((map) => (map === null ? [] : Object.values(map.data)));
  return [...new Set(texts.flatMap(tenantsInYaml))].toSorted().slice(0, MAX_TENANTS);
}

/** The tenants named under `overrides` in a runtime configuration; none for any other text. */
export function tenantsInYaml(text: string): string[] {
  if (!/^overrides:/m.test(text)) return [];
  let parsed: unknown;
  try {
    parsed = parse(text, { maxAliasCount: 100, logLevel: "silent" });
  } catch {
    // A broken file is Loki's own trouble; here it only names no tenants.
    return [];
  }
  const overrides = overridesSchema.safeParse(parsed);
  return overrides.success
    ? Object.keys(overrides.data.overrides).filter((name) => tenantIdProblem(name) === null)
    : [];
}
