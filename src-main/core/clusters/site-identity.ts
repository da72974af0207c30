import { createHash } from "node:crypto";
import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { fingerprintOf } from "./site-clusters.ts";

/** `place` names the Loki that a site leads to, `made` all that the way to it is made of. Hashes: both hold secrets. */
export function siteIdentity(
  config: SiteConfig,
  context: UsableContext | null,
): { readonly place: string; readonly made: string } {
  // Neither changes the way.
  const { tenants: _tenants, traceLinks: _traceLinks, ...way } = config;
  const fingerprint = context === null ? "" : fingerprintOf(context);
  return { place: hash([placeOf(config, context)]), made: hash([way, fingerprint]) };
}

function placeOf(config: SiteConfig, context: UsableContext | null): unknown {
  if (config.kind === "direct") return config.url;
  const namespace = config.kind === "kubernetes" ? config.overrides.namespace : undefined;
  return [context?.cluster.server ?? "", context?.namespace ?? "", namespace ?? ""];
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);
}
