import type { ScanRequest } from "../../../../src-shared/model/storage/scan.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { ScanReach } from "../integrity/scan-reach.ts";

/** What is told of an object without its bytes: by listing and index alone. */
const WITHOUT_BYTES = new Set<StorageFinding["kind"]>([
  "missing-chunk",
  "corrupt-gz-index",
  "corrupt-index",
  "missing-index-of-day",
  "duplicate-index-file",
]);

/**
 * Whether a scan would have found what another did: its scope holds the finding, its sample the chunk, and it looked closely enough.
 * What it could not see has not vanished.
 */
export function couldSee(
  { mode, scope }: Pick<ScanRequest, "mode" | "scope">,
  sampled: (key: string) => boolean,
): (finding: StorageFinding) => boolean {
  const reach = new ScanReach(scope);
  return (finding) =>
    reach.finding(finding) &&
    (mode === "deep" || finding.kind !== "inconsistent-chunk") &&
    (WITHOUT_BYTES.has(finding.kind) || sampled(finding.key));
}

/** Whether one scan has looked at everything that another looks at: what appeared since then is new. */
export function isWider(
  before: Pick<ScanRequest, "mode" | "scope">,
  now: Pick<ScanRequest, "mode" | "scope">,
): boolean {
  const { tenants, fromMs, throughMs, samplePercent } = before.scope;
  if (samplePercent < 100 || (now.mode === "deep" && before.mode === "fast")) return false;
  const tenantsHeld = tenants === null || (now.scope.tenants?.every((tenant) => tenants.includes(tenant)) ?? false);
  const fromHeld = fromMs === null || (now.scope.fromMs !== null && fromMs <= now.scope.fromMs);
  const throughHeld = throughMs === null || (now.scope.throughMs !== null && throughMs >= now.scope.throughMs);
  return tenantsHeld && fromHeld && throughHeld;
}
