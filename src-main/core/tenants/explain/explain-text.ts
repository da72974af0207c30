import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { TenantsCaller } from "../board/tenants-caller.ts";
import type { RefusalFacts } from "../refusal/explain-refusal.ts";
import type { ExplainParts } from "./explain-parts.ts";
import { discardFacts, plainExplanation } from "./plain-explanation.ts";
import { siteExplanation } from "./site-explanation.ts";

/** Each asks a site for limits and volumes; of more refusals the text alone is told. */
const MOST_WITH_SITE = 10;

/** One for each refusal in a text, of tenant `given` where the text names none; with a site, also what that site says of tenants that the caller may see. @throws AppError */
export async function explainText(
  parts: ExplainParts,
  site: SiteId | null,
  text: string,
  caller: TenantsCaller,
  signal: AbortSignal,
  given: string | null = null,
): Promise<RefusalExplanation[]> {
  const read = await parts.reader.ask<"refusals">({ kind: "refusals", text });
  const refusals = read.map((facts) => ({ ...facts, tenant: facts.tenant ?? given }));
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

async function explained(
  parts: ExplainParts,
  site: SiteId,
  facts: RefusalFacts,
  caller: TenantsCaller,
  withSite: boolean,
  signal: AbortSignal,
): Promise<RefusalExplanation> {
  const plain = plainExplanation(facts);
  const instead = (key: string) => ({ ...plain, gaps: [{ key, params: {} }] });
  if (!withSite)
    return facts.tenant === null || parts.maySee(caller, facts.tenant) ? instead("too-many-refusals") : hidden(plain);
  const tenant = facts.tenant ?? (await refusedTenant(parts, site, facts, caller, signal));
  if (tenant === null) return instead("tenant-unknown");
  if (!parts.maySee(caller, tenant)) return hidden(plain);
  const explanation = await siteExplanation(parts, site, tenant, facts, signal);
  if (facts.tenant !== null) return explanation;
  return { ...explanation, gaps: [{ key: "tenant-inferred", params: { tenant } }, ...explanation.gaps] };
}

/** What stands in the text its reader has seen; whose it is, this site does not confirm. */
function hidden(plain: RefusalExplanation): RefusalExplanation {
  return { ...plain, tenant: null, gaps: [{ key: "tenant-refused", params: {} }] };
}

/** The one tenant of which lines are being refused for this reason; `null` where there is none, or more than one. */
async function refusedTenant(
  { siteTenants, maySee }: ExplainParts,
  site: SiteId,
  { reason, path }: RefusalFacts,
  caller: TenantsCaller,
  signal: AbortSignal,
): Promise<string | null> {
  if (path !== "push") return null;
  const tenants = siteTenants(site);
  await tenants.refresh(signal);
  const refused = tenants.refusedOf(reason);
  const [one, ...others] = refused;
  return one !== undefined && others.length === 0 && maySee(caller, one) ? one : null;
}
