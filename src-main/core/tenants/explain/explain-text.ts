import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { TenantsCaller } from "../board/tenants-caller.ts";
import type { RefusalFacts } from "../refusal/explain-refusal.ts";
import type { ExplainParts } from "./explain-parts.ts";
import { discardFacts, plainExplanation } from "./plain-explanation.ts";
import { siteExplanation } from "./site-explanation.ts";

/** Each asks a site for limits and volumes; of more refusals the text alone is told. */
const MOST_WITH_SITE = 10;

/** One for each refusal in a text; with a site, also what that site says of tenants that the caller may see. @throws AppError */
export async function explainText(
  parts: ExplainParts,
  site: SiteId | null,
  text: string,
  caller: TenantsCaller,
  signal: AbortSignal,
): Promise<RefusalExplanation[]> {
  const refusals = await parts.reader.ask<"refusals">({ kind: "refusals", text });
  if (site === null) return refusals.map(plainExplanation);
  const explanations: RefusalExplanation[] = [];
  for (const [at, facts] of refusals.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, for the site's sake
    explanations.push(await explained(parts, site, facts, caller, at < MOST_WITH_SITE, signal));
  }
  return explanations;
}

/** The same for what is refused of a tenant by the metrics. @throws AppError */
export async function explainSiteDiscards(
  parts: ExplainParts,
  site: SiteId,
  tenant: string,
  reason: string,
  caller: TenantsCaller,
  signal: AbortSignal,
): Promise<RefusalExplanation> {
  return explained(parts, site, discardFacts(tenant, reason), caller, true, signal);
}

function explained(
  parts: ExplainParts,
  site: SiteId,
  facts: RefusalFacts,
  caller: TenantsCaller,
  withSite: boolean,
  signal: AbortSignal,
): Promise<RefusalExplanation> {
  const { tenant } = facts;
  const plain = plainExplanation(facts);
  const instead = (key: string) => Promise.resolve({ ...plain, gaps: [{ key, params: {} }] });
  if (tenant === null) return instead("tenant-unknown");
  // What stands in the text its reader has seen; whose it is, this site does not confirm.
  if (!parts.maySee(caller, tenant))
    return Promise.resolve({ ...plain, tenant: null, gaps: [{ key: "tenant-refused", params: {} }] });
  if (!withSite) return instead("too-many-refusals");
  return siteExplanation(parts, site, tenant, facts, signal);
}
