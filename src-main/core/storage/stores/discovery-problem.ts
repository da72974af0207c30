import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";

/** Why nothing is known of where a site's Loki keeps its data; the words are `storage.discovery.<reason>`. */
const PROBLEMS = {
  "no-cluster": "it has no Kubernetes API to ask",
  "no-loki": "no pods of a Loki were found",
  "no-config": "no pod of it mounts a configuration that could be read",
  "bad-config": "its configuration is no YAML",
  "no-object-store": "its configuration names no S3 bucket",
  "no-bucket": "its configuration names no bucket",
} as const;
export type DiscoveryReason = keyof typeof PROBLEMS;

export function notFoundAtSite(site: SiteId, reason: DiscoveryReason, cause?: unknown): AppError {
  return new AppError("storage.not-found-at-site", { site, problem: PROBLEMS[reason] }, { cause });
}

/** As the list of stores tells it: what is no reason of ours is `failed`, with the error's code. */
export function discoveryProblem(error: AppError): { reason: string; params: Record<string, string> } {
  if (hasCode(error, "sites.no-cluster")) return { reason: "no-cluster", params: { site: error.params.site } };
  if (hasCode(error, "cluster.forbidden")) {
    const { verb, resource, namespace } = error.params;
    return { reason: "forbidden", params: { verb, resource, namespace } };
  }
  if (hasCode(error, "storage.not-found-at-site")) {
    const { site, problem } = error.params;
    const reason = Object.entries(PROBLEMS).find(([, words]) => words === problem)?.[0];
    if (reason !== undefined) return { reason, params: { site } };
  }
  return { reason: "failed", params: { code: error.code } };
}
